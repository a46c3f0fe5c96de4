/** What was published of staged post-training, for figures that stand beside ours. arXiv 2605.20177. */

export const STAGED_PAPER = 'arXiv 2605.20177';

/** Mean accuracy over its benchmarks by recipe, in [0, 1], and the recipes of an experiment that stand for them. */
export const PUBLISHED_STAGED: readonly { readonly recipe: string; readonly accuracy: number }[] = [
  { recipe: 'merged', accuracy: 0.5856 },
  { recipe: 'difficulty', accuracy: 0.6036 },
  { recipe: 'capability', accuracy: 0.6053 },
  { recipe: 'both', accuracy: 0.6299 },
];

/** By how much staged reasoning traces are shorter than those of the merged run. */
export const PUBLISHED_SHORTER = 0.208;
