/** What a change of method, answer, picture or student did to the same rollout, and which change it was. Pure. */

import type { TokenTrace, Trace } from '../../../contract/trace/trace.ts';
import { usedDivergence } from '../../../contract/trace/used-divergence.ts';
import { methodDifferences } from '../../../contract/train/train-differences.ts';
import { type CommonMeans, commonMeans } from '../../rollout/view.ts';
import { cut } from '../../shared/visible-text.ts';
import { nameOf } from './made-by.ts';
import { samePerturbation } from './perturbation.ts';
import { SETTINGS } from './settings.ts';
import type { Shown } from './state.ts';

export interface Moved {
  /** Over the tokens that both supervise, before and after; null at unlike temperatures. */
  means: CommonMeans | null;
  /** Tokens whose teacher is another one, or none any more, or one at last. */
  otherTeacher: number;
  /** Tokens of the same teacher whose loss with its weight is another one. */
  otherLoss: number;
  /** The token that moved most among those with a teacher before and after, and by how many nats. */
  most: { token: number; by: number } | null;
}

/** What a page's digits cannot show, nats. */
export const UNSEEN_NATS = 5e-6;

const weighted = ({ teacher, loss }: TokenTrace, { method }: Trace): number | null =>
  teacher === null || loss === null ? null : method.lambdas[teacher] * loss;

const alike = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) < UNSEEN_NATS;

/** Null when the traces are not of the same tokens. */
export function movedBetween(before: Trace, after: Trace): Moved | null {
  const { tokens } = after;
  if (before.tokens.length !== tokens.length) return null;
  if (tokens.some((token, i) => token.id !== before.tokens[i].id)) return null;
  let otherTeacher = 0;
  let otherLoss = 0;
  let most: Moved['most'] = null;
  for (const [i, token] of tokens.entries()) {
    if (token.teacher !== before.tokens[i].teacher) otherTeacher++;
    else if (!alike(weighted(token, after), weighted(before.tokens[i], before))) otherLoss++;
    const was = usedDivergence(before.tokens[i], before.method);
    const is = usedDivergence(token, after.method);
    if (was === null || is === null) continue;
    if (most === null || Math.abs(is - was) > Math.abs(most.by)) most = { token: i, by: is - was };
  }
  const means = commonMeans(before, after);
  // A step between figures of unlike temperatures is no movement of anybody's.
  return { means, otherTeacher, otherLoss, most: means === null ? null : most };
}

const MOST_TEXT = 40;

/** What the rollout is scored by otherwise than before, each as "Clip value 0.2 nats instead of 0.05 nats". */
export function changedBetween(
  before: NonNullable<Shown['before']>,
  { trace, seen, student, claim }: Pick<Shown, 'trace' | 'seen' | 'student' | 'claim'>,
): string[] {
  const { answer } = trace.input;
  const was = before.trace.input.answer;
  const quoted = (text: string) => `“${cut(text, MOST_TEXT)}”`;
  return [
    ...methodDifferences(trace.method, before.trace.method),
    ...(answer === was ? [] : [`Reference answer ${quoted(answer)} instead of ${quoted(was)}`]),
    ...(samePerturbation(seen, before.seen)
      ? []
      : [`Picture for the teachers ${pictureIn(seen)} instead of ${pictureIn(before.seen)}`]),
    ...(student === before.student
      ? []
      : [`Scored by ${nameOf(student)} instead of ${nameOf(before.student)}`]),
    ...(before.claim !== null && claim === null
      ? ['Figures computed here instead of the file’s']
      : []),
  ];
}

function pictureIn({ teacherImage, imageOf }: Shown['seen']): string {
  const picture = labelIn(SETTINGS.teacherImage.options, teacherImage).toLowerCase();
  if (teacherImage === 'same' || imageOf === 'all') return picture;
  return `${picture} (${labelIn(SETTINGS.imageOf.options, imageOf)})`;
}

const labelIn = (options: readonly { value: string; label: string }[], value: string): string =>
  options.find((option) => option.value === value)?.label ?? value;
