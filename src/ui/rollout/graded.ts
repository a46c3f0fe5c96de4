/** A rollout's answer as it is graded, in words. Pure. */

import type { Trace } from '../../contract/trace/trace.ts';
import {
  type AnswerMeasure,
  type Grading,
  gradeAnswer,
  gradeByAll,
  MEASURE_NAMES,
  MEASURES,
} from '../../method/grading.ts';

/** By the trace's own measure; traces from before there were two were graded by exact match. */
export function gradingOf({ answer, input, method, grading }: Trace): Grading {
  const measure = grading?.measure ?? 'exact';
  return gradeAnswer(answer, input.answer, { measure, reading: method.reading });
}

/** "right by mathematical match, though wrong by exact match". */
export function verdictInWords(trace: Trace): string {
  const { measure } = gradingOf(trace);
  const all = gradeByAll(trace.answer, trace.input.answer, trace.method.reading);
  const word = (by: AnswerMeasure) => `${all[by] ? 'right' : 'wrong'} by ${MEASURE_NAMES[by]}`;
  const others = MEASURES.filter((by) => all[by] !== all[measure]);
  return [word(measure), ...others.map((by) => `though ${word(by)}`)].join(', ');
}

/** The reference answer, and what was typed where the reading cleans it. */
export function referenceInWords(trace: Trace): string {
  const { reference } = gradingOf(trace);
  const typed = trace.input.answer;
  if (reference === typed) return `“${reference}”`;
  const how = trace.method.reading === 'code' ? 'cleaned as the released code does' : 'trimmed';
  return `“${reference}” (${how}, from “${typed}”)`;
}
