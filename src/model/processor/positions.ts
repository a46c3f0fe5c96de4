/** Rotary positions of the Qwen-VL families (M-RoPE) for text and still images, as in transformers' `get_rope_index`. */

import { PlaygroundError } from '../../base/errors.ts';
import type { GridThw } from './image.ts';

/** What positions need of a model's configuration; a ModelConfig fits. */
export interface RopeConfig {
  readonly imageTokenId: number;
  readonly vision: { readonly mergeSize: number };
}

export interface RopePositions {
  /** [3, tokens]: time, height and width. */
  readonly positionIds: Int32Array;
  /**
   * Highest position plus one minus the number of tokens: a later token's position is its index plus this. It is 0
   * for text alone and mostly negative with images. It counts real tokens only, never padding.
   */
  readonly delta: number;
}

/**
 * Positions of one unpadded prompt whose `<|image_pad|>` are expanded. Text moves all three indices together; an
 * image puts its merged grid on top of the running index, and what follows goes on at the image's maximum plus one.
 * Throws {@link PlaygroundError} `prompt.image-tokens` where image tokens and grids do not match.
 */
export function ropePositionIds(
  inputIds: readonly number[],
  imageGrids: readonly GridThw[],
  config: RopeConfig,
): RopePositions {
  const length = inputIds.length;
  const positionIds = new Int32Array(3 * length);
  const grids = imageGrids.values();
  let next = 0;
  let at = 0;
  while (at < length) {
    if (inputIds[at] !== config.imageTokenId) {
      for (let axis = 0; axis < 3; axis++) positionIds[axis * length + at] = next;
      next++;
      at++;
      continue;
    }
    const grid = grids.next().value;
    if (grid === undefined) throw mismatch(inputIds, imageGrids, config);
    const rows = Math.floor(grid[1] / config.vision.mergeSize);
    const columns = Math.floor(grid[2] / config.vision.mergeSize);
    for (let time = 0; time < grid[0]; time++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          if (inputIds[at] !== config.imageTokenId) throw mismatch(inputIds, imageGrids, config);
          positionIds[at] = next + time;
          positionIds[length + at] = next + row;
          positionIds[2 * length + at] = next + column;
          at++;
        }
    next += Math.max(rows, columns);
  }
  if (grids.next().done !== true) throw mismatch(inputIds, imageGrids, config);
  return { positionIds, delta: highest(positionIds) + 1 - length };
}

/**
 * Positions [3, count] of tokens that follow `pastLength` real (unpadded) ones: generated tokens and completions are
 * text, whatever their ids. `delta` is the prompt's.
 */
export function extendPositions(delta: number, pastLength: number, count: number): Int32Array {
  const positionIds = new Int32Array(3 * count);
  for (let axis = 0; axis < 3; axis++)
    for (let i = 0; i < count; i++) positionIds[axis * count + i] = pastLength + i + delta;
  return positionIds;
}

/** Positions of one sequence after another, [3, a + b]. */
export function joinPositions(first: Int32Array, second: Int32Array): Int32Array {
  const a = first.length / 3;
  const b = second.length / 3;
  const joined = new Int32Array(3 * (a + b));
  for (let axis = 0; axis < 3; axis++) {
    joined.set(first.subarray(axis * a, (axis + 1) * a), axis * (a + b));
    joined.set(second.subarray(axis * b, (axis + 1) * b), axis * (a + b) + a);
  }
  return joined;
}

function highest(positionIds: Int32Array): number {
  let most = -1;
  for (const position of positionIds) if (position > most) most = position;
  return most;
}

function mismatch(
  inputIds: readonly number[],
  imageGrids: readonly GridThw[],
  config: RopeConfig,
): PlaygroundError {
  const tokens = inputIds.filter((id) => id === config.imageTokenId).length;
  const expected = imageGrids.map(([t, h, w]) => (t * h * w) / config.vision.mergeSize ** 2);
  return new PlaygroundError({
    code: 'prompt.image-tokens',
    message: `The prompt holds ${tokens} image tokens, but its images make ${expected.join(' + ') || 'none'}.`,
    fix: 'Encode the prompt from its messages and images together; never cut it afterwards.',
    where: 'prompt',
    detail: { tokens, expected },
  });
}
