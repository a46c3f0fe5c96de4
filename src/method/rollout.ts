/**
 * Reads a completion `d </description> <think> r </think> \boxed{a}` that was sampled after a prefilled
 * `<description>`: is it valid, which tokens are which part, what is its answer.
 */
import { PlaygroundError } from '../base/errors.ts';
import { boxedAnswer } from './answer.ts';
import { describeFault, lenientFault, strictFault } from './faults.ts';
import { descriptionEnd, findLandmarks, type Landmarks, partRanges } from './landmarks.ts';
import { type Part, type PartRange, partOfTokens, segmentOf, spansOfParts } from './parts.ts';
import { layOutTokens, type TokenText } from './tags.ts';
import type { ParsedRollout, ParseOptions, RolloutSpans, Segment, TokenSpan } from './types.ts';

/**
 * Parses one completion.
 * @param ids `[tokens]`, as sampled; after the first EOS comes padding.
 * @param texts `[tokens]`, each token's own text, in order; a character that is split over several tokens
 *   stands in the one that completes it (the others are empty). Texts at and after the EOS are not read.
 * @throws PlaygroundError `method.rollout-lengths` when ids and texts differ in number.
 * `strict` is the rule of the paper, `lenient` that of its released trainer; both read the same spans. The
 * reading decides which brace closes the box, `opener` whose the token is that opens `</description>`.
 */
export function parseRollout(
  ids: readonly number[],
  texts: readonly string[],
  options: ParseOptions,
): ParsedRollout {
  if (ids.length !== texts.length) {
    throw new PlaygroundError({
      code: 'method.rollout-lengths',
      message: `The rollout has ${ids.length} token ids but ${texts.length} token texts.`,
      fix: 'Give one text for each token id, from the tokenizer that sampled them.',
      where: 'rollout',
      detail: { ids: ids.length, texts: texts.length },
    });
  }
  const { textTokens, length, ended } = extent(ids, options);
  const tokens = layOutTokens(ids.slice(0, textTokens), texts.slice(0, textTokens));
  const { validity, reading, opener } = options;
  const found = findLandmarks(tokens, options.tagIds ?? {}, reading);
  const ranges = partRanges(found, tokens.text.length);
  const openerToken = openerOf(tokens, found);
  const parts = partOfTokens(tokens, ranges, opener ? openerToken : null);
  const specials = new Set(options.specialIds ?? []);
  const isTag = (i: number) =>
    ranges.some((range) => range.tokens && range.tokens.start <= i && i < range.tokens.end);
  const specialTokens: number[] = [];
  for (const [i, id] of tokens.ids.entries())
    if (specials.has(id) && !isTag(i)) specialTokens.push(i);
  const fault =
    validity === 'strict'
      ? strictFault(tokens, found, specialTokens)
      : lenientFault(tokens, found, options.padId);
  const segments: Segment[] = ids.map((_, i) =>
    i < textTokens ? segmentOf(parts[i]) : 'trailing',
  );

  return {
    validity,
    reading,
    opener,
    openerToken,
    valid: fault === null,
    reason: fault && describeFault(fault, tokens, ended),
    spans: spansOf(ranges, parts, length),
    segments,
    length,
    ended,
    text: tokens.text,
    specialTokens,
    answer: boxedAnswer(tokens.text, reading),
  };
}

/**
 * How far the completion goes. The first EOS ends it and belongs to it, also when padding has the same id;
 * without an EOS a tail of padding ids does not belong to it.
 */
function extent(
  ids: readonly number[],
  { eosIds, padId }: ParseOptions,
): { textTokens: number; length: number; ended: boolean } {
  const eos = ids.findIndex((id) => eosIds.includes(id));
  if (eos >= 0) return { textTokens: eos, length: eos + 1, ended: true };
  const textTokens = ids.findLastIndex((id) => id !== padId) + 1;
  return { textTokens, length: textTokens, ended: false };
}

function openerOf(tokens: TokenText, { descriptionClose }: Landmarks): number | null {
  if (descriptionClose === undefined) return null;
  const { token, joined } = descriptionEnd(tokens, descriptionClose);
  return joined ? token : null;
}

function spansOf(
  ranges: readonly PartRange[],
  parts: readonly Part[],
  length: number,
): RolloutSpans {
  const spans: { -readonly [Name in keyof RolloutSpans]: TokenSpan } = {};
  const all = spansOfParts(parts);
  for (const { part } of ranges) {
    if (part !== 'beforeThink' && part !== 'beforeBox') spans[part] = all[part];
  }
  const trailing = { start: all.trailing.start, end: length };
  if (spans.boxClose || trailing.start < trailing.end) spans.trailing = trailing;
  return spans;
}
