import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { TensorMap } from '../contract/train/train-records.ts';
import type { OptimizerSettings } from '../contract/train/train-settings.ts';
import { adamW, freshOptimizer, globalNorm, learningRateAt } from './optimizer.ts';

interface Fixture {
  readonly settings: OptimizerSettings;
  readonly start: number[];
  readonly gradients: number[][];
  readonly norms: number[];
  readonly rates: number[];
  readonly after: number[][];
}

const url = new URL('fixtures/optimizer.json', import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(url, 'utf8'));
interface ScheduleFixture extends Pick<OptimizerSettings, 'schedule' | 'warmupSteps'> {
  readonly steps: number;
  readonly rates: number[];
}

const schedules: ScheduleFixture[] = JSON.parse(
  readFileSync(new URL('fixtures/schedules.json', import.meta.url), 'utf8'),
);
const { settings, gradients, norms, rates, after } = fixture;

it('warm-up, decay, clipped norm and update equal PyTorch’s, step by step', () => {
  let tensors: TensorMap = new Map([['x', { shape: [4], data: Float32Array.from(fixture.start) }]]);
  let state = freshOptimizer(tensors);
  for (const [i, gradient] of gradients.entries()) {
    const rate = learningRateAt(settings, i + 1, gradients.length);
    expect(rate).toBeCloseTo(rates[i], 12);
    const given = new Map([['x', Float32Array.from(gradient)]]);
    const next = adamW(tensors, state, given, settings, rate);
    expect(next.gradNorm).toBeCloseTo(norms[i], 6);
    const values = next.tensors.get('x')?.data ?? [];
    for (const [j, value] of after[i].entries()) expect(values[j]).toBeCloseTo(value, 6);
    ({ tensors, state } = next);
  }
  expect(state.updates).toBe(gradients.length);
});

it('every schedule has the rates of transformers, whose warm-up starts at 0', () => {
  for (const { schedule, warmupSteps, steps, rates } of schedules) {
    const own = { ...settings, schedule, warmupSteps, learningRate: 0.002 };
    expect(rates[0]).toBe(warmupSteps === 0 ? 0.002 : 0);
    for (const [i, rate] of rates.entries())
      expect(learningRateAt(own, i + 1, steps)).toBeCloseTo(rate, 12);
  }
});

it('the schedules start at the full rate and end at 0, or stay', () => {
  const at = (schedule: OptimizerSettings['schedule'], step: number) =>
    learningRateAt({ ...settings, schedule, warmupSteps: 0, learningRate: 1 }, step, 10);
  expect([at('constant', 1), at('constant', 10)]).toEqual([1, 1]);
  expect([at('linear', 1), at('linear', 6), at('linear', 11)]).toEqual([1, 0.5, 0]);
  expect(at('cosine', 1)).toBe(1);
  expect(at('cosine', 6)).toBeCloseTo(0.5, 12);
  expect(at('cosine', 11)).toBeCloseTo(0, 12);
});

it('the norm is over all tensors together', () => {
  const one = new Map([
    ['a', Float32Array.of(3)],
    ['b', Float32Array.of(0, 4)],
  ]);
  expect(globalNorm(one)).toBe(5);
});

it('the norm is the same to the last bit in whatever order the tensors come', () => {
  const tensors = Array.from({ length: 40 }, (_, i): [string, Float32Array] => [
    `t${i}`,
    Float32Array.from({ length: 7 }, (_unused, j) => Math.sin(1 + 7 * i + j) / (1 + i)),
  ]);
  expect(globalNorm(new Map(tensors.toReversed()))).toBe(globalNorm(new Map(tensors)));
});
