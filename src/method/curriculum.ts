/** The order of training questions in staged post-training ("From Seeing to Thinking", arXiv 2605.20177). */

export type StageName = 'perception' | 'textual-reasoning' | 'visual-reasoning';

/** The paper's stages in order and their optimiser steps, 930 in all; its merged run has as many. */
export const PAPER_STAGES: readonly { readonly name: StageName; readonly steps: number }[] = [
  { name: 'perception', steps: 90 },
  { name: 'textual-reasoning', steps: 375 },
  { name: 'visual-reasoning', steps: 465 },
];

/** How often a model solves a question when it sees the picture, and when it is told the caption instead, shares of k samples each. */
export interface SolvedShares {
  readonly fromPicture: number;
  readonly fromCaption: number;
}

/** The paper keeps what its models miss in every sample with the picture, and solve with the caption. */
export interface CaptionBounds {
  /** Most that may be solved with the picture. */
  readonly mostFromPicture: number;
  /** Least that must be solved with the caption. */
  readonly leastFromCaption: number;
}

/** Whether a question is one of perception: missed from the picture and solved from the caption, so that it is the seeing that fails. */
export function isOfPerception(
  { fromPicture, fromCaption }: SolvedShares,
  { mostFromPicture, leastFromCaption }: CaptionBounds,
): boolean {
  return fromPicture <= mostFromPicture && fromCaption >= leastFromCaption;
}

/** Easy before hard: by falling pass rate in [0, 1], ties in the given order; a new array. */
export function byDifficulty<T extends { readonly passRate: number }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => b.passRate - a.passRate);
}
