/** How much of the student's completion a teacher is fed before the token it scores. */
import type { ParsedRollout, Reading, TeacherName } from './types.ts';

/**
 * Index of the first completion token that stands after the teacher's own prefill; the teacher scores
 * token t ≥ start from the tokens `[start, t)`. Every teacher sees the student's whole completion, but
 * for the reasoning teacher in the released code: its prefill is `<think>`, and it sees only what the
 * student wrote after its own `<think>`, so the description is hidden from it.
 */
export function prefixStart(
  teacher: TeacherName,
  { spans }: Pick<ParsedRollout, 'spans'>,
  reading: Reading,
): number {
  if (teacher !== 'reasoning' || reading !== 'code') return 0;
  return spans.thinkOpen?.end ?? 0;
}
