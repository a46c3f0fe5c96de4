/** What a model's weights take in each precision, known from its configuration alone, and which one is taken unless asked for. */

import { PlaygroundError } from '../../base/errors.ts';
import {
  type ExportPrecision,
  KEPT_PRECISIONS,
  type KeptPrecision,
  type PrecisionEstimate,
} from '../../contract/models/model.ts';
import { lazyTensor } from '../formats/safetensors.ts';
import type { StateDict } from '../onnx/weights.ts';
import { WASM_BYTES } from '../sources/limits.ts';
import { type Architecture, EMBEDDING } from './family.ts';
import { weightsOf } from './settle.ts';

/**
 * Bytes of weights in float32 up to which they lie inside the graphs and the embedding is one of these. Above, each weight is
 * handed over by itself, and rows of the embedding are read where the file lies.
 */
const INSIDE_BYTES = 64_000_000;
/** Up to this many bytes, weights of 16 bits are kept in float32, in which a processor computes several times faster. */
const WIDENED_BYTES = 1_200_000_000;

/** Whether the weights of a model are part of its graphs. */
export const liesInside = (weights: number, precision: KeptPrecision): boolean =>
  precision === 'fp32' && 4 * weights <= INSIDE_BYTES;

/**
 * The size of a model whose matrices are kept in a precision: what its graphs store, and the largest tensor that a run has
 * at once. Builds the graphs, without a weight.
 */
export function estimate(
  architecture: Pick<Architecture, 'weights' | 'embedTokens' | 'visionEncoder' | 'decoder'>,
  precision: KeptPrecision,
): PrecisionEstimate {
  const stateDict: StateDict = new Map(
    weightsOf(architecture).map(({ name, shape }) => [
      name,
      lazyTensor('BF16', shape, () => new Uint8Array()),
    ]),
  );
  const options = { weights: 'initializers', precision, external: true } as const;
  const built = [
    architecture.visionEncoder(stateDict, options),
    architecture.decoder(stateDict, { ...options, maxPositions: 1 }),
  ];
  if (liesInside(architecture.weights, precision))
    built.push(architecture.embedTokens(stateDict, options));
  const stored = built.flatMap(({ external }) => external);
  // Halves are widened when they are used.
  const used = stored.map(({ path, data }) => data.size * (path.endsWith('.halves') ? 2 : 1));
  const weightBytes = stored.reduce((sum, { data }) => sum + data.size, 0);
  return {
    precision,
    weightBytes,
    largestTensorBytes: used.reduce((most, size) => Math.max(most, size), 0),
    fitsWasm: weightBytes <= WASM_BYTES,
  };
}

/** Whether a model is small enough for float32 whatever its file has, and for a second copy of its weights beside the first. */
export const isSmall = ({ weights }: Pick<Architecture, 'weights'>): boolean =>
  4 * weights <= WIDENED_BYTES;

/** The precision that is taken unless another is asked for, where matrices have `bits` in the file. */
export const usualPrecision = (weights: number, bits: 16 | 32): KeptPrecision =>
  isSmall({ weights }) || bits === 32 ? 'fp32' : 'fp16';

/**
 * The precision that a model's weights are kept in: the one asked for; else float32 where the file has it or the model is
 * small, else 16 bits as in the file. Nothing is rounded unasked. Throws {@link PlaygroundError} `model.no-precision`.
 */
export function keptPrecision(
  { weights }: Pick<Architecture, 'weights'>,
  stateDict: StateDict,
  asked: ExportPrecision | undefined,
): KeptPrecision {
  if (asked !== undefined) {
    const known = KEPT_PRECISIONS.find((precision) => precision === asked);
    if (known === undefined) throw noSuchPrecision(asked);
    return known;
  }
  // Norms and biases may be wider than the matrices, which the embedding stands for.
  return usualPrecision(weights, stateDict.get(EMBEDDING)?.dtype === 'F32' ? 32 : 16);
}

function noSuchPrecision(asked: ExportPrecision): PlaygroundError {
  return new PlaygroundError({
    code: 'model.no-precision',
    message: `Weights of a model cannot be kept in "${asked}".`,
    fix: `Choose one of ${KEPT_PRECISIONS.join(', ')}, or none.`,
    where: 'precision',
  });
}
