/** Who wrote and who scores a rollout, and the loss of its training run, in words. Pure. */

import { methodDifferences } from '../../../contract/train/train-differences.ts';
import type { StudentOffer } from '../../shared/offers.ts';
import type { Shown } from './state.ts';

export const nameOf = (student: StudentOffer | null): string => student?.label ?? 'base';

/** Null where no student of this page wrote it: it was typed, or opened from a file. */
export const writerOf = ({ file, trace, writer }: Shown): string | null =>
  file !== null || trace.sampling === null ? null : nameOf(writer);

/** "written by A, scored by B"; the scorer goes without saying where it is the writer. */
export function madeBy(shown: Shown): string {
  if (shown.claim !== null) return 'as recorded in the file';
  const writer = writerOf(shown);
  const scorer = nameOf(shown.student);
  if (writer === scorer) return `written by ${writer}`;
  return writer === null ? `scored by ${scorer}` : `written by ${writer}, scored by ${scorer}`;
}

/** How the loss of the rollout's training run differs from the one shown; null where it does not. */
export function lossInWords({ trainedWith, trace }: Shown): string | null {
  if (trainedWith === null) return null;
  const lines = methodDifferences(trainedWith, trace.method);
  if (lines.length === 0) return null;
  const words = lines.map((line) => `${line[0]?.toLowerCase()}${line.slice(1)}`);
  return `The run trained with another loss than this one: ${words.join('; ')}.`;
}
