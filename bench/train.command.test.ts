/** The command from outside, and what it makes of what it measures. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { trainSettings } from '../src/contract/train/train-settings.ts';
import { withSetting } from '../src/contract/train/train-validate.ts';
import { qwen25VL } from '../src/model/families/families.ts';
import { parseModelConfig } from '../src/model/families/qwen2-5-vl/config.ts';
import { trainableShapes } from '../src/training/trainable.ts';
import { readArguments } from './train/arguments.ts';
import { backwardFlops, framesOf, growthOf, median } from './train/figures.ts';

function benchTrain(...args: string[]) {
  const command = ['--import', 'tsx', 'bench/train.ts', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

it('explains itself', () => {
  const { status, stdout } = benchTrain('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('--steps N');
});

it('ends with 2, one line and the usage when it is asked for what it does not know', () => {
  const { status, stderr, stdout } = benchTrain('--steps', '0');
  expect(stderr.split('\n')[0]).toBe('--steps is "0". Give a whole number from 3 to 100000.');
  expect(stderr).toContain('--backend NAME');
  expect(status).toBe(2);
  expect(stdout).toBe('');
});

it.each([
  [['--steps', 'many'], '--steps is "many"'],
  [['--steps', '2.5'], '--steps is "2.5"'],
  [['--backend', 'cpu'], '--backend is "cpu". Give one of: wasm, webgpu.'],
  [['--fast'], "Unknown option '--fast'"],
  [['all'], "Unexpected argument 'all'"],
])('refuses %j', (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});

it('measures twelve steps on wasm unless asked otherwise', () => {
  expect(readArguments([])).toEqual({ steps: 12, backend: 'wasm' });
  expect(readArguments(['--steps', '300', '--backend', 'webgpu'])).toEqual({
    steps: 300,
    backend: 'webgpu',
  });
});

const config = parseModelConfig(
  JSON.parse(readFileSync('public/models/tiny-qwen2.5-vl/config.json', 'utf8')),
);
const { trainable } = withSetting(trainSettings('vigos', 'tiny'), 'trainable.rank', 16);

it('counts the operations of the backward pass', () => {
  const trained = trainableShapes(qwen25VL(config), trainable);
  const one = { batch: 1, tokens: 1, kept: 1 };
  // Hidden 128, four layers, 4 heads and 2 key heads of 32, network 384, vocabulary 1536.
  const first = 2 * (16384 + 16384) + 4 * (16384 + 3 * 49152) + 6 * 256;
  const later = 4 * (49152 + 3 * 49152) + 6 * 256;
  const adapters = 6 * 155_648;
  const logits = 2 * 128 * 1536;
  expect(backwardFlops(config, trained, one)).toBe(first + 3 * later + adapters + logits);
  expect(backwardFlops(config, trained, { ...one, batch: 8 })).toBe(
    8 * (first + 3 * later + adapters + logits),
  );
  // A token without logits needs the last layer's keys and values alone, and longer scores everywhere.
  const whole = backwardFlops(config, trained, { batch: 1, tokens: 2, kept: 2 });
  const half = backwardFlops(config, trained, { batch: 1, tokens: 2, kept: 1 });
  const asks = (2 * (128 + 128) + 3 * (128 + 384)) * 16;
  const saved = 4 * (2 * 16384 + 3 * 49152) + 6 * 512 + 6 * asks;
  expect(whole - half).toBe(saved + logits);
});

it('gives means of the middle and the last third', () => {
  const samples = [9, 1, 3, 5, 7, 20].map((bytes, i) => ({ step: i + 1, bytes }));
  expect(growthOf(samples, 6)).toEqual({ middle: 4, last: 14 });
  expect(growthOf([{ step: 6, bytes: 5 }], 6)).toEqual({ middle: null, last: 5 });
  expect(growthOf([], 6)).toEqual({ middle: null, last: null });
});

it('tells frame rates from the times of frames', () => {
  const smooth = Array.from({ length: 101 }, (_, i) => 20 * i);
  const times = [...smooth, 3000, 3010];
  expect(framesOf({ times, tasksMs: [0, 61.26] })).toEqual({
    perSecond: Number((102_000 / 3010).toFixed(1)),
    fewestPerSecond: 1,
    longestGapMs: 1000,
    longestTaskMs: 61.3,
  });
});

it('takes the middle of several', () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([])).toBeNaN();
});
