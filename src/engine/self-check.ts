/**
 * Whether foreign graphs are right where they run: a prompt read whole and in pieces must agree, and another backend must
 * say what WebAssembly says.
 */

import { PlaygroundError, toErrorRecord } from '../base/errors.ts';
import { hashWords, uniform01 } from '../base/random.ts';
import { type KeyValueCache, releaseCache, releaseFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { type Logits, readBuffer, readTensor } from '../model/runtime/tensors.ts';

/** A prompt past the length at which attention over small subgroups goes wrong, a piece, and a token. */
const PIECES = [50, 6, 1] as const;
const TOKENS = PIECES.reduce((sum, length) => sum + length, 0);
/** Distance of the last rows, relative in norm: half floats stay below it, a wrong mask or position does not. */
const TOLERANCE = 2e-2;
/** Patches of the picture that the vision encoders are held together on. */
const GRID = [1, 4, 4] as const;

/** What one backend computes of the prompt and the picture that all are held to. */
export interface CheckedFigures {
  /** Of the prompt's last token. */
  readonly logits: Float32Array;
  /** Null without a vision encoder. */
  readonly features: Float32Array | null;
}

/**
 * What a network computes of the prompt and the picture. Throws {@link PlaygroundError} `model.self-check` with the
 * distance where the prompt read whole and in pieces differs, or gives no numbers.
 */
export async function checkedFigures(network: ModelNetwork): Promise<CheckedFigures> {
  const logits = await checkDecoder(network);
  if (!network.hasVision) return { logits, features: null };
  const { patchSize, temporalPatchSize } = network.config.vision;
  const size = 3 * temporalPatchSize * patchSize ** 2 * GRID[0] * GRID[1] * GRID[2];
  const pixels = Float32Array.from({ length: size }, (_, i) => 2 * uniform01(hashWords(i)) - 1);
  const found = await network.encodeImages(pixels, [GRID]);
  try {
    return { logits, features: await readTensor(network.device, found.tensor) };
  } finally {
    releaseFeatures(found);
  }
}

/**
 * A sentence on how far a backend is from WebAssembly. Throws {@link PlaygroundError} `model.backends-differ` where it is
 * more than half floats explain.
 */
export function compareWithWasm(found: CheckedFigures, wasm: CheckedFigures): string {
  const logits = relative(wasm.logits, found.logits);
  const seen =
    wasm.features === null || found.features === null ? 0 : relative(wasm.features, found.features);
  const distance = logits <= TOLERANCE && seen > logits ? seen : logits;
  const off = distance.toPrecision(2);
  if (distance <= TOLERANCE)
    return `A prompt of ${TOKENS} tokens differs from WebAssembly by ${off} of its logits’ norm at most.`;
  const what = logits <= TOLERANCE ? 'the features of a picture' : `the logits of ${TOKENS} tokens`;
  throw new PlaygroundError({
    code: 'model.backends-differ',
    message: `On this GPU ${what} differ from those on WebAssembly (by ${off} of their norm), so nothing it says could be trusted here.`,
    fix: 'Choose the WebAssembly backend, or another precision or export of the model.',
    where: 'WebGPU',
    detail: { logits: finite(logits), features: finite(seen), tolerance: TOLERANCE },
  });
}

/** The sentence where WebAssembly could not be asked. */
export function notCompared(reason: string): string {
  return `It was not held against WebAssembly: ${reason}`;
}

/** Why WebAssembly could not be asked, in one sentence. */
export const reasonOf = (error: unknown): string => toErrorRecord(error).message;

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/**
 * The logits of the last token of the prompt. Throws {@link PlaygroundError} `model.self-check` with the distance where
 * reading it whole and in pieces differ, or are no numbers.
 */
export async function checkDecoder(
  network: Pick<ModelNetwork, 'decode' | 'config' | 'device'>,
): Promise<Float32Array> {
  const whole = await read(network, 0, TOKENS, null);
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
  if (distance <= TOLERANCE) return whole.last;
  throw new PlaygroundError({
    code: 'model.self-check',
    message: `Read with its cache, this decoder's logits differ from those of the same ${TOKENS} tokens read at once (${distance.toPrecision(2)} of their norm), so nothing it says could be trusted here.`,
    fix: 'Choose the other backend, or another precision or export of the model.',
    where: 'decoder',
    detail: { distance: finite(distance), tolerance: TOLERANCE },
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
