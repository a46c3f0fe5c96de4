/** The order of training items in staged post-training ("From Seeing to Thinking", arXiv 2605.20177). */
import { PlaygroundError } from '../base/errors.ts';

export type StageName = 'perception' | 'textual-reasoning' | 'visual-reasoning';

/** A curriculum: stages by capability, order by difficulty, both, or neither. */
export type CurriculumName = 'merged' | 'difficulty' | 'capability' | 'both';

export interface Stage {
  readonly name: StageName;
  /** Optimiser steps. */
  readonly steps: number;
}

/** The paper's stages in order, 930 steps in all. */
export const STAGES: readonly Stage[] = [
  { name: 'perception', steps: 90 },
  { name: 'textual-reasoning', steps: 375 },
  { name: 'visual-reasoning', steps: 465 },
];

/** Steps of the merged run, the same budget. */
export const MERGED_STEPS = STAGES.reduce((sum, { steps }) => sum + steps, 0);

/**
 * Published average accuracy of each curriculum, %.
 * @public
 */
export const PUBLISHED_AVERAGES: Readonly<Record<CurriculumName, number>> = {
  merged: 58.56,
  difficulty: 60.36,
  capability: 60.53,
  both: 62.99,
};

/** Each curriculum as two switches. */
export const CURRICULA: Readonly<
  Record<CurriculumName, { readonly staged: boolean; readonly byDifficulty: boolean }>
> = {
  merged: { staged: false, byDifficulty: false },
  difficulty: { staged: false, byDifficulty: true },
  capability: { staged: true, byDifficulty: false },
  both: { staged: true, byDifficulty: true },
};

/**
 * The stage of an optimiser step, counted from 0.
 * @throws PlaygroundError `method.curriculum-step` outside the stages.
 */
export function stageAt(step: number, stages: readonly Stage[] = STAGES): Stage {
  let end = 0;
  for (const stage of stages) {
    end += stage.steps;
    if (step >= 0 && step < end) return stage;
  }
  throw new PlaygroundError({
    code: 'method.curriculum-step',
    message: `Step ${step} is outside the curriculum's ${end} steps.`,
    fix: `Give a step from 0 to ${end - 1}.`,
    where: 'step',
  });
}

/** A perception item is kept only if the models miss it from the image and solve it from the caption. */
export function keepsPerceptionItem(item: {
  readonly solvedFromImage: boolean;
  readonly solvedFromCaption: boolean;
}): boolean {
  return !item.solvedFromImage && item.solvedFromCaption;
}

/** Easy before hard: by falling pass rate in [0, 1], ties in the given order; a new array. */
export function byDifficulty<T extends { readonly passRate: number }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => b.passRate - a.passRate);
}

/**
 * The training order of a curriculum: stages first where it is staged, then difficulty within, where it
 * sorts; otherwise the given order. A new array.
 */
export function orderItems<T extends { readonly stage: StageName; readonly passRate: number }>(
  items: readonly T[],
  curriculum: CurriculumName,
): T[] {
  const { staged, byDifficulty: sorted } = CURRICULA[curriculum];
  const ordered = sorted ? byDifficulty(items) : [...items];
  if (!staged) return ordered;
  return STAGES.flatMap(({ name }) => ordered.filter(({ stage }) => stage === name));
}
