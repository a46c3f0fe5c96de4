import { describe, expect, it } from 'vitest';
import type { TokenTrace, TraceTopEntry } from '../../contract/trace.ts';
import { VIGOS_PAPER } from '../../method/presets.ts';
import type { TeacherName } from '../../method/types.ts';
import { traceOf, VALID } from './fixtures/trace.ts';
import { klShare } from './share.ts';

const q = [0.7, 0.2, 0.1];
const p = [0.4, 0.35, 0.25];
const klOf = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * Math.log(x / b[i]), 0);
const token = (teacher: TeacherName | null): TokenTrace => ({
  ...traceOf(
    VALID,
    VIGOS_PAPER,
    VALID.map(() => 0),
  ).tokens[0],
  teacher,
  forwardKl: klOf(q, p),
  reverseKl: klOf(p, q),
});
const list = (own: number[], other: number[]): TraceTopEntry[] =>
  own.map((x, id) => ({ id, text: `${id}`, p: x, otherP: other[id] }));
const sum = (values: (number | null)[]) => values.reduce<number>((a, b) => a + (b ?? 0), 0);

describe('shares of the KL', () => {
  it('add up to all of it when the list holds the whole vocabulary, in either list', () => {
    for (const teacher of ['perception', 'reference'] as const) {
      const at = token(teacher);
      const student = list(p, q).map((entry) => klShare(entry, 'student', at, VIGOS_PAPER));
      const other = list(q, p).map((entry) => klShare(entry, 'teacher', at, VIGOS_PAPER));
      expect(sum(student)).toBeCloseTo(1, 9);
      expect(other).toEqual(student);
    }
  });

  it('are negative where the averaging side is below the other', () => {
    expect(klShare(list(p, q)[1], 'student', token('perception'), VIGOS_PAPER)).toBeLessThan(0);
  });

  it('are not given without a teacher, nor where student and teacher agree', () => {
    expect(klShare(list(p, q)[0], 'student', token(null), VIGOS_PAPER)).toBeNull();
    const agreed = { ...token('perception'), forwardKl: 0 };
    expect(klShare(list(p, q)[0], 'student', agreed, VIGOS_PAPER)).toBeNull();
  });
});
