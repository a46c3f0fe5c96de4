import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelPorts } from '../src/model/fixtures/model-ports.ts';
import {
  randomStateDict,
  smallConfig,
  smallConfigJson,
} from '../src/model/fixtures/random-model.ts';
import { writeSafetensors } from '../src/model/formats/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'model-export-'));
const whole = join(folder, 'whole');
const sharded = join(folder, 'sharded');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const stateDict = randomStateDict(smallConfig(), 1);
  for (const path of [whole, sharded]) {
    mkdirSync(path);
    writeFileSync(join(path, 'config.json'), JSON.stringify(smallConfigJson()));
  }
  writeFileSync(join(whole, 'model.safetensors'), writeSafetensors(stateDict));
  const shards = [new Map(), new Map()];
  const weight_map: Record<string, string> = {};
  for (const [i, [name, tensor]] of [...stateDict].entries()) {
    shards[i % 2].set(name, tensor);
    weight_map[name] = `model-${i % 2}.safetensors`;
  }
  for (const [i, shard] of shards.entries())
    writeFileSync(join(sharded, `model-${i}.safetensors`), writeSafetensors(shard));
  writeFileSync(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
});

function modelExport(...args: string[]) {
  const command = ['--import', 'tsx', 'scripts/model-export.ts', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

const graph = (path: string, name: string) => readFileSync(join(path, 'onnx', `${name}.onnx`));

describe('model:export', () => {
  it('writes the same three graphs from one file and from shards', () => {
    for (const path of [whole, sharded]) {
      const done = modelExport('--model', path, '--out', path);
      expect(done.stderr).toBe('');
      expect(done.status).toBe(0);
    }
    for (const name of ['embed_tokens', 'vision_encoder', 'decoder_model_merged'])
      expect(graph(sharded, name).equals(graph(whole, name))).toBe(true);
  });

  it('brings weights to 4 bits in a file beside each graph, which a folder without safetensors opens by', () => {
    const out = join(folder, 'packed');
    const done = modelExport('--model', sharded, '--precision', 'q4', '--out', out);
    expect(done.stderr).toBe('');
    const { externalData } = readModelPorts(graph(out, 'decoder_model_merged_q4'));
    expect(externalData).toEqual(['decoder_model_merged_q4.onnx_data']);
    expect(statSync(join(out, 'onnx', externalData[0])).size).toBeGreaterThan(1000);
    expect(existsSync(join(out, 'config.json'))).toBe(true);
    expect(existsSync(join(out, 'model.safetensors.index.json'))).toBe(false);
    expect(modelExport('--precision', 'int8', '--out', out).status).toBe(2);
  });

  it('writes a training graph: weights and adapters as inputs, all sizes fixed, no cache', () => {
    const out = join(folder, 'training');
    const options = ['--weights', 'inputs', '--lora', '2', '--lora-targets', 'q_proj,v_proj'];
    const sizes = ['--batch', '2', '--tokens', '5', '--no-cache', '--integers', 'int32'];
    const done = modelExport('--model', whole, '--out', out, ...options, ...sizes);
    expect(done.stderr).toBe('');
    expect(existsSync(join(out, 'config.json'))).toBe(true);
    const { inputs, outputs } = readModelPorts(graph(out, 'decoder_model_merged'));
    expect(outputs).toEqual([{ name: 'logits', type: 'float', shape: [2, 5, 50] }]);
    expect(inputs.filter(({ name }) => name.includes('lora_')).length).toBe(8);
    expect(inputs.find(({ name }) => name === 'position_ids')).toEqual({
      name: 'position_ids',
      type: 'int32',
      shape: [3, 2, 5],
    });
  });

  it('writes a folder that opens again: all that its model consists of is in it', () => {
    for (const [model, names] of [
      [whole, ['config.json', 'model.safetensors']],
      [sharded, ['model.safetensors.index.json', 'model-0.safetensors', 'model-1.safetensors']],
    ] as const) {
      const out = `${model}-again`;
      expect(modelExport('--model', model, '--out', out).stderr).toBe('');
      for (const name of names)
        expect(readFileSync(join(out, name)).equals(readFileSync(join(model, name)))).toBe(true);
      expect(modelExport('--model', out, '--out', out).status).toBe(0);
      expect(graph(out, 'vision_encoder').equals(graph(whole, 'vision_encoder'))).toBe(true);
    }
  });

  it('asks where to write, so that it never writes into the site', () => {
    const done = modelExport('--model', whole);
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('--out is missing');
  });

  it.each([
    ['a folder that is not there', ['--model', 'nowhere'], 'nowhere cannot be read'],
    ['half of the fixed sizes', ['--model', '.', '--batch', '2'], '--batch needs --tokens'],
    ['an adapter option without a rank', ['--model', '.', '--lora-alpha', '2'], 'needs --lora'],
    ['an unknown option', ['--model', '.', '--lorarank', '2'], "Unknown option '--lorarank'"],
    [
      'an unknown LoRA target',
      ['--model', '.', '--lora', '2', '--lora-targets', 'qproj'],
      'no module "qproj"',
    ],
    ['a grid of half merged patches', ['--model', '.', '--grids', '1,3,4'], '1 × 3 × 4'],
    [
      'an unknown mode',
      ['--model', '.', '--weights', 'external'],
      '--weights cannot be "external"',
    ],
    ['a grid of two numbers', ['--model', '.', '--grids', '8,8'], '--grids cannot be "8,8"'],
  ])('refuses %s with one line that says what to do', (_, args, message) => {
    const path = args.map((argument) => (argument === '.' ? whole : argument));
    const done = modelExport('--out', join(folder, 'refused'), ...path);
    expect(done.status).toBe(message === 'nowhere cannot be read' ? 1 : 2);
    expect(done.stderr).toContain(message);
    expect(done.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
