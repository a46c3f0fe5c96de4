import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clip } from '../method/types.ts';
import { measureOnCpu } from './divergence-cpu.ts';
import { hasSimd, measureInMemory } from './divergence-simd.ts';
import { toHalf } from './fixtures/half.ts';
import { errorInTolerances, type LogitFamily, makeLogits } from './fixtures/logits.ts';
import { canClip, compareRows, expectWithin, requestFor } from './fixtures/parity.ts';
import type { CpuLogits, CpuMatrix, DivergenceRequest, RowLoss } from './types.ts';

const FAMILIES: LogitFamily[] = ['random', 'close', 'extreme', 'tied', 'masked'];
const DIVERGENCES: RowLoss[] = [
  { kind: 'forward-kl' },
  { kind: 'reverse-kl' },
  { kind: 'jsd', beta: 0.5 },
  { kind: 'jsd', beta: 1e-6 },
  { kind: 'jsd', beta: 0.9 },
  { kind: 'jsd', beta: 0 },
  { kind: 'jsd', beta: 1 },
  { kind: 'cross-entropy' },
];
const CLIPS: Clip[] = [
  { kind: 'none' },
  { kind: 'token', value: 0.3 },
  { kind: 'entry', value: 0.003 },
];

interface Sides {
  readonly student: CpuLogits;
  readonly teacher: CpuLogits | readonly CpuLogits[];
}

/** Largest errors against the float64 twin in tolerances, the gradient's and those without one included. */
function errorsOf({ student, teacher }: Sides, request: DivergenceRequest): Record<string, number> {
  const { rows, cols } = student;
  const room = (): CpuMatrix => ({ data: new Float32Array(rows * cols).fill(7), rows, cols });
  const [gradient, expectedGradient] = [room(), room()];
  const expected = measureOnCpu(student, teacher, request, expectedGradient);
  const actual = measureInMemory(student, teacher, request, gradient);
  const counts = (measured: typeof actual) => measured.map((row) => row.clippedEntries);
  expect(counts(actual)).toEqual(counts(expected));
  const worst = compareRows(actual, expected);
  worst.gradient = worstOf(gradient.data, expectedGradient.data);
  const alone = compareRows(measureInMemory(student, teacher, request), expected);
  for (const [name, error] of Object.entries(alone)) worst[`${name} alone`] = error;
  return worst;
}

function worstOf(actual: Float32Array, expected: Float32Array): number {
  return actual.reduce((worst, value, i) => {
    return Math.max(worst, errorInTolerances(value, expected[i]));
  }, 0);
}

it('runs here', () => {
  expect(hasSimd()).toBe(true);
});

describe.each(FAMILIES)('%s logits', (family) => {
  it('have the figures and gradients of the float64 twin, whatever is asked for', () => {
    const vocab = 731;
    const logits = makeLogits(family, 2, vocab, 11, true);
    for (const divergence of DIVERGENCES)
      for (const clip of CLIPS.filter((clip) => canClip(divergence, clip)))
        for (const temperature of [0.7, 1.1])
          for (const jsdBeta of [undefined, 0.3]) {
            const option = { divergence, clip, temperature, jsdBeta };
            expectWithin(errorsOf(logits, requestFor(2, vocab, option)), JSON.stringify(option));
          }
  });
});

it('any shape, temperature and list length has the figures of the float64 twin', () => {
  const shape = fc
    .record({
      family: fc.constantFrom(...FAMILIES),
      vocab: fc.integer({ min: 1, max: 1100 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      topK: fc.integer({ min: 0, max: 64 }),
      temperature: fc.double({ min: 0.2, max: 5, noNaN: true }),
      divergence: fc.constantFrom(...DIVERGENCES),
      clip: fc.constantFrom(...CLIPS),
      half: fc.boolean(),
    })
    .filter(({ divergence, clip }) => canClip(divergence, clip));
  fc.assert(
    fc.property(shape, ({ family, vocab, seed, half, ...options }) => {
      // Extreme logits are beyond half floats' digits, so that nothing would be left of their differences.
      const { student, teacher } = makeLogits(family, 2, vocab, seed);
      const sides =
        half && family !== 'extreme' ? { student: toHalf(student), teacher } : { student, teacher };
      expectWithin(errorsOf(sides, requestFor(2, vocab, options)), family);
    }),
    { numRuns: 150 },
  );
});

it('a vocabulary of 151,936 is as exact, flat distributions too', () => {
  const vocab = 151_936;
  for (const family of ['random', 'close', 'tied'] as const) {
    const logits = makeLogits(family, 1, vocab, 3);
    expectWithin(errorsOf(logits, requestFor(1, vocab, { jsdBeta: 0.5 })), family);
  }
});

it('rows may lie apart, in matrices of different widths, teachers in several', () => {
  const { student, teacher } = makeLogits('random', 4, 600, 5);
  const spread: CpuMatrix = { ...student, rows: 2, cols: 590, rowStride: 1200, offset: 3 };
  const request: DivergenceRequest = {
    ...requestFor(2, 580),
    rows: [
      { student: 1, teacher: 3, sampledId: 579, teacherIndex: 1, weight: 2, cap: 0.5 },
      { student: 0, teacher: 2, sampledId: 0 },
    ],
  };
  const gradients = [measureOnCpu, measureInMemory].map((measure) => {
    const gradient = { data: new Float32Array(2 * 590).fill(7), rows: 2, cols: 590 };
    const rows = measure(spread, [teacher, toHalf(teacher)], request, gradient);
    return { rows, data: gradient.data };
  });
  const [expected, actual] = gradients;
  expectWithin(compareRows(actual.rows, expected.rows), 'figures');
  expect(worstOf(actual.data, expected.data)).toBeLessThan(1);
});

it('the gradient may replace the logits that it is of', () => {
  for (const divergence of DIVERGENCES) {
    const { student, teacher } = makeLogits('random', 2, 70, 8);
    const request = requestFor(2, 70, { divergence, inPlace: true });
    const apart = { ...student, data: new Float32Array(140) };
    measureInMemory(student, teacher, request, apart);
    const own = { ...student, data: student.data.slice() };
    measureInMemory(own, teacher, request, own);
    expect(own.data).toEqual(apart.data);
  }
});

describe('logits that are no numbers', () => {
  const BAD = [Number.NaN, Number.POSITIVE_INFINITY, 1e30];
  const PLACES = [0, 511, 512, 1026];

  it('are named by side and index, the first of them, and have no gradient', () => {
    for (const jsdBeta of [undefined, 0.5])
      for (const value of BAD)
        for (const place of PLACES)
          for (const side of ['student', 'teacher'] as const) {
            const logits = makeLogits('masked', 1, 1030, 2);
            logits[side].data[place] = value;
            logits[side].data[1029] = Number.NaN;
            const request = requestFor(1, 1030, { jsdBeta });
            const gradient = { data: new Float32Array(1030).fill(7), rows: 1, cols: 1030 };
            const actual = measureInMemory(logits.student, logits.teacher, request, gradient);
            expect(actual).toEqual(measureOnCpu(logits.student, logits.teacher, request));
            expect(actual[0].nonFinite).toMatchObject({ side, index: place });
            expect(gradient.data.every((entry) => entry === 0)).toBe(true);
          }
  });

  it('are named where all of a row is masked, by −inf or by very low logits', () => {
    for (const value of [Number.NEGATIVE_INFINITY, -1e30, -3e38]) {
      const { student, teacher } = makeLogits('random', 1, 40, 2);
      const empty = { ...student, data: new Float32Array(40).fill(value) };
      for (const [s, t] of [
        [empty, teacher],
        [student, empty],
        [empty, empty],
      ]) {
        const request = requestFor(1, 40);
        expect(measureInMemory(s, t, request)).toEqual(measureOnCpu(s, t, request));
      }
    }
  });
});
