/** How much of the student's completion a side is fed before the token it scores. */
import type { Reader } from './sight.ts';
import type { ParsedRollout, Reading } from './types.ts';

/**
 * Index of the first completion token that stands after the reader's own prefill; the reader scores
 * token t ≥ start from the tokens `[start, t)`. Student and teachers see the student's whole completion, but
 * for the reasoning teacher in the released code: its prefill is `<think>`, and it sees only what the
 * student wrote after its own `<think>`, so the description is hidden from it.
 */
export function prefixStart(
  reader: Reader,
  { spans }: Pick<ParsedRollout, 'spans'>,
  reading: Reading,
): number {
  if (reader !== 'reasoning' || reading !== 'code') return 0;
  return spans.thinkOpen?.end ?? 0;
}
