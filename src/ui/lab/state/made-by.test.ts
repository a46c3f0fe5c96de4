import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../contract/trace/trace.ts';
import { VIGOS_PAPER } from '../../../method/named-methods.ts';
import { traceOf, VALID } from '../../rollout/fixtures/trace.ts';
import { lossInWords, madeBy, writerOf } from './made-by.ts';
import { type Shown, UNTOUCHED } from './state.ts';

const KL = VALID.map(() => 0.1);
const SAMPLING = { temperature: 1, topP: 1, topK: 0, maxNewTokens: 9, seed: 1, count: 1 };
const trace: Trace = { ...traceOf(VALID, VIGOS_PAPER, KL), sampling: SAMPLING };
const base: Shown = { ...UNTOUCHED, trace, subject: null, timings: null };
const mine = { label: 'mine', choice: { kind: 'kept', runId: 'a' } } as const;

describe('who made a rollout', () => {
  it('names the writer, and the scorer where it is another', () => {
    expect(madeBy(base)).toBe('written by base');
    expect(madeBy({ ...base, student: mine })).toBe('written by base, scored by mine');
    expect(madeBy({ ...base, student: mine, writer: mine })).toBe('written by mine');
  });

  it('names no writer of a typed or opened rollout', () => {
    const typed = { ...base, trace: { ...trace, sampling: null }, student: mine };
    expect(writerOf(typed)).toBeNull();
    expect(madeBy(typed)).toBe('scored by mine');
    expect(writerOf({ ...base, file: 'trace.json' })).toBeNull();
  });

  it('says which loss its run trained with, where it is another', () => {
    expect(lossInWords(base)).toBeNull();
    expect(lossInWords({ ...base, trainedWith: VIGOS_PAPER })).toBeNull();
    const trainedWith = { ...VIGOS_PAPER, temperature: 2, clip: { kind: 'none' } } as const;
    expect(lossInWords({ ...base, trainedWith })).toBe(
      'The run trained with another loss than this one: distillation temperature 2 instead of 1; clip none instead of token.',
    );
  });
});
