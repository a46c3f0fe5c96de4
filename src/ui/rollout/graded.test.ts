import { expect, it } from 'vitest';
import type { Trace } from '../../contract/trace/trace.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import { traceOf, VALID } from './fixtures/trace.ts';
import { gradingOf, referenceInWords, verdictInWords } from './graded.ts';

const trace = (answer: string, reference: string, measure?: 'exact' | 'mathematical'): Trace => ({
  ...traceOf(
    VALID,
    VIGOS_PAPER,
    VALID.map(() => 0.1),
  ),
  answer,
  input: { question: 'q', answer: reference },
  ...(measure && { grading: { measure, correct: false, reference } }),
});

it('a verdict names its measure, and the other one where it differs', () => {
  expect(verdictInWords(trace('red', 'red', 'exact'))).toBe('right by exact match');
  expect(verdictInWords(trace('5.0', '5', 'exact'))).toBe(
    'wrong by exact match, though right by mathematical match',
  );
  expect(verdictInWords(trace('5.0', '5', 'mathematical'))).toBe(
    'right by mathematical match, though wrong by exact match',
  );
});

it('a trace that names no measure was graded by exact match', () => {
  expect(gradingOf(trace('5.0', '5'))).toMatchObject({ measure: 'exact', correct: false });
});

it('a reference answer that the reading cleans is shown as it was graded by, and as it was typed', () => {
  const typed = trace('red', 'Answer: red', 'exact');
  expect(referenceInWords(typed)).toBe('“Answer: red”');
  expect(referenceInWords({ ...typed, method: VIGOS_CODE })).toBe(
    '“red” (cleaned as the released code does, from “Answer: red”)',
  );
  expect(verdictInWords({ ...typed, method: VIGOS_CODE })).toBe('right by exact match');
});
