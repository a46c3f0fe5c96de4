/** What a decoder is fed besides embeddings and cache, in the types and ranks that its graph declares. */

import type * as ort from 'onnxruntime-web/webgpu';
import { PlaygroundError, shortened } from '../../base/errors.ts';
import { isState } from './cache-ports.ts';
import type { DecodeStep } from './decode-step.ts';
import type { GraphSession } from './sessions.ts';
import { emptyTensor, floatTensor, integerTensor } from './tensors.ts';

type Ports = Pick<GraphSession, 'typeOf' | 'shapeOf'>;

/**
 * The cache of a first step: nothing, in the place of every input that holds keys or values, and zeros for a state in the
 * size that the graph declares. Throws `model.cache-type`, and `model.state-size` for a state that has none.
 */
export function emptyPast(
  decoder: Ports,
  name: string,
  [batch, kvHeads, headDim]: readonly number[],
): ort.Tensor {
  const type = decoder.typeOf(name);
  if (type !== 'float32' && type !== 'float16') throw cacheType(type, name);
  if (isState(name)) return zeroState(decoder.shapeOf(name) ?? [], batch, { name, type });
  return emptyTensor(type, [batch, kvHeads, 0, headDim]);
}

/** More than any released model has in one state. */
const MOST_IN_STATE = 2 ** 26;

function zeroState(
  [_, ...sizes]: readonly (number | string)[],
  batch: number,
  { name, type }: { readonly name: string; readonly type: 'float32' | 'float16' },
): ort.Tensor {
  const dims = sizes.map(Number);
  const size = dims.reduce((a, b) => a * b, batch);
  if (dims.length === 0 || !(size > 0 && size <= MOST_IN_STATE)) throw stateSize(sizes, name);
  return floatTensor(new Float32Array(size), [batch, ...dims], type);
}

/** The mask, the positions and the count of rows to keep, by input name; each made when it is asked for. */
export function plainFeeds(decoder: Ports, step: DecodeStep): Record<string, () => ort.Tensor> {
  const { batch, length } = step.batch;
  const cached = step.cache?.length ?? 0;
  const integers = (name: string, values: ArrayLike<number>, dims: readonly number[]) =>
    integerTensor(decoder.typeOf(name), values, dims);
  return {
    attention_mask: () => integers('attention_mask', step.attentionMask, [batch, cached + length]),
    position_ids: () => {
      const { values, dims } = positions(decoder.shapeOf('position_ids') ?? [], step);
      return integers('position_ids', values, dims);
    },
    num_logits_to_keep: () => {
      const scalar = decoder.shapeOf('num_logits_to_keep')?.length === 0;
      return integers('num_logits_to_keep', [step.keep], scalar ? [] : [1]);
    },
  };
}

interface Positions {
  readonly values: ArrayLike<number>;
  readonly dims: readonly number[];
}

/**
 * Positions as the graph wants them: [3, batch, tokens] over time, height and width; [4, batch, tokens] with the plain
 * index of each token in front; or [batch, tokens], for text alone. Throws `model.text-positions` for a picture there.
 */
export function positions(
  shape: readonly (number | string)[],
  { batch: { batch, length, positionIds }, cache }: DecodeStep,
): Positions {
  const plane = batch * length;
  if (shape.length === 2) {
    const planes = [0, 1, 2].map((axis) => positionIds.subarray(axis * plane, (axis + 1) * plane));
    if (planes.some((other) => other.some((at, i) => at !== planes[0][i]))) throw textAlone();
    return { values: planes[0], dims: [batch, length] };
  }
  if (shape[0] !== 4) return { values: positionIds, dims: [3, batch, length] };
  const index = Array.from({ length: plane }, (_, i) => (cache?.length ?? 0) + (i % length));
  return { values: [...index, ...positionIds], dims: [4, batch, length] };
}

function textAlone(): PlaygroundError {
  return new PlaygroundError({
    code: 'model.text-positions',
    message:
      'This decoder takes one position a token, without height and width, so it can place no picture.',
    fix: 'Ask without a picture, or open an export whose position_ids are [3, batch, tokens].',
    where: 'position_ids',
  });
}

function cacheType(type: string, name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.cache-type',
    message: `The decoder keeps its keys and values as ${type}; floats of 32 or 16 bits are driven here.`,
    fix: 'Open an export whose cache is not quantized.',
    where: name,
    detail: { type },
  });
}

function stateSize(sizes: readonly (number | string)[], name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.state-size',
    message: `The decoder keeps a state of the sizes [${sizes.map((size) => shortened(String(size), 40)).join(', ')}], which are no numbers to begin it with.`,
    fix: 'Open an export that declares the sizes of its states.',
    where: name,
  });
}
