/** Which part of the completion each token belongs to, whatever its characters straddle. */
import type { TokenText } from './tags.ts';
import type { Segment, TokenSpan } from './types.ts';

/** The parts in reading order: content at even places, tags at odd ones. */
export const PARTS = [
  'description',
  'descriptionClose',
  'beforeThink',
  'thinkOpen',
  'reasoning',
  'thinkClose',
  'beforeBox',
  'boxOpen',
  'answer',
  'boxClose',
  'trailing',
] as const;

export type Part = (typeof PARTS)[number];

const DESCRIPTION = PARTS.indexOf('description');
const ANSWER = PARTS.indexOf('answer');
const TRAILING = PARTS.indexOf('trailing');

/** One part's characters `[start, end)`, with its exact tokens when a tag was found by its ids. */
export interface PartRange {
  readonly part: Part;
  readonly start: number;
  readonly end: number;
  readonly tokens?: TokenSpan;
}

export function segmentOf(part: Part): Segment {
  if (part === 'description' || part === 'reasoning' || part === 'answer' || part === 'trailing') {
    return part;
  }
  return 'delimiter';
}

/**
 * The part of each token of the text, `[tokens]`, never decreasing in reading order.
 *
 * A token inside one part belongs to it. `opener`, if there is one, belongs to the description. Another token
 * that straddles parts belongs
 * 1. to the answer, when it holds a visible character of it (`{red`): the answer would else have no token;
 * 2. else to the tag it touches (`.</`, ` </`, `}.`, `>\n`): no content teacher is asked about a tag.
 * A token without text of its own holds bytes of a character that a later token completes. Tags are
 * ASCII, so it goes with the neighbour that is content.
 */
export function partOfTokens(
  tokens: TokenText,
  ranges: readonly PartRange[],
  opener: number | null,
): Part[] {
  const places = ranges.map(({ part }) => PARTS.indexOf(part));
  const result: (number | undefined)[] = tokens.ids.map((_, token) => {
    if (token === opener) return DESCRIPTION;
    const byIds = ranges.findIndex(
      (range) => range.tokens && range.tokens.start <= token && token < range.tokens.end,
    );
    if (byIds >= 0) return places[byIds];
    const start = tokens.starts[token];
    const end = tokens.starts[token + 1];
    const touched = places.filter((_, i) => ranges[i].start < end && start < ranges[i].end);
    if (touched.length <= 1) return touched[0];
    const answer = ranges.find(({ part }) => part === 'answer');
    if (answer && holdsVisible(tokens.text, answer, start, end)) return ANSWER;
    return touched.find((place) => place % 2 === 1) ?? touched[0];
  });
  fillTextless(result, places.at(-1) ?? TRAILING);
  return result.map((place) => PARTS[place ?? TRAILING]);
}

/** The token range of a part; empty, at its place, when neighbours took all of its tokens. */
export function spanOfPart(parts: readonly Part[], part: Part): TokenSpan {
  const place = PARTS.indexOf(part);
  const firstAtOrAfter = (limit: number) => {
    const index = parts.findIndex((other) => PARTS.indexOf(other) >= limit);
    return index < 0 ? parts.length : index;
  };
  return { start: firstAtOrAfter(place), end: firstAtOrAfter(place + 1) };
}

function holdsVisible(text: string, range: PartRange, start: number, end: number): boolean {
  const shared = text.slice(Math.max(start, range.start), Math.min(end, range.end));
  return shared.trim() !== '';
}

/** Gives textless tokens a place, from the next token with text and the one before. */
function fillTextless(places: (number | undefined)[], open: number): void {
  let next: number | undefined;
  const following = places.map(() => open);
  for (let i = places.length - 1; i >= 0; i--) {
    next = places[i] ?? next;
    following[i] = next ?? open;
  }
  let before = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] ??= between(before, following[i]);
    before = places[i] ?? before;
  }
}

/** Even places are content. Between two different tags lies the content that parts them. */
function between(before: number, after: number): number {
  if (after % 2 === 0) return after;
  if (before % 2 === 0) return before;
  return after > before ? before + 1 : before;
}
