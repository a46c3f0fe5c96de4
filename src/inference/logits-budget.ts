/** How many rows of logits may be held at a time. */

import type { ModelNetwork } from '../model/runtime/network.ts';

/** Most bytes of logits that are held at a time, unless told. */
const LOGITS_BYTES = 256 * 1024 * 1024;

/** Rows of a network's logits, as float32, that fit into so many bytes and into one GPU binding. */
export function rowsWithin(
  { config, device }: Pick<ModelNetwork, 'config' | 'device'>,
  bytes = LOGITS_BYTES,
): number {
  const limits = device?.limits;
  const most = Math.min(
    bytes,
    limits?.maxStorageBufferBindingSize ?? bytes,
    limits?.maxBufferSize ?? bytes,
  );
  return Math.floor(most / (config.text.vocabSize * 4));
}
