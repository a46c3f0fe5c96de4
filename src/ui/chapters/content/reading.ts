/** What chapters read out of a rollout, once for all of them. Pure. */

import type { TokenTrace, Trace } from '../../../contract/trace/trace.ts';
import { usedDivergence } from '../../../contract/trace/used-divergence.ts';
import type { LooksMean, LooksToken } from '../../../method/looks.ts';
import { looksMeans } from '../../../method/looks.ts';
import type { MethodName, Segment, TeacherName } from '../../../method/types.ts';
import { largestDivergence } from '../../rollout/view.ts';
import { formatNats } from '../../shared/format.ts';

/** The token that student and teacher disagree about most. */
export const markedIn = (trace: Trace): number => largestDivergence(trace) ?? 0;

/** Its divergence, nats; 0 where nobody teaches it. */
export const usedAt = (trace: Trace, index: number): number =>
  usedDivergence(trace.tokens[index], trace.method) ?? 0;

export interface Ranked {
  readonly index: number;
  readonly token: TokenTrace;
  readonly value: number;
}

/** The supervised tokens, the largest divergence first. */
export function ranked(trace: Trace): Ranked[] {
  return trace.tokens
    .flatMap((token, index) => {
      const value = usedDivergence(token, trace.method);
      return value === null ? [] : [{ index, token, value }];
    })
    .sort((a, b) => b.value - a.value);
}

/** First token of a segment whose text is this word; else the first of the segment. */
export function tokenSaying(trace: Trace, segment: Segment, word: string): number {
  const { tokens } = trace;
  const own = (i: number) => tokens[i].segment === segment;
  const all = [...tokens.keys()].filter(own);
  return all.find((i) => tokens[i].text.trim() === word.trim()) ?? all[0] ?? 0;
}

/** Tokens of the looks of one method; none where it was not measured. */
export const looksOf = (trace: Trace, method: MethodName): readonly LooksToken[] =>
  trace.looks?.tokens[method] ?? [];

/** A teacher's mean over a segment, or over all of its tokens. */
export const meanOf = (
  looks: readonly LooksToken[],
  teacher: TeacherName,
  segment: Segment | null = null,
): LooksMean | null =>
  looksMeans(looks).find((mean) => mean.teacher === teacher && mean.segment === segment) ?? null;

export const lookAt = (looks: readonly LooksToken[], token: number): LooksToken | null =>
  looks.find((one) => one.token === token) ?? null;

/** KL(q‖p) as its largest terms and their sum: "5.642 (pink) + … = 5.641 nats". */
export function klInNumbers(token: TokenTrace): string {
  const total = token.forwardKl ?? 0;
  const terms = (token.teacherTop ?? []).flatMap(({ term, text }) =>
    term === undefined ? [] : [{ term, text: text.trim() }],
  );
  const most = terms.sort((a, b) => Math.abs(b.term) - Math.abs(a.term)).slice(0, 3);
  const rest = total - most.reduce((sum, { term }) => sum + term, 0);
  const parts = most.map(({ term, text }) => `${formatNats(term)} (${text})`);
  return `${[...parts, `${formatNats(rest)} (all others)`].join(' + ')} = ${formatNats(total)} nats`.replaceAll(
    '+ −',
    '− ',
  );
}

/** Without repetition, in the order of the alphabet, so that the place gives nothing away. */
export const options = (words: readonly string[]): string[] =>
  [...new Set(words.map((word) => word.trim()))].sort();
