/** How many weights a model has: those that its graphs ask for. */

import type { Architecture } from '../family.ts';

/** Weights of all tensors together, each name once. Builds the graphs in their smallest sizes, without weights. */
export function countWeights(
  graphs: Pick<Architecture, 'embedTokens' | 'decoder' | 'visionEncoder'>,
  mergeSize: number,
): number {
  const options = { weights: 'inputs' } as const;
  const inputs = [
    graphs.embedTokens(null, options),
    graphs.decoder(null, { ...options, maxPositions: 1 }),
    graphs.visionEncoder(null, { ...options, shapes: { grids: [[1, mergeSize, mergeSize]] } }),
  ].flatMap(({ weightInputs }) => weightInputs);
  const shapes = new Map(inputs.map(({ name, shape }) => [name, shape]));
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
