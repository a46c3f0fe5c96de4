import { expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import type { BenchRequest } from './contract.ts';
import { CONTENDERS, checkRequest, OPS, SHAPES } from './request.ts';

const whole: BenchRequest = { ops: OPS, contenders: CONTENDERS, shapes: SHAPES, repeats: 3 };

function refusal(change: Partial<BenchRequest>): string | undefined {
  try {
    checkRequest({ ...whole, ...change });
    return undefined;
  } catch (error) {
    return error instanceof PlaygroundError
      ? `${error.record.code} ${error.record.where}`
      : 'other';
  }
}

it('takes the whole benchmark', () => {
  expect(refusal({})).toBeUndefined();
  expect(refusal({ shapes: [[1024, 262_144]], repeats: 1 })).toBeUndefined();
});

it('names what it cannot measure', () => {
  expect(refusal({ ops: [] })).toBe('bench.request ops');
  expect(refusal({ contenders: [] })).toBe('bench.request contenders');
  expect(refusal({ shapes: [] })).toBe('bench.request shapes');
  for (const repeats of [0, 1.5, Number.NaN, 1e6]) {
    expect(refusal({ repeats })).toBe('bench.request repeats');
  }
  expect(refusal({ shapes: [[0, 5]] })).toBe('bench.request [0, 5]');
  expect(refusal({ shapes: [[1, 262_145]] })).toBe('bench.request [1, 262145]');
  expect(refusal({ shapes: [[1025, 262_144]] })).toBe('bench.request [1025, 262144]');
});
