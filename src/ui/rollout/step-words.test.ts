import { describe, expect, it } from 'vitest';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import { traceOf, VALID } from './fixtures/trace.ts';
import { stepInWords } from './step-words.ts';

const trace = traceOf(
  VALID,
  VIGOS_PAPER,
  VALID.map(() => 0.3),
);

describe('a step in words', () => {
  it('says what each level did to the token', () => {
    expect(stepInWords(trace, { level: 'sample', token: 0 })).toContain('typed by hand');
    expect(stepInWords(trace, { level: 'parse', token: 2 })).toContain('holds the form');
    expect(stepInWords(trace, { level: 'assign', token: 0 })).toContain('the Perception teacher');
    expect(stepInWords(trace, { level: 'score', token: 0 })).toContain('0.300 nats (forward KL)');
    expect(stepInWords(trace, { level: 'loss', token: 0 })).toContain('no gradient');
  });

  it('names the boundary clip where it is what cuts', () => {
    const method = { ...VIGOS_CODE, clip: { kind: 'none' } } as const;
    const unclipped = traceOf(
      VALID,
      method,
      VALID.map(() => 0.3),
    );
    const words = unclipped.tokens.map((_, token) =>
      stepInWords(unclipped, { level: 'loss', token }),
    );
    const cut = words.filter((line) => line.includes('boundary clip'));
    expect(cut).toHaveLength(2);
    expect(cut[0]).toContain('the boundary clip of the last of the description cuts 0.300 nats');
    expect(cut[1]).toContain('the boundary clip of the first of the reasoning cuts 0.300 nats');
    expect(words.join()).not.toContain(': the clip cuts');
  });

  it('names the temperature where the figures are not at 1', () => {
    const heated = traceOf(
      VALID,
      OPSD,
      VALID.map(() => 0.3),
    );
    for (const level of ['sample', 'score'] as const) {
      expect(stepInWords(heated, { level, token: 0 })).toContain(', at τ = 1.1.');
      expect(stepInWords(trace, { level, token: 0 })).not.toContain('τ');
    }
  });

  it('says of a token without a teacher that it adds nothing', () => {
    expect(stepInWords(trace, { level: 'score', token: 2 })).toContain('no teacher');
    expect(stepInWords(trace, { level: 'loss', token: 2 })).toContain('adds nothing');
  });

  it('is silent where all levels are shown', () => {
    expect(stepInWords(trace, { level: 'all', token: 0 })).toBe('');
  });
});
