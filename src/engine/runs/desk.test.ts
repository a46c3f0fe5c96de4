/** Runs and students go out as files and come in again; a choice of a student is what it says. */

import { readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { bundledAssets } from '../../model/fixtures/bundled-assets.ts';
import { zipPaths } from '../../storage/zip-read.ts';
import { checkpointState, newRun } from '../../training/runs/fixtures/states.ts';
import { readRunFile } from '../../training/runs/run-file.ts';
import { Training } from '../training/training.ts';
import { identityOf, RunDesk } from './desk.ts';
import { RunKeeper } from './keeper.ts';

const PEFT = new URL('../../model/adapters/fixtures/', import.meta.url);
let assets: ModelAssets;
let keeper: RunKeeper;
let desk: RunDesk;
let held: readonly number[];

function notLoaded(): never {
  throw new PlaygroundError({ code: 'model.not-loaded', message: '', fix: '' });
}

beforeAll(async () => {
  assets = await bundledAssets();
}, 60_000);

beforeEach(() => {
  const training = new Training({ need: notLoaded, turn: notLoaded, emit: notLoaded }, notLoaded);
  keeper = new RunKeeper({ training, identity: notLoaded, emit: notLoaded });
  held = [];
  desk = new RunDesk({ keeper, assets: () => assets, holds: (_, step) => held.includes(step) });
});

/** A run of the loaded model with checkpoints after these steps. */
async function kept(id: string, ...steps: number[]) {
  const model = await identityOf(assets);
  const run = await (await keeper.store()).create({ ...newRun(id), model });
  for (const step of steps) await run.saveCheckpoint({ ...checkpointState(id, step), model });
  await run.close();
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => toErrorRecord(error).code,
  );

const adapter = () =>
  new File(
    [
      zipSync(
        Object.fromEntries(
          ['adapter_config.json', 'adapter_model.safetensors'].map((name) => [
            name,
            new Uint8Array(readFileSync(new URL(name, PEFT))),
          ]),
        ),
      ),
    ],
    'mine.zip',
  );

test('a run goes out whole, and comes in beside the one it was', async () => {
  await kept('a', 1, 2);
  const { name, data } = await desk.exported('a', 'run');
  expect(name).toBe('first-try-run.zip');
  const content = await readRunFile(new Uint8Array(await data.arrayBuffer()));
  expect(content.checkpoint?.step).toBe(2);
  const imported = await desk.imported(new File([data], name));
  expect(imported).toMatchObject({ kind: 'run', run: { name: 'First try (2)', step: 2 } });
  const { runs } = await keeper.list();
  expect(runs).toHaveLength(2);
  expect(runs.map(({ earlier }) => earlier).sort()).toEqual([1, null]);
});

test('a run goes onward to a trainer elsewhere, before it has a checkpoint too', async () => {
  const run = { ...newRun('a'), model: await identityOf(assets) };
  const settings = { ...run.settings, steps: 1 };
  await (await (await keeper.store()).create({ ...run, settings })).close();
  const { name, data } = await desk.exported('a', 'vigos');
  expect(name).toBe('first-try-vigos.zip');
  const paths = zipPaths(new Uint8Array(await data.arrayBuffer()));
  expect(paths).toContain('first-try-vigos/train.sh');
  expect(paths).toContain('first-try-vigos/data/metadata.jsonl');
});

test('weights cannot be exported before there are any', async () => {
  await kept('a');
  for (const as of ['adapter', 'huggingface', 'onnx'] as const)
    expect(await codeOf(desk.exported('a', as))).toBe('run.no-checkpoint');
  expect(await codeOf(desk.exported('b', 'run'))).toBe('run.missing');
});

test('an adapter is a student under the name of its file, as often as it is asked for', async () => {
  const file = adapter();
  expect(await desk.imported(file)).toEqual({ kind: 'adapter', label: 'mine' });
  for (let again = 0; again < 2; again++) {
    const student = await desk.student({ kind: 'adapter', file });
    expect(student).toMatchObject({ kind: 'tensors', label: 'mine', trainable: { kind: 'lora' } });
  }
});

test('a file that is neither run nor adapter is named', async () => {
  const other = new File([zipSync({ 'notes.txt': strToU8('x') })], 'notes.zip');
  await expect(desk.imported(other)).rejects.toMatchObject({
    record: { code: 'import.unknown', where: 'notes.zip' },
  });
});

test('a file that belongs elsewhere is named and sent there, packed or not', async () => {
  const zipped = (path: string) => new File([zipSync({ [path]: strToU8('x') })], 'other.zip');
  const files: [File, message: RegExp, fix: RegExp][] = [
    [zipped('a/model.onnx'), /holds a\/model\.onnx, which is an ONNX graph/, /Hugging Face/],
    [zipped('archive/data.pkl'), /a pickle of PyTorch/, /safe_serialization/],
    [zipped('b/m.gguf'), /a GGUF model/, /llama\.cpp/],
    [new File(['GGUF'], 'm.gguf'), /m\.gguf is a GGUF model/, /llama\.cpp/],
    [new File(['{"peft_type":"LORA"}'], 'adapter_config.json'), /an adapter/, /a zip file of/],
    [new File(['{"format":"vigos-trace/1"}'], 't.json'), /is a trace/, /“Open trace”/],
    [new File(['{"completion":"a"}\n{"completion":"b"}'], 'r.jsonl'), /JSON Lines/, /Edit this/],
    [new File(['%PDF-1.7'], 'p.zip'), /a document/, /PNG/],
  ];
  for (const [file, message, fix] of files)
    await expect(desk.imported(file), file.name).rejects.toMatchObject({
      record: {
        code: 'import.other-kind',
        message: expect.stringMatching(message),
        fix: expect.stringMatching(fix),
      },
    });
});

test('a step is taken from the worker, or from its checkpoint once the worker is gone', async () => {
  await kept('a', 3, 4);
  const choice = (step: number) => ({ kind: 'run', runId: 'a', step }) as const;
  held = [4];
  expect(await desk.student(choice(4))).toEqual(choice(4));
  held = [];
  expect(await desk.student(choice(3))).toMatchObject({
    kind: 'tensors',
    label: 'First try, step 3',
  });
  // Neither here nor written down: the engine says so.
  expect(await desk.student(choice(2))).toEqual(choice(2));
  expect(await desk.student({ kind: 'run', runId: 'nobody', step: 1 })).toMatchObject({ step: 1 });
});

test('a kept run is its last checkpoint, and no student of another model', async () => {
  await kept('a', 3, 4);
  expect(await desk.student({ kind: 'kept', runId: 'a' })).toMatchObject({
    label: 'First try, step 4',
  });
  const run = await (await keeper.store()).create(newRun('other'));
  await run.saveCheckpoint(checkpointState('other', 1));
  await run.close();
  expect(await codeOf(desk.student({ kind: 'kept', runId: 'other' }))).toBe('run.other-model');
  expect(await codeOf(desk.student({ kind: 'kept', runId: 'gone' }))).toBe('run.missing');
});

test('a kept run at a step is that step’s weights, and no other’s', async () => {
  await kept('a', 3, 4);
  const at = (step: number) => desk.student({ kind: 'kept', runId: 'a', step });
  expect(await at(3)).toMatchObject({ label: 'First try, step 3', of: { runId: 'a', step: 3 } });
  expect(await codeOf(at(2))).toBe('run.step-gone');
  held = [2];
  expect(await at(2)).toEqual({ kind: 'run', runId: 'a', step: 2 });
  expect(await codeOf(desk.student({ kind: 'kept', runId: 'gone', step: 3 }))).toBe('run.missing');
});
