/**
 * What a teacher goes by: the same teacher with its picture and with another one, with the reference answer and with a
 * wrong one. A divergence from the student alone cannot tell, since both may move, so that the teacher is held to itself.
 */

import type { Segment, TeacherName } from './types.ts';

/** A teacher who is shown something else, at one token; forward KL over the full vocabulary, nats. */
export interface ShownElse {
  /** KL(q ‖ q′): how far the teacher itself goes from what it said as it was. */
  readonly itself: number;
  /** KL(q′ ‖ p): how far the student then is from it. */
  readonly student: number;
}

/** A supervised token of a completion; all figures at one temperature. */
export interface LooksToken {
  /** Its index in the completion. */
  readonly token: number;
  readonly segment: Segment;
  readonly teacher: TeacherName;
  /** KL(q ‖ p) with everything as it is, nats. */
  readonly student: number;
  readonly otherPicture: ShownElse;
  /** Null of a teacher who sees no answer, and where no wrong one was there to show. */
  readonly wrongAnswer: ShownElse | null;
}

/** What can be shown in the place of what a teacher sees. */
export type Instead = 'otherPicture' | 'wrongAnswer';

/** Means over some tokens of one teacher, nats a token. */
export interface LooksMean {
  readonly teacher: TeacherName;
  /** Null is all of the teacher's tokens. */
  readonly segment: Segment | null;
  readonly tokens: number;
  readonly student: number;
  readonly otherPicture: ShownElse;
  readonly wrongAnswer: ShownElse | null;
}

/** Each teacher's tokens together, and of a teacher of several segments each of these; in the order of the tokens. */
export function looksMeans(tokens: readonly LooksToken[]): LooksMean[] {
  return unique(tokens.map(({ teacher }) => teacher)).flatMap((teacher) => {
    const own = tokens.filter((token) => token.teacher === teacher);
    const segments = unique(own.map(({ segment }) => segment));
    const parts = segments.length > 1 ? segments : [];
    return [
      meanOf(teacher, null, own),
      ...parts.map((segment) =>
        meanOf(
          teacher,
          segment,
          own.filter((token) => token.segment === segment),
        ),
      ),
    ];
  });
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

function meanOf(
  teacher: TeacherName,
  segment: Segment | null,
  tokens: readonly LooksToken[],
): LooksMean {
  const mean = (of: (token: LooksToken) => number) =>
    tokens.reduce((sum, token) => sum + of(token), 0) / tokens.length;
  const answered = tokens.every(({ wrongAnswer }) => wrongAnswer !== null);
  return {
    teacher,
    segment,
    tokens: tokens.length,
    student: mean(({ student }) => student),
    otherPicture: {
      itself: mean(({ otherPicture }) => otherPicture.itself),
      student: mean(({ otherPicture }) => otherPicture.student),
    },
    wrongAnswer: answered
      ? {
          itself: mean(({ wrongAnswer }) => wrongAnswer?.itself ?? 0),
          student: mean(({ wrongAnswer }) => wrongAnswer?.student ?? 0),
        }
      : null,
  };
}

/** Whether a teacher goes by what was changed. */
export type GoesBy = 'yes' | 'a little' | 'hardly' | 'cannot tell';

/**
 * Below the first the teacher says the same: by Pinsker's inequality no set of words gains or loses more than 7 points
 * of probability, √(KL / 2). From the second on it says something else. Nats.
 */
export const GOES_BY_NATS = { hardly: 0.01, yes: 0.1 } as const;

/** By how far the teacher itself went, nats; null where it was not shown anything else. */
export function goesBy(itself: number | null): GoesBy {
  if (itself === null || !Number.isFinite(itself)) return 'cannot tell';
  if (itself < GOES_BY_NATS.hardly) return 'hardly';
  return itself < GOES_BY_NATS.yes ? 'a little' : 'yes';
}

/**
 * Whether the teacher of a token looks. That it hardly moves says so only where the other picture says something else:
 * where not even a teacher who has nothing but the picture moves on this rollout, it cannot be told.
 */
export function looksAt(token: LooksToken, tokens: readonly LooksToken[]): GoesBy {
  const found = goesBy(token.otherPicture.itself);
  if (found !== 'hardly') return found;
  return saysElse(tokens) ? 'hardly' : 'cannot tell';
}

/** Whether the other picture changed what any teacher says of any token. */
export const saysElse = (tokens: readonly LooksToken[]): boolean =>
  tokens.some(({ otherPicture }) => otherPicture.itself >= GOES_BY_NATS.yes);

/** How far the teachers of each method go when they are shown another picture, means over the same tokens. */
export interface LooksCompared {
  /** Null is all tokens that both teach. */
  readonly segment: Segment | null;
  readonly tokens: number;
  /** Mean KL(q ‖ q′) of each method's teachers, nats a token. */
  readonly vigos: number;
  readonly opsd: number;
}

/**
 * Both methods on one completion: over all tokens that both teach first, then over each segment of these; empty where
 * they teach none in common. Tokens that one of them leaves alone would move its mean by the denominator alone.
 */
export function looksCompared(
  both: Readonly<Record<'vigos' | 'opsd', readonly LooksToken[]>>,
): LooksCompared[] {
  const opsd = new Map(both.opsd.map((token) => [token.token, token]));
  const pairs = both.vigos.flatMap((own) => {
    const other = opsd.get(own.token);
    return other === undefined ? [] : [{ segment: own.segment, own, other }];
  });
  if (pairs.length === 0) return [];
  const compared = (segment: Segment | null): LooksCompared => {
    const some = segment === null ? pairs : pairs.filter((pair) => pair.segment === segment);
    const mean = (of: (pair: (typeof pairs)[number]) => LooksToken) =>
      some.reduce((sum, pair) => sum + of(pair).otherPicture.itself, 0) / some.length;
    return {
      segment,
      tokens: some.length,
      vigos: mean(({ own }) => own),
      opsd: mean(({ other }) => other),
    };
  };
  const segments = unique(pairs.map(({ segment }) => segment));
  return [compared(null), ...(segments.length > 1 ? segments.map(compared) : [])];
}
