/** A model of a released model's kind with random weights: the same for the same seed, in both formats. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSafetensors, toFloat32 } from '../src/model/formats/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'model-random-'));
afterAll(() => rmSync(folder, { recursive: true }));

function modelRandom(...args: string[]) {
  const command = ['--import', 'tsx', 'scripts/model-random.ts', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

const small = ['--like', 'qwen3-vl-tiny'];

it('writes bfloat16 weights, the same for the same seed, of a deviation of 0.02', () => {
  const [one, other] = ['one', 'other'].map((name) => join(folder, name));
  for (const out of [one, other])
    expect(modelRandom(...small, '--format', 'bf16', '--out', out).stderr).toBe('');
  const [first, second] = [one, other].map((out) => readFileSync(join(out, 'model.safetensors')));
  expect(first.equals(second)).toBe(true);
  const tensor = readSafetensors(first).get('model.layers.0.mlp.up_proj.weight');
  if (tensor === undefined) throw new Error('no such weight');
  expect(tensor).toMatchObject({ dtype: 'BF16', shape: [96, 64] });
  const values = toFloat32(tensor);
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  expect(deviation).toBeGreaterThan(0.019);
  expect(deviation).toBeLessThan(0.021);
});

it('writes graphs in 4 bits with their weights beside them, and refuses what it does not know', () => {
  const out = join(folder, 'q4');
  expect(modelRandom(...small, '--format', 'q4', '--out', out).stderr).toBe('');
  expect(readdirSync(join(out, 'onnx'))).toContain('decoder_model_merged_q4.onnx_data');
  const wrong = modelRandom('--like', 'gpt-2', '--format', 'q4', '--out', out);
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('--like cannot be "gpt-2"'),
  ]);
});
