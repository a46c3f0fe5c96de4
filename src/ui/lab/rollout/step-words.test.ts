import { describe, expect, it } from 'vitest';
import { VIGOS_PAPER } from '../../../method/presets.ts';
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

  it('says of a token without a teacher that it adds nothing', () => {
    expect(stepInWords(trace, { level: 'score', token: 2 })).toContain('no teacher');
    expect(stepInWords(trace, { level: 'loss', token: 2 })).toContain('adds nothing');
  });

  it('is silent where all levels are shown', () => {
    expect(stepInWords(trace, { level: 'all', token: 0 })).toBe('');
  });
});
