/** Reads a completion `r </think> \\boxed{a}` that was sampled after a prefilled `<think>`: an answer to a question in words, which has no description. */
import { parseRollout } from './rollout.ts';
import type { ParsedRollout, ParseOptions, RolloutSpans, TokenSpan } from './types.ts';

/** What stands before it where there is a picture, as tokens that no vocabulary has. */
const BEFORE = ['none', ' </description>', ' <think>'] as const;
const ID = -1;

/** The arguments and errors of {@link parseRollout}; spans and places are those of the completion alone. */
export function parseWordsOnly(
  ids: readonly number[],
  texts: readonly string[],
  options: ParseOptions,
): ParsedRollout {
  const before = BEFORE.length;
  const characters = BEFORE.join('').length;
  const read = parseRollout([...BEFORE.map(() => ID), ...ids], [...BEFORE, ...texts], options);
  const { description: _, descriptionClose: __, thinkOpen: ___, ...spans } = read.spans;
  const moved: Partial<Record<keyof RolloutSpans, TokenSpan>> = {};
  for (const [name, { start, end }] of Object.entries(spans))
    moved[name as keyof typeof spans] = {
      start: Math.max(0, start - before),
      end: Math.max(0, end - before),
    };
  const { reason } = read;
  return {
    ...read,
    openerToken: null,
    reason: reason && {
      ...reason,
      char: Math.max(0, reason.char - characters),
      token: Math.max(0, reason.token - before),
    },
    spans: moved,
    segments: read.segments.slice(before),
    length: read.length - before,
    text: read.text.slice(characters),
    specialTokens: read.specialTokens.map((token) => token - before),
  };
}
