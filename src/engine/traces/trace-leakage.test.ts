import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refusedBy } from '../../base/fixtures/refused.ts';
import { bothMethods, type LeakageToken } from '../../contract/trace/leakage.ts';
import type { Trace, TraceLeakage } from '../../contract/trace/trace.ts';
import { parseTrace } from './trace-file.ts';

const { checksum: _, ...recorded } = JSON.parse(
  readFileSync('public/recorded/pink-sun.json', 'utf8'),
) as Trace & { checksum?: string };

const tokens = recorded.tokens.flatMap(({ teacher, segment, studentLogProb }, token) =>
  teacher === null
    ? []
    : [
        {
          token,
          segment,
          teacher,
          student: studentLogProb,
          matched: -1,
          wrongAnswers: teacher === 'perception' ? [] : [-1, -2],
          wrongImage: -3,
        },
      ],
);
const leakage: TraceLeakage = {
  methods: bothMethods(recorded.method),
  wrongAnswers: ['red', 'blue'],
  picture: 'blank',
  epsilon: 1e-8,
  tokens: { vigos: tokens, opsd: [] },
};
const opened = (part: TraceLeakage) => parseTrace(JSON.stringify({ ...recorded, leakage: part }));
const refusal = (part: TraceLeakage) => refusedBy(() => opened(part));
const withFirst = (change: Partial<LeakageToken>): TraceLeakage => ({
  ...leakage,
  tokens: { ...leakage.tokens, vigos: [{ ...tokens[0], ...change }, ...tokens.slice(1)] },
});

describe('the leakage in a trace', () => {
  it('comes back as it went out', () => {
    expect(opened(leakage).leakage).toEqual(leakage);
  });

  it.each<[string, TraceLeakage]>([
    ['leakage.tokens.vigos.0.segment', withFirst({ segment: 'answer' })],
    ['leakage.tokens.vigos.0.teacher', withFirst({ teacher: 'reasoning', wrongAnswers: [-1, -2] })],
    ['leakage.tokens.vigos.0.wrongAnswers', withFirst({ wrongAnswers: [-1] })],
    ['leakage.tokens.vigos.0.student', withFirst({ student: -9 })],
    ['leakage.tokens.vigos.0.token', withFirst({ token: 5000 })],
    ['leakage.tokens.vigos', { ...leakage, tokens: { ...leakage.tokens, vigos: [] } }],
    [
      'leakage.methods.opsd.name',
      { ...leakage, methods: { ...leakage.methods, opsd: recorded.method } },
    ],
  ])('is refused by name where it is not of its tokens: %s', (field, part) => {
    expect(refusal(part)).toMatchObject({ code: 'trace.contradiction', where: field });
  });

  it('is refused where a figure cannot be a log-probability', () => {
    expect(refusal(withFirst({ matched: 2 }))).toMatchObject({
      code: 'trace.field',
      where: 'leakage.tokens.vigos.0.matched',
    });
  });
});
