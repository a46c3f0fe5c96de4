/** What the loss is made of (kernels) holds to what the method says it is (`src/method`, in float64). */

import { describe, expect, it } from 'vitest';
import { measureOnCpu } from '../kernels/divergence-cpu.ts';
import { type LogitFamily, makeLogits } from '../kernels/fixtures/logits.ts';
import type { CpuMatrix, DivergenceRow, TopEntry } from '../kernels/types.ts';
import { divergenceEntries, measureToken } from '../method/fixtures/divergence.ts';
import { finishKl, readKl } from '../method/fixtures/streaming.ts';
import { logSoftmax } from '../method/softmax.ts';
import type { Clip, Divergence } from '../method/types.ts';

const FAMILIES: LogitFamily[] = ['random', 'close', 'extreme', 'tied', 'masked'];
const TEMPERATURES = [0.5, 1, 1.1, 3];
const VOCABULARIES = [2, 17, 301];
const TOP = 12;
const FORWARD: Divergence = { kind: 'forward-kl' };
const REVERSE: Divergence = { kind: 'reverse-kl' };
const DIVERGENCES: [string, Divergence][] = [
  ['forward KL', FORWARD],
  ['reverse KL', REVERSE],
  ...[0, 1e-3, 0.5, 0.9, 1].map((beta): [string, Divergence] => [
    `JSD, β = ${beta}`,
    { kind: 'jsd', beta },
  ]),
];
const CLIPS: Clip[] = [
  { kind: 'none' },
  { kind: 'token', value: 0.05 },
  { kind: 'token', value: 3 },
  { kind: 'entry', value: 0.05 },
  { kind: 'entry', value: 0.002 },
];
const NONE = Number.NEGATIVE_INFINITY;

function close(actual: number, expected: number, tolerance: number, what: string): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const error = Math.abs(actual - expected) / (1 + Math.abs(expected));
  // Not within: NaN and unequal infinities, too.
  if (!(error <= tolerance)) expect.fail(`${what}: ${actual} instead of ${expected}`);
}

interface Case {
  readonly student: Float32Array;
  readonly teacher: Float32Array;
  readonly divergence: Divergence;
  readonly clip: Clip;
  readonly temperature: number;
}

function measure({ student, teacher, divergence, clip, temperature }: Case, weight = 1) {
  const vocab = student.length;
  const matrix = (data: Float32Array): CpuMatrix => ({ data, rows: 1, cols: vocab });
  const gradient = new Float32Array(vocab).fill(Number.NaN);
  const [row] = measureOnCpu(
    matrix(student),
    matrix(teacher),
    {
      vocab,
      rows: [{ student: 0, teacher: 0, sampledId: vocab - 1, divergence, weight }],
      temperature,
      clip,
      topK: TOP,
    },
    matrix(gradient),
  );
  return { row, gradient };
}

/** Ids by falling probability, ties by lower id, masked ones left out. */
function ranked(logits: Float32Array): number[] {
  return [...logits.keys()]
    .filter((id) => logits[id] !== NONE)
    .sort((a, b) => logits[b] - logits[a] || a - b)
    .slice(0, TOP);
}

function holdTop(
  top: readonly TopEntry[],
  tail: number,
  own: { logits: Float32Array; logProbs: Float64Array },
  other: Float64Array,
  entries: Float64Array,
): void {
  expect(top.map(({ id }) => id)).toEqual(ranked(own.logits));
  for (const { id, p, otherP, term } of top) {
    close(p, Math.exp(own.logProbs[id]), 1e-9, 'p');
    close(otherP, Math.exp(other[id]), 1e-9, 'otherP');
    close(term, entries[id], 1e-9, 'term');
  }
  close(tail, 1 - top.reduce((sum, { p }) => sum + p, 0), 1e-9, 'tail');
}

function holdRow(row: DivergenceRow, given: Case): void {
  const { student, teacher, divergence, temperature } = given;
  const expected = measureToken(student, teacher, given);
  const free = (kind: Divergence) =>
    measureToken(student, teacher, { divergence: kind, temperature }).value;
  close(row.forwardKl, free(FORWARD), 1e-9, 'forward KL');
  close(row.reverseKl, free(REVERSE), 1e-9, 'reverse KL');
  if (divergence.kind === 'jsd') close(row.jsd ?? Number.NaN, expected.value, 1e-9, 'JSD');
  close(row.loss, expected.loss, 1e-9, 'loss');
  close(row.studentEntropy, expected.studentEntropy, 1e-9, 'student entropy');
  close(row.teacherEntropy, expected.teacherEntropy, 1e-9, 'teacher entropy');
  expect([row.clipped, row.clippedEntries]).toEqual([expected.clipped, expected.clippedEntries]);

  const s = logSoftmax(student, temperature);
  const t = logSoftmax(teacher, temperature);
  close(row.studentLogProb, s[s.length - 1], 1e-9, 'student log p');
  close(row.teacherLogProb, t[t.length - 1], 1e-9, 'teacher log p');
  const entries = divergenceEntries(s, t, divergence);
  holdTop(row.studentTop, row.studentTail, { logits: student, logProbs: s }, t, entries);
  holdTop(row.teacherTop, row.teacherTail, { logits: teacher, logProbs: t }, s, entries);

  const once = finishKl(readKl(student, teacher, temperature));
  close(row.forwardKl, once.forwardKl, 1e-8, 'one-pass forward KL');
  close(row.reverseKl, once.reverseKl, 1e-8, 'one-pass reverse KL');
}

function holdGradient(gradient: Float32Array, row: DivergenceRow, given: Case): void {
  const expected = measureToken(given.student, given.teacher, given).gradient;
  // A loss that is infinite has no slope to follow; the kernels then leave the weights alone.
  const silent = row.loss === Number.POSITIVE_INFINITY;
  gradient.forEach((value, v) => {
    close(value, silent ? 0 : 0.25 * expected[v], 1e-6, `gradient of logit ${v}`);
  });
}

describe.each(DIVERGENCES)('%s', (_, divergence) => {
  it.each(FAMILIES)('of %s logits is the method’s, whatever the clip and temperature', (family) => {
    for (const vocab of VOCABULARIES)
      for (const oneSided of family === 'masked' ? [false, true] : [false]) {
        const drawn = makeLogits(family, 1, vocab, 31, oneSided);
        const [student, teacher] = [drawn.student.data, drawn.teacher.data];
        if (![student, teacher].every((side) => side.some((z) => z !== NONE))) continue;
        for (const temperature of TEMPERATURES)
          for (const clip of CLIPS) {
            const given = { student, teacher, divergence, clip, temperature };
            const { row, gradient } = measure(given, 0.25);
            holdRow(row, given);
            holdGradient(gradient, row, given);
          }
      }
  });

  it('is infinite, or not, where a support is missing, in the entries listed as well', () => {
    const far = [0, -2000, -3000];
    const cut = [0, -1, NONE];
    for (const [a, b] of [
      [far, cut],
      [cut, far],
    ])
      for (const clip of CLIPS) {
        const [student, teacher] = [Float32Array.from(a), Float32Array.from(b)];
        const given = { student, teacher, divergence, clip, temperature: 1 };
        const { row, gradient } = measure(given, 0.25);
        holdRow(row, given);
        holdGradient(gradient, row, given);
      }
  });

  it('has no figure where a logit is no number, and the method says so too', () => {
    const good = [1, 2, 0];
    for (const bad of [
      [1, Number.NaN, 0],
      [1, Number.POSITIVE_INFINITY, 0],
      [NONE, NONE, NONE],
    ])
      for (const [a, b] of [
        [bad, good],
        [good, bad],
      ])
        for (const clip of CLIPS) {
          const [student, teacher] = [Float32Array.from(a), Float32Array.from(b)];
          const given = { student, teacher, divergence, clip, temperature: 1.1 };
          const { row, gradient } = measure(given);
          expect(measureToken(student, teacher, given).nan).toBe(true);
          expect(row.nonFinite?.side).toBe(a === bad ? 'student' : 'teacher');
          expect([row.loss, row.forwardKl, row.studentLogProb]).toEqual([NaN, NaN, NaN]);
          expect(gradient).toEqual(new Float32Array(3));
        }
  });
});
