/** A walk through a rollout, level by level and token by token, as a debugger steps. Pure. */

import type { Trace } from '../../contract/trace/trace.ts';
import type { RolloutSpans, Segment } from '../../method/types.ts';
import { isLevel, LEVELS, type Level, type LevelChoice, type Measure } from './choices.ts';
import { leakageUnder, mostPushed } from './leakage-view.ts';
import {
  hasNoGradient,
  type Lane,
  lanesOf,
  largestDivergence,
  type StripToken,
  tracedTokens,
} from './view.ts';

/** Where the walk stands: `token` is the last one that has gone through `level`. */
export interface Place {
  level: LevelChoice;
  token: number;
}

const SEGMENT_LETTERS: Record<Segment, string> = {
  description: 'd',
  reasoning: 'r',
  answer: 'a',
  delimiter: '‹›',
  trailing: 'end',
};

/** One step on: the next token, or the next level's first; null at the end. */
export function forward({ level, token }: Place, tokens: number): Place | null {
  if (token < tokens - 1) return { level, token: token + 1 };
  const next = isLevel(level) ? LEVELS[LEVELS.indexOf(level) + 1] : undefined;
  return next === undefined ? null : { level: next, token: 0 };
}

/** One step back: the token before, or the level before's last; null at the start. */
export function back({ level, token }: Place, tokens: number): Place | null {
  if (token > 0) return { level, token: token - 1 };
  const at = isLevel(level) ? LEVELS.indexOf(level) : 0;
  return at > 0 ? { level: LEVELS[at - 1], token: tokens - 1 } : null;
}

/** Where playing begins: a level that is at its end starts over. */
export const playFrom = ({ level, token }: Place, tokens: number): Place =>
  token >= tokens - 1 ? { level, token: 0 } : { level, token };

/** Where jumps lead to in a rollout. */
export interface Landmarks {
  /** First token of each stretch of one segment. */
  segments: readonly number[];
  /** Tokens that the clip leaves without gradient. */
  clipped: readonly number[];
  peak: number | null;
}

/** Of the leakage level the peak is the token that is pushed most, where that was measured. */
export function landmarksOf(trace: Trace, level: LevelChoice = 'all'): Landmarks {
  const { tokens, method, leakage } = trace;
  const segments = tokens.flatMap((token, i) =>
    i === 0 || tokens[i - 1].segment !== token.segment ? [i] : [],
  );
  return {
    segments: segments.length < 2 ? [] : segments,
    clipped: tokens.flatMap((token, i) => (hasNoGradient(token, method) ? [i] : [])),
    peak:
      level === 'leakage' && leakage !== undefined
        ? mostPushed(leakageUnder(leakage, method.name, leakage.epsilon, tokens.length))
        : largestDivergence(trace),
  };
}

/** The next of these places, ascending, going around at the end; null when there is none. */
export const nextOf = (places: readonly number[], at: number): number | null =>
  places.find((place) => place > at) ?? places[0] ?? null;

/** The tokens as each level leaves them; made once, so that a step changes one token only. */
export type LevelViews = Readonly<Record<LevelChoice | 'ahead', readonly StripToken[]>>;

export function levelViews(trace: Trace, measure: Measure): LevelViews {
  const all = tracedTokens(trace, measure);
  const score = all.map((token) => ({ ...token, noGradient: false }));
  const assign = score.map((token) => ({ ...token, value: null }));
  const parsed = assign.map((token) => ({ ...token, teacher: null }));
  const sample = parsed.map(({ stop: _, ...token }) => token);
  const parse = parsed.map((token) =>
    token.segment === null ? token : { ...token, mark: SEGMENT_LETTERS[token.segment] },
  );
  const losses = tracedTokens(trace, 'loss');
  return {
    ahead: sample.map((token) => ({ ...token, ahead: true })),
    sample,
    parse,
    assign,
    score,
    loss: losses,
    leakage: all,
    group: all,
    all,
  };
}

/** Tokens up to the place have gone through its level, the others through the one before. */
export function tokensAt(views: LevelViews, { level, token }: Place): readonly StripToken[] {
  if (!isLevel(level) || level === 'leakage') return views[level];
  const before = views[levelBefore(level)];
  return views[level].map((view, i) => (i <= token ? view : (before[i] ?? view)));
}

export const levelBefore = (level: Level): Level | 'ahead' =>
  level === 'sample' ? 'ahead' : LEVELS[LEVELS.indexOf(level) - 1];

/** One lane before parsing; while parsing, a lane opens when the walk comes to its tag. */
export function lanesAt(tokens: readonly StripToken[], spans: RolloutSpans, place: Place): Lane[] {
  if (place.level === 'sample') return [{ name: 'sampled', tokens }];
  if (place.level !== 'parse') return lanesOf(tokens, spans);
  const { thinkOpen, boxOpen } = spans;
  return lanesOf(tokens, {
    ...(thinkOpen !== undefined && thinkOpen.start <= place.token ? { thinkOpen } : {}),
    ...(boxOpen !== undefined && boxOpen.start <= place.token ? { boxOpen } : {}),
  });
}
