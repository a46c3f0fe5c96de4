import { describe, expect, it } from 'vitest';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { traceOf, VALID } from './fixtures/trace.ts';
import {
  back,
  forward,
  landmarksOf,
  lanesAt,
  levelViews,
  nextOf,
  type Place,
  playFrom,
  tokensAt,
} from './levels.ts';

const kl = VALID.map((_, i) => (i === 1 || i === 4 ? 0.3 : 0.01));
const trace = traceOf(VALID, VIGOS_PAPER, kl);
const n = VALID.length;
const views = levelViews(trace, 'used');

describe('stepping', () => {
  it('forward goes through every token of every level once and ends at the leakage', () => {
    const seen: Place[] = [];
    for (let at: Place | null = { level: 'sample', token: 0 }; at !== null; at = forward(at, n))
      seen.push(at);
    expect(seen).toHaveLength(6 * n);
    expect(seen.at(-1)).toEqual({ level: 'leakage', token: n - 1 });
  });

  it('back undoes forward', () => {
    for (let at: Place = { level: 'sample', token: 0 }; ; ) {
      const next = forward(at, n);
      if (next === null) break;
      expect(back(next, n)).toEqual(at);
      at = next;
    }
    expect(back({ level: 'sample', token: 0 }, n)).toBeNull();
  });

  it('with all levels shown it walks the tokens alone', () => {
    expect(forward({ level: 'all', token: n - 1 }, n)).toBeNull();
    expect(back({ level: 'all', token: 0 }, n)).toBeNull();
  });

  it('playing at the end of a level starts it over', () => {
    expect(playFrom({ level: 'parse', token: n - 1 }, n)).toEqual({ level: 'parse', token: 0 });
    expect(playFrom({ level: 'parse', token: 3 }, n)).toEqual({ level: 'parse', token: 3 });
  });
});

describe('jumps', () => {
  it('to the next segment stops at each and goes around', () => {
    const stops = [0];
    for (let i = 0; i < 6; i++)
      stops.push(nextOf(landmarksOf(trace).segments, stops.at(-1) ?? 0) ?? -1);
    expect(stops).toEqual([0, 2, 4, 5, 7, 8, 0]);
  });

  it('to the next token without gradient, going around; nowhere when there is none', () => {
    expect(nextOf(landmarksOf(trace).clipped, 0)).toBe(1);
    expect(nextOf(landmarksOf(trace).clipped, 1)).toBe(4);
    expect(nextOf(landmarksOf(trace).clipped, 4)).toBe(1);
    const calm = traceOf(VALID, VIGOS_PAPER, Array(VALID.length).fill(0.01));
    expect(nextOf(landmarksOf(calm).clipped, 0)).toBeNull();
  });
});

describe('what a level shows', () => {
  const at = (level: Place['level'], token: number) => tokensAt(views, { level, token });

  it('while sampling, tokens after the place are not there yet', () => {
    expect(at('sample', 1).map((t) => t.ahead === true)).toEqual(VALID.map((_, i) => i > 1));
    expect(lanesAt(at('sample', 1), trace.spans, { level: 'sample', token: 1 })).toHaveLength(1);
  });

  it('while parsing, a lane opens when its tag is reached and nobody teaches yet', () => {
    const lanes = (token: number) =>
      lanesAt(at('parse', token), trace.spans, { level: 'parse', token }).map((l) => l.name);
    expect(lanes(2)).toEqual(['description']);
    expect(lanes(3)).toEqual(['description', 'reasoning']);
    expect(lanes(n - 1)).toEqual(['description', 'reasoning', 'answer']);
    expect(at('parse', n - 1).every((t) => t.teacher === null && t.value === null)).toBe(true);
  });

  it('teachers come with assigning, figures with scoring, the clip with the loss', () => {
    expect(at('assign', 0)[0]).toMatchObject({ teacher: 'perception', value: null });
    expect(at('assign', 0)[1]).toMatchObject({ teacher: null, mark: 'd' });
    expect(at('score', 1)[1]).toMatchObject({ value: 0.3, noGradient: false });
    expect(at('loss', 1)[1]).toMatchObject({ value: 0.05, noGradient: true });
    expect(at('loss', 1)[4]).toMatchObject({ value: 0.3, noGradient: false });
  });

  it('a step leaves all other tokens as they were, so that only one is drawn again', () => {
    const before = at('score', 3);
    const after = at('score', 4);
    expect(after.filter((token, i) => token !== before[i])).toHaveLength(1);
  });
});
