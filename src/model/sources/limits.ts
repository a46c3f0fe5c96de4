/** How large a model may be, wherever its files come from. */

import { PlaygroundError } from '../../base/errors.ts';

/** Bytes of weights that fit into one ONNX file: protobuf ends at 2 GiB, and the nodes need some of it. */
export const MAX_BYTES = 2 ** 31 - 2 ** 24;

/**
 * Bytes of weights that leave room for the work in the 4 GiB that WebAssembly has: the runtime, a matrix that is unpacked, the
 * cache and logits.
 */
export const WASM_BYTES = 3_300_000_000;

/** Bytes of weights, in the narrowest precision, that are opened at all: what large GPUs of today hold. */
export const TAB_BYTES = 16_000_000_000;

/** The error about a model that `found` says the size of. */
export function tooLarge(
  found: string,
  where: string,
  detail: Readonly<Record<string, number>>,
): PlaygroundError {
  return new PlaygroundError({
    code: 'model.too-large',
    message: `${found}; a tab can take ${inBillions(TAB_BYTES)} GB.`,
    fix: 'Choose a smaller model.',
    where,
    detail,
  });
}

/** 10⁹ of something, to one digit. */
export const inBillions = (count: number): string => (count / 1e9).toFixed(1);
