/** What a command makes of the folder that `--model` names. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { refusedBy, refusedLater } from '../src/base/fixtures/refused.ts';
import type { ExportPrecision } from '../src/contract/models/model.ts';
import { modelAt } from './fetched-model.ts';
import { givenModel } from './given-files.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'given-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A trainer's folder with models at the given places; they were written one after another. */
function trainer(name: string, places: readonly string[]): string {
  const folder = path.join(scratch, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'trainer_state.json'), '{}');
  for (const [i, place] of places.entries()) {
    const inner = path.join(folder, place);
    mkdirSync(inner, { recursive: true });
    for (const file of ['config.json', 'model.safetensors', 'optimizer.pt']) {
      writeFileSync(path.join(inner, file), '{}');
      utimesSync(path.join(inner, file), 1000 + i, 1000 + i);
    }
  }
  return folder;
}

const recordOf = (folder: string) => refusedBy(() => givenModel(folder));

it('a folder with several models is refused with all of them, newest first, and the path to give', () => {
  const folder = trainer('steps', ['checkpoint-5', 'checkpoint-10', 'checkpoint-100']);
  const record = recordOf(folder);
  expect(record).toMatchObject({ code: 'model.several', where: '--model' });
  expect(record.message).toContain('checkpoint-100, checkpoint-10, checkpoint-5');
  expect(record.fix).toContain(`--model ${path.join(folder, 'checkpoint-100')}`);
  expect(record.detail?.choices).toHaveLength(3);
});

const ADAPTER = ['adapter_config.json', 'adapter_model.safetensors'];

/** A model's folder with adapters at the given places. */
function adapted(name: string, places: readonly string[]): string {
  const folder = trainer(name, ['.']);
  for (const place of places) {
    mkdirSync(path.join(folder, place), { recursive: true });
    for (const file of ADAPTER) writeFileSync(path.join(folder, place, file), '{}');
  }
  return folder;
}

it('a model with adapters in folders is refused until it is said which is meant, or none', async () => {
  const folder = adapted('adapted', ['checkpoint-5', 'checkpoint-20']);
  const newest = path.join(folder, 'checkpoint-20');
  const error = await refusedLater(modelAt(folder));
  expect(error.message).toContain('2 adapters: checkpoint-20, checkpoint-5');
  expect(error.fix).toContain(`--adapter ${newest} `);
  const asked = async (given: string) => (await modelAt(folder, { adapter: { given } })).adapter;
  expect(await asked('none')).toBeNull();
  expect(await asked(newest)).toBe(newest);
});

it('an adapter beside the weights is a part of the model, unless none or another is asked for', async () => {
  const folder = adapted('beside', ['.', 'checkpoint-5']);
  const usual = await modelAt(folder);
  expect(usual).toMatchObject({ merges: '', adapter: null });
  expect(usual.files).toEqual(expect.arrayContaining(ADAPTER));
  for (const given of ['none', path.join(folder, 'checkpoint-5'), folder]) {
    const model = await modelAt(folder, { adapter: { given } });
    expect(model.merges).toBeNull();
    expect(model.files.filter((name) => ADAPTER.includes(name))).toEqual([]);
    expect(model.adapter).toBe(given === 'none' ? null : given);
  }
});

it('by their times where their names say nothing of an order', () => {
  const folder = trainer('times', ['z/first', 'a/second']);
  expect(recordOf(folder).message).toContain('a/second, z/first');
});

it('the only model inside is the one that is meant, by the name that the page gives it', () => {
  const folder = trainer('one', ['snapshots/abc']);
  const model = givenModel(folder);
  expect(model).toMatchObject({ folder: path.join(folder, 'snapshots/abc') });
  expect(model.name).toBe('one/snapshots/abc');
  expect([...model.files].sort()).toEqual(['config.json', 'model.safetensors']);
});

it('a folder that is a model itself is the one, whatever lies inside', () => {
  const folder = trainer('whole', ['.', 'checkpoint-5']);
  expect(givenModel(folder)).toMatchObject({ folder: path.join(folder), name: 'whole' });
});

it('graphs belong to a folder without weights, those of the precision asked for', () => {
  const folder = path.join(scratch, 'graphs');
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), '{}');
  const of = (suffix: string) =>
    ['decoder_model_merged', 'embed_tokens'].map((part) => `onnx/${part}${suffix}.onnx`);
  for (const file of [...of('_q4'), ...of(''), 'onnx/embed_tokens.onnx_data'])
    writeFileSync(path.join(folder, file), '');
  const files = (precision?: ExportPrecision) => [...givenModel(folder, precision).files].sort();
  expect(files()).toEqual(['config.json', ...of(''), 'onnx/embed_tokens.onnx_data']);
  expect(files('q4')).toEqual(['config.json', ...of('_q4')]);
  expect(() => givenModel(folder, 'fp16')).toThrow(/no graphs of precision "fp16"/);
});

it('a folder that is not there is said to be so', () => {
  expect(recordOf(path.join(scratch, 'nowhere')).code).toBe('inspect.unreadable');
});

it('every command that takes a model asks which, before it writes anything', () => {
  const folder = path.join(scratch, 'real');
  const own = 'public/models/tiny-qwen2.5-vl';
  for (const step of [5, 10])
    cpSync(own, path.join(folder, `checkpoint-${step}`), { recursive: true });
  const out = path.join(scratch, 'out');
  for (const args of [
    ['scripts/inspect.ts', '--model', folder],
    ['scripts/train.ts', '--model', folder, '--out', out],
    ['scripts/model-export.ts', '--model', folder, '--out', out],
  ]) {
    const done = spawnSync(process.execPath, ['--import', 'tsx', ...args], { encoding: 'utf8' });
    expect(done.status, args[0]).toBe(1);
    expect(done.stdout).toBe('');
    expect(done.stderr).toContain('2 models: checkpoint-10, checkpoint-5.');
    expect(done.stderr).toContain(`--model ${path.join(folder, 'checkpoint-10')}`);
    expect(() => rmSync(out, { recursive: true })).toThrow('ENOENT');
  }
});

it('training, which takes no adapter, asks too, and begins where none is said to be meant', () => {
  const folder = path.join(scratch, 'trained');
  cpSync('public/models/tiny-qwen2.5-vl', folder, { recursive: true });
  mkdirSync(path.join(folder, 'checkpoint-5'));
  for (const file of ADAPTER) writeFileSync(path.join(folder, 'checkpoint-5', file), '{}');
  const out = path.join(scratch, 'trained-out');
  const train = (...args: string[]) =>
    spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/train.ts', '--model', folder, '--out', out, ...args],
      { encoding: 'utf8' },
    );
  const asked = train();
  expect(asked.status).toBe(1);
  expect(asked.stderr).toContain('The folder holds a model and an adapter: checkpoint-5.');
  expect(asked.stderr).toContain('--adapter none');
  const another = train('--adapter', path.join(folder, 'checkpoint-5'));
  expect(another.status).toBe(2);
  expect(another.stderr).toContain('no adapter is trained further');
  // It comes as far as what is wrong with the next thing.
  expect(train('--adapter', 'none', '--resume', scratch).stderr).toContain('--resume');
});
