/** A rollout's leakage as charts, strips and tables draw it. Pure. */

import type { LeakageToken } from '../../contract/trace/leakage.ts';
import type { Trace, TraceLeakage } from '../../contract/trace/trace.ts';
import { type Palr, type PalrGroup, type PalrSums, palr } from '../../method/palr.ts';
import type { MethodName } from '../../method/types.ts';
import { formatPercent, formatPlain } from '../shared/format.ts';
import { teacherMark } from '../shared/teachers.ts';
import { HEIGHT, tokensABar } from './chart-paths.ts';
import type { StripToken } from './view.ts';

export const METHOD_LABELS: Readonly<Record<MethodName, string>> = { vigos: 'ViGOS', opsd: 'OPSD' };

/** A supervised token: what its teacher's push is made of. */
export interface LeakagePart {
  readonly read: LeakageToken;
  /** s, cA and cI, nats. */
  readonly shift: number;
  readonly answer: number;
  readonly image: number;
  /** s·cA and s·cI, nats². */
  readonly answerPush: number;
  readonly imagePush: number;
}

export interface MethodLeakage {
  readonly name: MethodName;
  readonly rates: Palr;
  /** [tokens of the completion]; null where nobody supervises. */
  readonly parts: readonly (LeakagePart | null)[];
}

/** @param count tokens of the completion */
export function leakageUnder(
  { tokens, wrongAnswers }: TraceLeakage,
  name: MethodName,
  epsilon: number,
  count: number,
): MethodLeakage {
  const rates = palr(tokens[name], { wrongAnswers: wrongAnswers.length, epsilon });
  const parts = new Array<LeakagePart | null>(count).fill(null);
  for (const [i, read] of tokens[name].entries()) {
    const { shift, answer, image } = rates.terms[i];
    parts[read.token] = {
      read,
      shift,
      answer,
      image,
      answerPush: shift * answer,
      imagePush: shift * image,
    };
  }
  return { name, rates, parts };
}

export const pushOf = (part: LeakagePart | null): number =>
  part === null ? 0 : part.answerPush + part.imagePush;

/** The token that is pushed most; null where nothing pushes. */
export function mostPushed({ parts }: MethodLeakage): number | null {
  const pushes = parts.map(pushOf);
  const most = Math.max(0, ...pushes);
  return most === 0 ? null : pushes.indexOf(most);
}

/** The tokens of the strip, with what drives each; the method's own teachers under them. */
export const leakageTokens = (trace: Trace, { parts }: MethodLeakage): StripToken[] =>
  trace.tokens.map(({ text, segment }, index) => {
    const part = parts[index];
    return {
      index,
      text,
      segment,
      teacher: teacherMark(part?.read.teacher ?? null),
      value: part === null ? null : pushOf(part),
      noGradient: false,
      ...(part === null ? {} : { drivers: { answer: part.answerPush, image: part.imagePush } }),
    };
  });

export interface LeakagePaths {
  readonly answer: string;
  readonly image: string;
  /** At the top of the chart, nats². */
  readonly top: number;
  /** Tokens that share a bar, which has the mean of their heights: areas stay what they are. */
  readonly share: number;
}

/** Bars without gaps on a linear scale, so that the red part of all area is the rate of all tokens (ε aside). */
export function leakagePaths({ parts }: Pick<MethodLeakage, 'parts'>, top: number): LeakagePaths {
  const share = tokensABar(parts.length);
  let answer = '';
  let image = '';
  for (const { start, width, answerPush, imagePush } of barsOf(parts, share)) {
    if (top <= 0) break;
    const low = (HEIGHT * answerPush) / top;
    const high = (HEIGHT * imagePush) / top;
    if (low > 0) answer += `M${start} ${HEIGHT}v${short(-low)}h${width}v${short(low)}z`;
    if (high > 0)
      image += `M${start} ${short(HEIGHT - low)}v${short(-high)}h${width}v${short(high)}z`;
  }
  return { answer, image, top, share };
}

/** The highest bar of these methods, nats²: both are drawn on one scale. */
export function topOf(methods: readonly Pick<MethodLeakage, 'parts'>[]): number {
  const heights = methods.flatMap(({ parts }) =>
    barsOf(parts, tokensABar(parts.length)).map((bar) => bar.answerPush + bar.imagePush),
  );
  return Math.max(0, ...heights);
}

function barsOf(parts: MethodLeakage['parts'], share: number) {
  const bars = [];
  for (let start = 0; start < parts.length; start += share) {
    const group = parts.slice(start, start + share);
    const mean = (of: (part: LeakagePart) => number) =>
      group.reduce((sum, part) => sum + (part === null ? 0 : of(part)), 0) / group.length;
    bars.push({
      start,
      width: group.length,
      answerPush: mean((part) => part.answerPush),
      imagePush: mean((part) => part.imagePush),
    });
  }
  return bars;
}

const short = (n: number): string => String(Number(n.toFixed(4)));

export const GROUP_LABELS: Readonly<Record<PalrGroup, string>> = {
  description: 'Description',
  reasoningAnswer: 'Reasoning and answer',
  all: 'All supervised',
};

/** A rate as the fraction that it is: "0.61 / (0.61 + 0.39 + 1e−8) = 61 %". */
export function rateInNumbers({ answer, image }: PalrSums, rate: number | null, epsilon: number) {
  if (rate === null) return 'no supervised token';
  const [a, i, e] = [answer, image, epsilon].map(formatPlain);
  return `${a} / (${a} + ${i} + ${e}) = ${formatPercent(rate)}`;
}
