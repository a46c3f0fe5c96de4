/** Sampling completions in a batch with a key-value cache, one token of each row a step. */

import { padBatch } from '../model/processor/batch.ts';
import { extendPositions } from '../model/processor/positions.ts';
import type { EncodedPrompt } from '../model/processor/processor.ts';
import {
  type ImageFeatures,
  type KeyValueCache,
  type PlacedFeatures,
  releaseCache,
} from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { type Logits, rowFromEnd } from '../model/runtime/tensors.ts';

/** A prompt with the features of its images; null without images. */
export interface PromptWithImages {
  readonly prompt: EncodedPrompt;
  readonly features: ImageFeatures | null;
}

export interface GenerationRequest {
  readonly prompts: readonly PromptWithImages[];
  /** Completions to sample: the prompt of each, by index. Several rows may share one prompt. */
  readonly rows: readonly number[];
  readonly maxNewTokens: number;
  readonly eosIds: readonly number[];
  /** Fed to rows that have ended. */
  readonly padId: number;
}

/** What generation asks of a network. */
export type Decoder = Pick<ModelNetwork, 'decode' | 'pickCache'>;

/** A row to sample from: `row` of the logits, for completion `stream` at position `step`. */
export interface SamplePoint {
  readonly row: number;
  readonly stream: number;
  readonly step: number;
}

export interface Sampled {
  readonly id: number;
  /** log p of the id at the sampling temperature before filters, nats. */
  readonly logProb: number;
}

export interface GenerationHooks {
  /** Draws one id for each point; the logits are released after it answers. */
  sample(logits: Logits, points: readonly SamplePoint[]): Promise<readonly Sampled[]>;
  /** A token of completion `row` at `index`, as soon as it is drawn. */
  onToken(row: number, index: number, sampled: Sampled): void;
  /** Called between steps; throws to stop. */
  pause(): Promise<void>;
}

export interface Generated {
  /** EOS included, padding not. */
  readonly ids: readonly number[];
  /** [tokens], of the draws. */
  readonly logProbs: readonly number[];
  /** Whether an EOS was drawn; otherwise the length limit ended it. */
  readonly ended: boolean;
}

/**
 * Samples one completion for each row. Each prompt is read once, padded on the left; its cache is then
 * shared out to the rows. Throws what the hooks and the network throw, with the cache released.
 */
export async function generate(
  network: Decoder,
  request: GenerationRequest,
  hooks: GenerationHooks,
): Promise<Generated[]> {
  const { prompts, rows, padId } = request;
  const state = rows.map(() => ({ ids: [] as number[], logProbs: [] as number[], ended: false }));
  let cache: KeyValueCache | null = null;
  try {
    const start = await readPrompts(network, prompts, padId);
    cache = start.cache;
    let logits = start.logits;
    let points = rows.map((prompt, stream) => ({
      row: rowFromEnd(start.logits, prompt, 1),
      stream,
      step: 0,
    }));
    for (let step = 0; ; step++) {
      const drawn = await draw(hooks, logits, points);
      for (const [i, { stream }] of points.entries()) {
        const row = state[stream];
        row.ids.push(drawn[i].id);
        row.logProbs.push(drawn[i].logProb);
        row.ended = request.eosIds.includes(drawn[i].id);
        hooks.onToken(stream, step, drawn[i]);
      }
      await hooks.pause();
      if (step + 1 >= request.maxNewTokens || state.every(({ ended }) => ended)) return state;
      if (step === 0) cache = network.pickCache(cache, rows);
      const next = await network.decode({
        batch: nextTokens(request, state, step),
        attentionMask: nextMask(start.attentionMask, start.length, rows, step + 1),
        images: [],
        cache,
        keep: 1,
        grow: true,
      });
      cache = next.cache as KeyValueCache;
      logits = next.logits;
      points = rows.flatMap((_, stream) =>
        state[stream].ended
          ? []
          : [{ row: rowFromEnd(next.logits, stream, 1), stream, step: step + 1 }],
      );
    }
  } finally {
    if (cache) releaseCache(cache);
  }
}

async function readPrompts(network: Decoder, prompts: readonly PromptWithImages[], padId: number) {
  const batch = padBatch(
    prompts.map(({ prompt }) => prompt),
    { side: 'left', padId },
  );
  const { logits, cache } = await network.decode({
    batch,
    attentionMask: batch.attentionMask,
    images: placeFeatures(prompts, batch.starts),
    cache: null,
    keep: 1,
    grow: true,
  });
  return {
    logits,
    cache: cache as KeyValueCache,
    attentionMask: batch.attentionMask,
    length: batch.length,
  };
}

/** Where the features of each prompt of a padded batch go. */
export function placeFeatures(
  prompts: readonly PromptWithImages[],
  starts: readonly number[],
): PlacedFeatures[] {
  return prompts.flatMap(({ prompt, features }, row) =>
    features === null
      ? []
      : [{ row, start: starts[row], imageTokens: prompt.imageTokens, features }],
  );
}

async function draw(
  hooks: GenerationHooks,
  logits: Logits,
  points: readonly SamplePoint[],
): Promise<readonly Sampled[]> {
  try {
    return await hooks.sample(logits, points);
  } finally {
    logits.release();
  }
}

/** The last drawn token of each row; a row that has ended goes on with padding. */
function nextTokens(
  { prompts, rows, padId }: GenerationRequest,
  state: readonly { readonly ids: readonly number[]; readonly ended: boolean }[],
  step: number,
) {
  const count = rows.length;
  const inputIds = new Int32Array(count);
  const positionIds = new Int32Array(3 * count);
  for (const [row, prompt] of rows.entries()) {
    const { inputIds: read, ropeDelta } = prompts[prompt].prompt;
    inputIds[row] = state[row].ended ? padId : state[row].ids[step];
    const positions = extendPositions(ropeDelta, read.length + step, 1);
    for (let axis = 0; axis < 3; axis++) positionIds[axis * count + row] = positions[axis];
  }
  return { batch: count, length: 1, inputIds, positionIds };
}

/** Each row's prompt mask, then ones for what was generated. */
function nextMask(
  promptMask: Int32Array,
  length: number,
  rows: readonly number[],
  generated: number,
): Int32Array {
  const width = length + generated;
  const mask = new Int32Array(rows.length * width).fill(1);
  for (const [row, prompt] of rows.entries())
    mask.set(promptMask.subarray(prompt * length, (prompt + 1) * length), row * width);
  return mask;
}
