/** The command from outside: what it prints, what it refuses, and what its tables look like. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bareMachine, INSTALLER_SAYS } from '../scripts/test/bare-machine.ts';
import type { BenchReport, BenchResult } from '../src/kernel-bench/contract.ts';
import { CONTENDERS, OPS } from '../src/kernel-bench/request.ts';
import { readArguments } from './kernels/arguments.ts';
import { markdownOf, scaleMarkdownOf } from './kernels/tables.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'kernels-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const benchKernels = (...args: string[]) => benchKernelsOn(process.env, ...args);

function benchKernelsOn(env: NodeJS.ProcessEnv, ...args: string[]) {
  const command = ['--import', 'tsx', 'bench/kernels.ts', ...args];
  return spawnSync(process.execPath, command, { env, encoding: 'utf8' });
}

it('runs every contender and checks each of them, also where a browser is installed first', {
  timeout: 600_000,
}, () => {
  const { env } = bareMachine(scratch, { installs: true });
  const done = benchKernelsOn(env, '--json', '--shapes', '3x257', '--repeats', '1');
  expect(done.status, done.stderr).toBe(0);
  expect(done.stderr).toContain(INSTALLER_SAYS);
  const report: BenchReport = JSON.parse(done.stdout);
  expect(report.failures).toEqual([]);
  expect(report.isolated).toBe(true);
  expect(report.copyGBps).toBeGreaterThan(0);
  const names = report.results.map(({ op, contender }) => `${op} ${contender}`);
  expect(names).toEqual(OPS.flatMap((op) => CONTENDERS.map((contender) => `${op} ${contender}`)));
  for (const { contender, op, ms, maxError, correct } of report.results) {
    expect(ms).toBeGreaterThan(0);
    // What others compute may be less exact than what we promise of ours, but it must be the same thing.
    expect(maxError, `${contender} ${op}`).toBeLessThan(1e-3);
    if (contender.startsWith('ours')) expect(correct).toBe(true);
  }
});

it('ends with 2 and the usage when it is asked for what it does not know', () => {
  const { status, stderr, stdout } = benchKernels('--fast');
  expect(stderr).toContain("Unknown option '--fast'");
  expect(stderr).toContain('--contenders LIST');
  expect(status).toBe(2);
  expect(stdout).toBe('');
});

it.each([
  [['--ops', 'kl'], '--ops is "kl"'],
  [['--contenders', 'ours,theirs'], '--contenders is "theirs"'],
  [['--shapes', '64'], '"64" is no shape'],
  [['--shapes', '64x999999'], '[64, 999999] is no shape of logits'],
  [['--repeats', 'many'], 'NaN is no number of runs'],
])('refuses %j', (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});

const result: BenchResult = {
  op: 'jsd',
  tokens: 2,
  vocab: 5,
  contender: 'ours',
  ms: 12.345,
  minMs: 12,
  maxMs: 13,
  runs: 3,
  maxError: 1e-9,
  maxGradientError: null,
  tolerances: 0.1,
  correct: true,
  floorBytes: 80,
  floorGBps: 1,
  timesOurs: 1,
};

it('prints a table an operation, with ratios, and says what is wrong or missing', () => {
  const missing = { op: 'jsd', tokens: 2, vocab: 5, contender: 'ort-webgpu' } as const;
  const error = { code: 'gpu.unavailable', message: 'No GPU.', fix: 'Get one.' };
  const report: BenchReport = {
    device: 'test',
    software: true,
    maxBufferBytes: 1,
    cores: 2,
    isolated: true,
    userAgent: 'test',
    copyGBps: 1,
    request: {
      ops: ['jsd'],
      shapes: [[2, 5]],
      contenders: ['ours', 'jax-wasm', 'ort-webgpu'],
      repeats: 3,
    },
    results: [
      result,
      { ...result, contender: 'jax-wasm', ms: 250, timesOurs: 20.25, correct: false },
    ],
    failures: [{ ...missing, error }],
    queued: [],
  };
  expect(markdownOf(report).split('\n')).toEqual([
    '| JSD, β = 0.5, ms | [2, 5] |',
    '| --- | ---: |',
    '| ours | 12.3 |',
    '| jax-wasm | 250 (20.3×) † |',
    '| ort-webgpu | gpu.unavailable |',
  ]);
});

it('prints the points and the fits of the scale runs', () => {
  const point = { tokens: 64, vocab: 32000, storedRows: 64, ms: 8, msPerRow: 0.125 };
  const side = { points: [point], fit: { slope: 0.125, intercept: 0, r2: 0.99987 } };
  const machine = { device: 'test', software: true, maxBufferBytes: 1, cores: 2 };
  const report = { ...machine, isolated: true, userAgent: 'test', byTokens: side, byVocab: side };
  const text = scaleMarkdownOf(report);
  expect(text).toContain('| 64 | 32000 | 8.00 | 125 |');
  expect(text).toContain('ms = 0.00 + 0.125 · tokens, R² = 0.9999');
  expect(text).toContain('· vocab');
});
