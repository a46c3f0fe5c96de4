/** Whether a foreign decoder says the same with its cache as without: a prompt read whole, and read in pieces. */

import { PlaygroundError } from '../base/errors.ts';
import { type KeyValueCache, releaseCache } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { type Logits, readBuffer } from '../model/runtime/tensors.ts';

/** A prompt past the length at which attention over small subgroups goes wrong, a piece, and a token. */
const PIECES = [50, 6, 1] as const;
/** Distance of the last rows, relative in norm: half floats stay below it, a wrong mask or position does not. */
const TOLERANCE = 2e-2;

/** Throws {@link PlaygroundError} `model.self-check` with the distance where the two differ, or are no numbers. */
export async function checkDecoder(
  network: Pick<ModelNetwork, 'decode' | 'config' | 'device'>,
): Promise<void> {
  const total = PIECES.reduce((sum, length) => sum + length, 0);
  const whole = await read(network, 0, total, null);
  if (whole.cache !== null) releaseCache(whole.cache);
  let cache: KeyValueCache | null = null;
  let last = new Float32Array();
  let from = 0;
  try {
    for (const length of PIECES) {
      const found: Piece = await read(network, from, length, cache);
      ({ cache, last } = found);
      from += length;
    }
  } finally {
    if (cache !== null) releaseCache(cache);
  }
  const distance = relative(whole.last, last);
  if (distance <= TOLERANCE) return;
  throw new PlaygroundError({
    code: 'model.self-check',
    message: `Read with its cache, this decoder's logits differ from those of the same ${total} tokens read at once (${distance.toPrecision(2)} of their norm), so nothing it says could be trusted here.`,
    fix: 'Choose the other backend, or another precision or export of the model.',
    where: 'decoder',
    detail: { distance: Number.isFinite(distance) ? distance : null, tolerance: TOLERANCE },
  });
}

interface Piece {
  readonly last: Float32Array<ArrayBuffer>;
  readonly cache: KeyValueCache | null;
}

/** Reads `length` tokens after the first `from`; the logits of the last of them. */
async function read(
  network: Pick<ModelNetwork, 'decode' | 'config' | 'device'>,
  from: number,
  length: number,
  cache: KeyValueCache | null,
): Promise<Piece> {
  const { vocabSize } = network.config.text;
  const positions = Array.from({ length }, (_, i) => from + i);
  const found = await network.decode({
    batch: {
      batch: 1,
      length,
      inputIds: Int32Array.from(positions, (i) => (7 * i + 11) % vocabSize),
      positionIds: Int32Array.from([...positions, ...positions, ...positions]),
    },
    attentionMask: new Int32Array(from + length).fill(1),
    images: [],
    cache,
    keep: 1,
    grow: true,
  });
  try {
    return { last: await lastRow(network.device, found.logits), cache: found.cache };
  } finally {
    found.logits.release();
  }
}

async function lastRow(device: GPUDevice | null, logits: Logits) {
  const { rows, vocab } = logits;
  const first = (rows - 1) * vocab;
  if (logits.kind === 'memory') return logits.data.slice(first, first + vocab);
  if (device === null) return new Float32Array();
  return readBuffer(device, logits.buffer, vocab, first, logits.format);
}

/** ‖a − b‖ / ‖a‖; not a number, or infinite, where the logits are not numbers. */
function relative(a: Float32Array, b: Float32Array): number {
  let far = 0;
  let norm = 0;
  for (const [i, value] of a.entries()) {
    far += (value - b[i]) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(far / norm);
}
