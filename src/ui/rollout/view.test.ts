import { describe, expect, it } from 'vitest';
import { usedDivergence } from '../../contract/trace/used-divergence.ts';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import type { MethodConfig } from '../../method/types.ts';
import { CUT_OFF, traceOf, VALID } from './fixtures/trace.ts';
import {
  boundOf,
  hasNoGradient,
  lanesOf,
  largestDivergence,
  liveRollout,
  temperatureOf,
  totalsOf,
  tracedTokens,
} from './view.ts';

const KL = [0.01, 0.2, 0.3, 0.3, 0.02, 0.3, 0.3, 0.06, 0.3];

it('the temperature of figures is named wherever it is not 1, and nowhere else', () => {
  expect(temperatureOf(VIGOS_PAPER)).toBeNull();
  expect(temperatureOf(OPSD)).toBe('at τ = 1.1');
});

describe('lanes', () => {
  it('opening tags stand with the lane they open, closing tags with the one they close', () => {
    const trace = traceOf(VALID, VIGOS_PAPER, KL);
    const lanes = lanesOf(tracedTokens(trace, 'used'), trace.spans);
    expect(lanes.map((lane) => [lane.name, lane.tokens.map((token) => token.text)])).toEqual([
      ['description', [' red', ' sun', '</description>']],
      ['reasoning', ['<think>', ' red', '</think>']],
      ['answer', ['\\boxed{', 'red', '}']],
    ]);
  });

  it('hold every token exactly once, whatever is missing', () => {
    for (const texts of [CUT_OFF, [' red'], ['<think>', ' red'], []]) {
      const trace = traceOf(texts, VIGOS_PAPER, KL);
      const lanes = lanesOf(tracedTokens(trace, 'used'), trace.spans);
      expect(lanes.flatMap((lane) => lane.tokens.map((token) => token.text))).toEqual(texts);
    }
  });

  it('open while the rollout is being sampled, before any teacher is known', () => {
    const live = liveRollout({ texts: CUT_OFF, ids: [0, 1, 2, 3, 4], planned: null }, VIGOS_PAPER);
    expect(lanesOf(live.tokens, live.spans).map((lane) => lane.name)).toEqual([
      'description',
      'reasoning',
    ]);
    expect(live.tokens.every((token) => token.teacher === null && token.value === null)).toBe(true);
  });
});

describe('the divergence that a loss uses', () => {
  it('is the forward KL for perception and reasoning, and nothing where nobody teaches', () => {
    const { tokens } = traceOf(VALID, VIGOS_PAPER, KL);
    expect(tokens.map((token) => usedDivergence(token, VIGOS_PAPER))).toEqual([
      0.01,
      0.2,
      null,
      null,
      0.02,
      null,
      null,
      0.06,
      null,
    ]);
  });

  it('is the reverse KL for the reference teacher of an invalid rollout', () => {
    const { tokens } = traceOf(CUT_OFF, VIGOS_PAPER, KL);
    expect(usedDivergence(tokens[1], VIGOS_PAPER)).toBe(0.1);
  });

  it('of a JSD is the one before the clip, and absent where an older file does not hold it', () => {
    const method: MethodConfig = {
      ...VIGOS_PAPER,
      divergence: { ...VIGOS_PAPER.divergence, perception: { kind: 'jsd', beta: 0.5 } },
    };
    const trace = traceOf(VALID, method, KL);
    const clipped = { ...trace.tokens[1], loss: 0.05, clipped: true };
    expect(usedDivergence({ ...clipped, jsd: 0.3 }, method)).toBe(0.3);
    expect(usedDivergence(clipped, method)).toBeNull();
    const tokens = trace.tokens.map((token, i) => (i === 0 ? { ...token, jsd: 0.3 } : token));
    const [description] = totalsOf({ ...trace, tokens });
    expect(description).toMatchObject({ supervised: 2, mean: null });
  });
});

describe('clipped tokens', () => {
  it('have no gradient where ViGOS caps the whole token', () => {
    const view = tracedTokens(traceOf(VALID, VIGOS_PAPER, KL), 'used');
    expect(view.filter((token) => token.noGradient).map((token) => token.index)).toEqual([1, 7]);
  });

  it('keep a gradient where OPSD caps single vocabulary entries', () => {
    const view = tracedTokens(traceOf(VALID, OPSD, KL), 'used');
    expect(view.some((token) => token.noGradient)).toBe(false);
  });
});

describe('where parsing stopped', () => {
  const stops = (texts: string[]) =>
    tracedTokens(traceOf(texts, VIGOS_PAPER, KL), 'used').map(({ stop }) => stop ?? '');

  it('is before the token that the fault shows at', () => {
    const stray = [' red', '</description>', ' stray', '<think>', ' red', '</think>'];
    expect(stops(stray)).toEqual(['', '', 'before', '', '', '']);
  });

  it('is after the last token when the rollout was cut off', () => {
    expect(stops(CUT_OFF)).toEqual(['', '', '', '', 'after']);
  });

  it('is nowhere in a valid rollout', () => {
    expect(stops(VALID).join('')).toBe('');
  });
});

describe('totals', () => {
  it('count tokens, average over the supervised ones, and share out the clipped', () => {
    const rows = totalsOf(traceOf(VALID, VIGOS_PAPER, KL));
    const description = rows.find((row) => row.name === 'description');
    expect(description).toMatchObject({ tokens: 2, supervised: 2, clipped: 0.5 });
    expect(description?.mean).toBeCloseTo(0.105);
    expect(rows.find((row) => row.name === 'form')).toMatchObject({
      tokens: 5,
      supervised: 0,
      mean: null,
    });
    expect(rows.at(-1)).toMatchObject({ name: 'all', tokens: 9, supervised: 4, clipped: 0.5 });
  });
});

describe('the walk starts', () => {
  it('where teacher and student disagree most', () => {
    expect(largestDivergence(traceOf(VALID, VIGOS_PAPER, KL))).toBe(1);
  });

  it('nowhere in an empty rollout', () => {
    expect(largestDivergence(traceOf([], VIGOS_PAPER, KL))).toBeNull();
  });
});

describe('what bounds a token’s loss', () => {
  const bounds = (method: MethodConfig) => {
    const trace = traceOf(VALID, method, KL);
    return trace.tokens.flatMap((_, i) => {
      const bound = boundOf(trace, i);
      return bound === null ? [] : [[i, bound.cap, bound.boundary]];
    });
  };
  const boundaries = (cap: number) => [
    [1, cap, 'last of the description'],
    [4, cap, 'first of the reasoning'],
  ];

  it('is the boundary clip alone where there is no token clip', () => {
    expect(bounds({ ...VIGOS_CODE, clip: { kind: 'none' } })).toEqual(boundaries(0.05));
    expect(bounds({ ...VIGOS_PAPER, clip: { kind: 'none' } })).toEqual([]);
  });

  it('is the smaller of both', () => {
    const clip = { kind: 'token', value: 0.2 } as const;
    const named = bounds({ ...VIGOS_CODE, clip }).filter(([, , boundary]) => boundary !== null);
    expect(named).toEqual(boundaries(0.05));
    const boundaryClip = { kind: 'token', value: 0.5 } as const;
    const caps = bounds({ ...VIGOS_CODE, clip, boundaryClip }).map(([, cap]) => cap);
    expect(new Set(caps)).toEqual(new Set([0.2]));
  });

  it('takes the gradient also under OPSD’s clip of entries', () => {
    const clip = { kind: 'entry', value: 0.05 } as const;
    const trace = traceOf(
      VALID,
      { ...VIGOS_CODE, clip },
      VALID.map(() => 0.3),
    );
    const silent = trace.tokens.flatMap((token, i) =>
      hasNoGradient(token, trace.method) ? [i] : [],
    );
    expect(silent).toEqual([1, 4]);
  });
});
