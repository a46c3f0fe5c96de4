import { describe, expect, it } from 'vitest';
import type { LeakageToken } from '../../contract/trace/leakage.ts';
import type { TraceLeakage } from '../../contract/trace/trace.ts';
import { OPSD, VIGOS_PAPER } from '../../method/named-methods.ts';
import { traceOf, VALID } from './fixtures/trace.ts';
import {
  leakagePaths,
  leakageTokens,
  leakageUnder,
  mostPushed,
  rateInNumbers,
  topOf,
} from './leakage-view.ts';

const token = (index: number, change: Partial<LeakageToken> = {}): LeakageToken => ({
  token: index,
  segment: 'reasoning',
  teacher: 'reasoning',
  student: -2,
  matched: -1,
  wrongAnswers: [-1.5],
  wrongImage: -3,
  ...change,
});

const leakage: TraceLeakage = {
  methods: { vigos: VIGOS_PAPER, opsd: OPSD },
  wrongAnswers: ['blue'],
  picture: 'next',
  epsilon: 1e-8,
  tokens: {
    vigos: [token(1), token(4, { student: -5 })],
    opsd: [],
  },
};
const trace = traceOf(VALID, VIGOS_PAPER, [0, 0, 0, 0, 0, 0, 0, 0, 0]);
const under = leakageUnder(leakage, 'vigos', 1e-8, VALID.length);

/** The area of all boxes of a path, in tokens times the chart's height. */
const areaOf = (path: string): number =>
  [...path.matchAll(/v-([\d.]+)h([\d.]+)/g)].reduce(
    (sum, [, h, w]) => sum + Number(h) * Number(w),
    0,
  );

describe('a method’s leakage', () => {
  it('has a part for each supervised token, weighted by its push', () => {
    expect(under.parts.map((part) => part !== null)).toEqual(
      VALID.map((_, i) => i === 1 || i === 4),
    );
    expect(under.parts[4]).toMatchObject({ shift: 4, answer: 0.5, image: 2 });
    expect(under.parts[4]).toMatchObject({ answerPush: 2, imagePush: 8 });
    expect(mostPushed(under)).toBe(4);
    expect(mostPushed(leakageUnder(leakage, 'opsd', 1e-8, VALID.length))).toBeNull();
  });

  it('is drawn so that the red part of all area is the rate', () => {
    const top = topOf([under]);
    expect(top).toBe(10);
    const { answer, image } = leakagePaths(under, top);
    const red = areaOf(answer);
    expect(red / (red + areaOf(image))).toBeCloseTo(under.rates.all ?? 0, 6);
    expect(leakagePaths(under, 0)).toMatchObject({ answer: '', image: '' });
  });

  it('keeps its areas where many tokens share bars', () => {
    const count = 5000;
    const tokens = { vigos: [token(1), token(4, { student: -5 }), token(4999)], opsd: [] };
    const long = leakageUnder({ ...leakage, tokens }, 'vigos', 1e-8, count);
    const { answer, image, share } = leakagePaths(long, topOf([long]));
    expect(share).toBe(10);
    const red = areaOf(answer);
    expect(red / (red + areaOf(image))).toBeCloseTo(long.rates.all ?? 0, 3);
  });

  it('gives the strip its tokens with what drives them, and nobody where nobody teaches', () => {
    const tokens = leakageTokens(trace, under);
    expect(tokens[4]).toMatchObject({
      teacher: 'reasoning',
      value: 10,
      drivers: { answer: 2, image: 8 },
    });
    expect(tokens[0]).toMatchObject({ teacher: 'nobody', value: null });
    expect(tokens[0].drivers).toBeUndefined();
  });

  it('says each rate as the fraction that it is', () => {
    const { rates } = under;
    expect(rateInNumbers(rates.sums.all, rates.all, 1e-8)).toBe(
      '2.5 / (2.5 + 10 + 1.0e−8) = 20.0\u202f%',
    );
    expect(rateInNumbers(rates.sums.description, rates.description, 1e-8)).toBe(
      'no supervised token',
    );
  });
});
