/** What several contexts begin with: system prompt, picture, often the question. It is read once, and each goes on from a copy of its cache. */

import type { EncodedPrompt } from '../model/processor/processor.ts';
import {
  type ImageFeatures,
  type KeyValueCache,
  releaseCache,
} from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { placeFeatures } from './generate.ts';

/** Fewer tokens than these are read again as fast as their cache is copied. */
const LEAST = 16;
/** Bytes of copies that are held at a time. */
const COPIES_BYTES = 128 * 2 ** 20;

type Prompt = Pick<EncodedPrompt, 'inputIds' | 'positionIds' | 'imageTokens'>;
export type PrefixNetwork = Pick<ModelNetwork, 'decode' | 'copyCache' | 'config'>;

/** Prompts that begin alike, by their numbers, and with how many tokens. */
export interface Shared {
  readonly members: readonly number[];
  readonly length: number;
}

/**
 * Which prompts of one picture share the reading of how many tokens, so that the fewest are read; null where that is not
 * worth it. The last token of a prompt is never among them, and the placeholders of a picture all are, or none.
 */
export function sharedPrefix(prompts: readonly Prompt[]): Shared | null {
  const [first] = prompts;
  const common = prompts.map((prompt) => commonLength(first, prompt));
  let best: Shared | null = null;
  for (const length of new Set(common)) {
    const members = [...common.keys()].filter((i) => common[i] >= length);
    const saved = (members.length - 1) * length;
    if (length >= LEAST && saved > (best === null ? 0 : (best.members.length - 1) * best.length))
      best = { members, length };
  }
  return best;
}

function commonLength(a: Prompt, b: Prompt): number {
  const [aLength, bLength] = [a.inputIds.length, b.inputIds.length];
  const same = (token: number) =>
    a.inputIds[token] === b.inputIds[token] &&
    [0, 1, 2].every(
      (axis) => a.positionIds[axis * aLength + token] === b.positionIds[axis * bLength + token],
    );
  const end = Math.min(aLength, bLength) - 1;
  let length = 0;
  while (length < end && same(length)) length++;
  const within = a.imageTokens.filter((column) => column < length).length;
  return within > 0 && within < a.imageTokens.length ? a.imageTokens[0] : length;
}

/** Whoever makes one calls `release` when done. */
export class SharedPrefix {
  readonly length: number;
  /** Contexts that may hold a copy at the same time. */
  readonly atOnce: number;
  /** Whether the picture is in it. */
  readonly seesPicture: boolean;
  readonly #network: PrefixNetwork;
  readonly #prompt: EncodedPrompt;
  #cache: KeyValueCache | null = null;

  constructor(network: PrefixNetwork, prompt: EncodedPrompt, length: number) {
    const { layers, growingLayers = layers, kvHeads, headDim } = network.config.text;
    this.length = length;
    this.atOnce = Math.max(
      1,
      Math.floor(COPIES_BYTES / (8 * growingLayers * kvHeads * headDim * length)),
    );
    this.seesPicture = prompt.imageTokens.some((column) => column < length);
    this.#network = network;
    this.#prompt = prompt;
  }

  get isRead(): boolean {
    return this.#cache !== null;
  }

  /** Throws what the network throws. */
  async read(features: ImageFeatures | null): Promise<void> {
    const { inputIds } = this.#prompt;
    const { length } = this;
    const images = this.seesPicture ? placeFeatures([{ prompt: this.#prompt, features }], [0]) : [];
    const { logits, cache } = await this.#network.decode({
      batch: {
        batch: 1,
        length,
        inputIds: Int32Array.from(inputIds.slice(0, length)),
        positionIds: Int32Array.from(
          [0, 1, 2].flatMap((axis) => [...axisOf(this.#prompt, axis).subarray(0, length)]),
        ),
      },
      attentionMask: new Int32Array(length).fill(1),
      images,
      cache: null,
      keep: 1,
      grow: true,
    });
    logits.release();
    this.#cache = cache;
  }

  /** A cache for so many contexts, each in a row of its own; consumed by the run that it is given to. */
  copies(count: number): KeyValueCache {
    if (this.#cache === null) throw new Error('the prefix has not been read');
    return this.#network.copyCache(this.#cache, new Array<number>(count).fill(0));
  }

  /** What follows the prefix. */
  rest({ inputIds, positionIds }: Omit<Prompt, 'imageTokens'>) {
    const axes = [0, 1, 2].flatMap((axis) => [
      ...axisOf({ inputIds, positionIds }, axis).subarray(this.length),
    ]);
    return { inputIds: inputIds.slice(this.length), positionIds: Int32Array.from(axes) };
  }

  release(): void {
    if (this.#cache !== null) releaseCache(this.#cache);
    this.#cache = null;
  }
}

const axisOf = ({ inputIds, positionIds }: Omit<Prompt, 'imageTokens'>, axis: number) =>
  positionIds.subarray(axis * inputIds.length, (axis + 1) * inputIds.length);
