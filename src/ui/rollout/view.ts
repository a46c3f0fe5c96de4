/** A rollout as the strip, the chart and the summary draw it: lanes, heat, totals. Pure. */

import type { ScoredToken } from '../../contract/rollouts/rollout-scores.ts';
import type { TokenTrace, Trace } from '../../contract/trace/trace.ts';
import { usedDivergence } from '../../contract/trace/used-divergence.ts';
import { parseRollout } from '../../method/rollout.ts';
import { boundaryTokens } from '../../method/supervision.ts';
import type {
  FormRules,
  MethodConfig,
  ParsedRollout,
  RolloutSpans,
  Segment,
  SupervisionPlan,
} from '../../method/types.ts';
import { type TeacherMark, teacherMark } from '../shared/teachers.ts';
import type { Measure } from './choices.ts';

export interface StripToken {
  index: number;
  text: string;
  segment: Segment | null;
  /** Null until the plan is known. */
  teacher: TeacherMark | null;
  /** The chosen measure in nats; null without a teacher or before scoring. */
  value: number | null;
  /** The clip leaves this token without gradient. */
  noGradient: boolean;
  /** A walk has not come to this token yet: it is not sampled. */
  ahead?: boolean;
  /** Parsing an invalid rollout stopped before this token, or after it when it is the last. */
  stop?: 'before' | 'after';
  /** What drives the push on it, nats²; its value is the sum. */
  drivers?: { readonly answer: number; readonly image: number };
  /** Stands in the teacher's place while there is none: the segment's letter, or where its reward pushes it. */
  mark?: string;
  /** What the mark says, in words, in the place of its segment and its value. */
  said?: string;
}

export type LaneName = 'description' | 'reasoning' | 'answer';

export interface Lane {
  name: LaneName | 'sampled';
  tokens: readonly StripToken[];
}

/** Where a method's figures are not at temperature 1, at which they are: one wording for every place they stand. */
export const temperatureOf = ({ temperature }: Pick<MethodConfig, 'temperature'>): string | null =>
  temperature === 1 ? null : `at τ = ${temperature}`;

export function measured(token: TokenTrace, method: MethodConfig, measure: Measure): number | null {
  if (token.teacher === null) return null;
  return measure === 'used' ? usedDivergence(token, method) : token[measure];
}

/** The clip of whole tokens where it bounds what is on show, nats; else null. */
export const clipOf = ({ method }: Pick<Trace, 'method'>, measure: Measure): number | null =>
  method.clip.kind === 'token' && measure === 'used' ? method.clip.value : null;

/** What bounds a token's whole loss: the cap in nats, and which boundary the token stands at if that is why. */
export interface LossBound {
  cap: number;
  boundary: 'last of the description' | 'first of the reasoning' | null;
}

/** The smaller of the token clip and the boundary clip; null where neither bounds this token. */
export function boundOf({ tokens, method }: Trace, index: number): LossBound | null {
  const { clip, boundaryClip } = method;
  const own = clip.kind === 'token' ? clip.value : Number.POSITIVE_INFINITY;
  const taught = tokens[index]?.teacher ?? null;
  const at = boundaryClip.kind === 'none' || taught === null ? [] : boundaryTokens(tokens);
  if (boundaryClip.kind === 'token' && boundaryClip.value <= own && at.includes(index)) {
    const end = taught === 'perception';
    const boundary = end ? 'last of the description' : 'first of the reasoning';
    return { cap: boundaryClip.value, boundary };
  }
  return taught === null || own === Number.POSITIVE_INFINITY ? null : { cap: own, boundary: null };
}

/** A clip of the whole token, the method's own or a boundary's, takes its gradient away; OPSD's bounds single vocabulary entries. */
export const hasNoGradient = (token: TokenTrace, { clip, boundaryClip }: MethodConfig): boolean =>
  token.clipped && (clip.kind === 'token' || boundaryClip.kind === 'token');

export const tracedTokens = (trace: Trace, measure: Measure): StripToken[] => {
  const stop = stopOf(trace);
  return trace.tokens.map((token, index) => ({
    index,
    text: token.text,
    segment: token.segment,
    teacher: teacherMark(token.teacher),
    value: measured(token, trace.method, measure),
    noGradient: hasNoGradient(token, trace.method),
    ...(stop?.token === index ? { stop: stop.side } : {}),
  }));
};

/** Where parsing stopped in an invalid rollout: before a token, or after the last. */
export function stopOf({ reason, tokens }: Pick<Trace, 'reason' | 'tokens'>) {
  if (reason === null) return null;
  const after = reason.token >= tokens.length;
  const token = after ? tokens.length - 1 : reason.token;
  return { token, side: after ? ('after' as const) : ('before' as const) };
}

/** A rollout that is still being sampled, or not measured yet. */
export interface UnmeasuredRollout {
  texts: readonly string[];
  ids: readonly number[];
  planned: { parsed: ParsedRollout; plan: SupervisionPlan } | null;
}

/** A rollout under way: its tokens, and where its parts begin as far as they have been sampled. */
export function liveRollout(
  live: UnmeasuredRollout,
  rules: FormRules,
): { tokens: StripToken[]; spans: RolloutSpans } {
  const parsed =
    live.planned?.parsed ?? parseRollout(live.ids, live.texts, { ...rules, eosIds: [] });
  return {
    tokens: plannedTokens(live.texts, parsed, live.planned?.plan ?? null),
    spans: parsed.spans,
  };
}

/** Tokens that are read, and planned where there is a plan, and not measured. */
export const plannedTokens = (
  texts: readonly string[],
  parsed: ParsedRollout,
  plan: SupervisionPlan | null,
): StripToken[] =>
  texts.map((text, index) => ({
    index,
    text,
    segment: parsed.segments[index] ?? null,
    teacher: plan === null ? null : teacherMark(plan.tokens[index]?.teacher ?? null),
    value: null,
    noGradient: false,
  }));

/** Tokens of a file as a model scored them. */
export const scoredTokens = (tokens: readonly ScoredToken[]): StripToken[] =>
  tokens.map(({ text, segment, teacher, divergence, clipped }, index) => ({
    index,
    text,
    segment,
    teacher: teacherMark(teacher),
    value: divergence,
    noGradient: clipped,
  }));

/** Tags open the lane they belong to: `<think>` the reasoning's, `\boxed{` the answer's. */
export function lanesOf(tokens: readonly StripToken[], spans: RolloutSpans): Lane[] {
  const end = tokens.length;
  const answerAt = spans.boxOpen?.start ?? end;
  const reasoningAt = Math.min(spans.thinkOpen?.start ?? answerAt, answerAt);
  const lanes: Lane[] = [
    { name: 'description', tokens: tokens.slice(0, reasoningAt) },
    { name: 'reasoning', tokens: tokens.slice(reasoningAt, answerAt) },
    { name: 'answer', tokens: tokens.slice(answerAt) },
  ];
  return lanes.filter((lane) => lane.tokens.length > 0 || lane.name === 'description');
}

export interface SegmentTotal {
  name: LaneName | 'form' | 'all';
  tokens: number;
  supervised: number;
  teachers: TeacherMark[];
  /** Mean of the used divergence over the supervised tokens, nats a token; null when there are none, or when one's is not known. */
  mean: number | null;
  /** Share of the supervised tokens without gradient. */
  clipped: number;
}

const partOf = (token: TokenTrace): SegmentTotal['name'] =>
  token.segment === 'delimiter' || token.segment === 'trailing' ? 'form' : token.segment;

/** One row a segment, the tokens that hold the form, and all together; empty ones are left out. */
export function totalsOf(trace: Trace): SegmentTotal[] {
  const names = ['description', 'reasoning', 'answer', 'form', 'all'] as const;
  return names
    .map((name) => {
      const tokens = trace.tokens.filter((token) => name === 'all' || partOf(token) === name);
      const supervised = tokens.filter((token) => token.teacher !== null);
      // What is not there is no zero, and a mean of the others alone would be another figure.
      const used = supervised.flatMap((token) => usedDivergence(token, trace.method) ?? []);
      const teachers = [...new Set(tokens.map((token) => teacherMark(token.teacher)))];
      return {
        name,
        tokens: tokens.length,
        supervised: supervised.length,
        teachers,
        mean:
          used.length === 0 || used.length < supervised.length
            ? null
            : used.reduce((a, b) => a + b, 0) / used.length,
        clipped:
          supervised.length === 0
            ? 0
            : supervised.filter((token) => hasNoGradient(token, trace.method)).length /
              supervised.length,
      };
    })
    .filter((row) => row.tokens > 0);
}

/** Means of the used divergence of the same tokens in two traces, nats a token. */
export interface CommonMeans {
  /** Tokens that both supervise. */
  readonly tokens: number;
  /** Null without any. */
  readonly first: number | null;
  readonly second: number | null;
}

/** Only over tokens that both supervise; null where the two are at unlike temperatures, whose figures do not compare. */
export function commonMeans(first: Trace, second: Trace): CommonMeans | null {
  if (first.method.temperature !== second.method.temperature) return null;
  const pairs = first.tokens.flatMap((token, i) => {
    const other = second.tokens[i];
    const [a, b] = [
      usedDivergence(token, first.method),
      other === undefined ? null : usedDivergence(other, second.method),
    ];
    return a === null || b === null ? [] : [[a, b] as const];
  });
  const mean = (side: 0 | 1) =>
    pairs.length === 0 ? null : pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  return { tokens: pairs.length, first: mean(0), second: mean(1) };
}

/** The token that a walk starts at: where teacher and student disagree most. */
export function largestDivergence(trace: Trace): number | null {
  let best: number | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, token] of trace.tokens.entries()) {
    const value = usedDivergence(token, trace.method);
    if (value !== null && value > most) [best, most] = [index, value];
  }
  return best ?? (trace.tokens.length > 0 ? 0 : null);
}
