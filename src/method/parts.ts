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

const PLACES = Object.fromEntries(PARTS.map((part, place) => [part, place])) as Record<
  Part,
  number
>;
const { description: DESCRIPTION, answer: ANSWER, trailing: TRAILING } = PLACES;

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
  const places = ranges.map(({ part }) => PLACES[part]);
  const exact = ranges.some((range) => range.tokens);
  const answer = ranges.find(({ part }) => part === 'answer');
  // Tokens and ranges both go on through the text: those that a token touches begin at `low`.
  let low = 0;
  const result: (number | undefined)[] = tokens.ids.map((_, token) => {
    if (token === opener) return DESCRIPTION;
    if (exact) {
      const byIds = ranges.findIndex(
        (range) => range.tokens && range.tokens.start <= token && token < range.tokens.end,
      );
      if (byIds >= 0) return places[byIds];
    }
    const start = tokens.starts[token];
    const end = tokens.starts[token + 1];
    while (low < ranges.length && ranges[low].end <= start) low++;
    let high = low;
    while (high < ranges.length && ranges[high].start < end) high++;
    if (high - low <= 1) return high > low ? places[low] : undefined;
    if (answer && holdsVisible(tokens.text, answer, start, end)) return ANSWER;
    const touched = places.slice(low, high);
    return touched.find((place) => place % 2 === 1) ?? touched[0];
  });
  fillTextless(result, places.at(-1) ?? TRAILING);
  return result.map((place) => PARTS[place ?? TRAILING]);
}

/** The token range of each part; empty, at its place, when neighbours took all of its tokens. */
export function spansOfParts(parts: readonly Part[]): Readonly<Record<Part, TokenSpan>> {
  /** The first token at or after each place. */
  const firsts: number[] = [];
  for (const [token, part] of parts.entries())
    while (firsts.length <= PLACES[part]) firsts.push(token);
  const first = (place: number) => firsts[place] ?? parts.length;
  return Object.fromEntries(
    PARTS.map((part, place) => [part, { start: first(place), end: first(place + 1) }]),
  ) as Record<Part, TokenSpan>;
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
