import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clip, Divergence } from '../method/types.ts';
import { measureOnCpu } from './divergence-cpu.ts';
import { hasSimd, measureInMemory } from './divergence-simd.ts';
import { toHalf } from './fixtures/half.ts';
import { errorInTolerances, type LogitFamily, makeLogits } from './fixtures/logits.ts';
import { compareRows, expectWithin, requestFor } from './fixtures/parity.ts';
import type { CpuLogits, CpuMatrix, DivergenceRequest } from './types.ts';

const FAMILIES: LogitFamily[] = ['random', 'close', 'extreme', 'tied', 'masked'];
const DIVERGENCES: Divergence[] = [
  { kind: 'forward-kl' },
  { kind: 'reverse-kl' },
  { kind: 'jsd', beta: 0.5 },
  { kind: 'jsd', beta: 1e-6 },
  { kind: 'jsd', beta: 0.9 },
  { kind: 'jsd', beta: 0 },
  { kind: 'jsd', beta: 1 },
];
const CLIPS: Clip[] = [
  { kind: 'none' },
  { kind: 'token', value: 0.3 },
  { kind: 'entry', value: 0.003 },
];

/** Largest errors against the float64 twin, in tolerances, gradients and what lies around them included. */
function errorsOf(
  { student, teacher }: { student: CpuLogits; teacher: CpuLogits | readonly CpuLogits[] },
  request: DivergenceRequest,
): Record<string, number> {
  const { rows, cols } = student;
  const room = (): CpuMatrix => ({ data: new Float32Array(rows * cols).fill(7), rows, cols });
  const own = request.inPlace === true && student.format !== 'f16';
  const expectedGradient = room();
  const expected = measureOnCpu(student, teacher, request, expectedGradient);
  const gradient = own ? { ...student, data: student.data.slice() } : room();
  const actual = measureInMemory(own ? gradient : student, teacher, request, gradient);
  const worst = compareRows(actual, expected);
  expect(actual.map((row) => row.clippedEntries)).toEqual(
    expected.map((row) => row.clippedEntries),
  );
  worst.gradient = 0;
  for (const { student: row } of request.rows)
    for (let v = row * cols; v < (row + 1) * cols; v++)
      worst.gradient = Math.max(
        worst.gradient,
        errorInTolerances(gradient.data[v], expectedGradient.data[v]),
      );
  // Without a gradient the powers are not kept, unless a JSD wants them.
  const alone = compareRows(measureInMemory(student, teacher, request), expected);
  return Object.fromEntries(
    Object.entries(worst).map(([name, error]) => [name, Math.max(error, alone[name] ?? 0)]),
  );
}

it('runs here', () => {
  expect(hasSimd()).toBe(true);
});

describe.each(FAMILIES)('%s logits', (family) => {
  const VOCAB = 1531;
  const logits = makeLogits(family, 3, VOCAB, 11, true);
  const options = DIVERGENCES.flatMap((divergence) =>
    CLIPS.flatMap((clip) =>
      [1, 1.1].map((temperature) => ({ divergence, clip, temperature })),
    ),
  );
  it('have the figures and gradients of the float64 twin, whatever is asked for', () => {
    for (const option of options)
      for (const jsdBeta of [undefined, 0.3]) {
        const request = requestFor(3, VOCAB, {
          ...option,
          ...(jsdBeta === undefined ? {} : { jsdBeta }),
        });
        expectWithin(errorsOf(logits, request), JSON.stringify({ ...option, jsdBeta }));
      }
  });
});
