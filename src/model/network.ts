/** A loaded Qwen2.5-VL: its three graphs as sessions, driven by the input names they declare. */

import type * as ort from 'onnxruntime-web/webgpu';
import { PlaygroundError } from '../base/errors.ts';
import type { QwenVLConfig } from './config.ts';
import { buildDecoder } from './onnx/decoder.ts';
import { buildEmbedTokens } from './onnx/embedTokens.ts';
import { buildVisionEncoder } from './onnx/vision.ts';
import type { Checkpoint } from './onnx/weights.ts';
import type { PaddedBatch } from './processor/batch.ts';
import type { GridThw } from './processor/image.ts';
import { createSession, type Feeds, type GraphSession, type SessionTarget } from './sessions.ts';
import {
  floatTensor,
  integerTensor,
  type Logits,
  overwriteRows,
  pickEntries,
  type RowCopy,
  toLogits,
} from './tensors.ts';

/** Visual tokens of one image, [tokens, hidden]; released by whoever asked for them. */
export interface ImageFeatures {
  readonly tokens: number;
  readonly tensor: ort.Tensor;
}

/** Features that replace the image placeholders of one row of a batch. */
export interface PlacedFeatures {
  readonly row: number;
  /** Column of the row's first token (its left padding). */
  readonly start: number;
  /** Columns of the placeholders, counted from the first token, in order. */
  readonly imageTokens: Int32Array;
  readonly features: ImageFeatures;
}

/** Keys and values of everything decoded so far, by input name. */
export interface KeyValueCache {
  readonly batch: number;
  readonly length: number;
  readonly entries: ReadonlyMap<string, ort.Tensor>;
}

export interface DecodeStep {
  readonly batch: Pick<PaddedBatch, 'batch' | 'length' | 'inputIds' | 'positionIds'>;
  /** [batch, cached + length], 1 for a token. */
  readonly attentionMask: Int32Array;
  readonly images: readonly PlacedFeatures[];
  /** Null at the start. The step consumes it. */
  readonly cache: KeyValueCache | null;
  /** Last rows of each sequence whose logits are wanted; 0 for all. */
  readonly keep: number;
  /** Whether to return the new cache. */
  readonly grow: boolean;
}

export class QwenNetwork {
  readonly config: QwenVLConfig;
  readonly target: SessionTarget;
  readonly #embed: GraphSession;
  readonly #vision: GraphSession;
  readonly #decoder: GraphSession;

  private constructor(
    config: QwenVLConfig,
    target: SessionTarget,
    sessions: { embed: GraphSession; vision: GraphSession; decoder: GraphSession },
  ) {
    this.config = config;
    this.target = target;
    this.#embed = sessions.embed;
    this.#vision = sessions.vision;
    this.#decoder = sessions.decoder;
  }

  /** Builds the graphs and creates their sessions. Throws what the builders and `createSession` throw. */
  static async create(
    config: QwenVLConfig,
    checkpoint: Checkpoint,
    target: SessionTarget,
    onGraph: (name: string) => void = () => undefined,
  ): Promise<QwenNetwork> {
    const options = { weights: 'initializers' } as const;
    const builders = {
      embed: buildEmbedTokens,
      vision: buildVisionEncoder,
      decoder: buildDecoder,
    };
    const open = async (name: keyof typeof builders) => {
      onGraph(name);
      const { model } = builders[name](config, checkpoint, options);
      return createSession(model, target, { name, keepOutputs: true });
    };
    const opened: GraphSession[] = [];
    try {
      for (const name of ['embed', 'vision', 'decoder'] as const) opened.push(await open(name));
    } catch (error) {
      await Promise.all(opened.map((session) => session.release()));
      throw error;
    }
    const [embed, vision, decoder] = opened;
    return new QwenNetwork(config, target, { embed, vision, decoder });
  }

  get device(): GPUDevice | null {
    return this.target.backend === 'webgpu' ? this.target.device : null;
  }

  /** Runs the vision encoder on images of one prompt, [patches, features] and a grid each. */
  async encodeImages(pixelValues: Float32Array, grids: readonly GridThw[]): Promise<ImageFeatures> {
    const patches = grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
    const grid = this.#vision.inputs.find((name) => name.endsWith('grid_thw')) ?? 'image_grid_thw';
    const outputs = await this.#vision.run({
      pixel_values: floatTensor(pixelValues, [patches, pixelValues.length / patches]),
      [grid]: integerTensor(this.#vision.typeOf(grid), grids.flat(), [grids.length, 3]),
    });
    const tensor = outputs[this.#vision.outputs[0]];
    return { tokens: tensor.dims[0], tensor };
  }

  /** One decoder run: a prefill, a step of generation, or teacher forcing. */
  async decode(step: DecodeStep): Promise<{ logits: Logits; cache: KeyValueCache | null }> {
    const embeds = await this.#embedTokens(step);
    const feeds = this.#decoderFeeds(step, embeds);
    const outputs = step.grow ? this.#decoder.outputs : ['logits'];
    const { logits, ...rest } = await this.#decoder.run(feeds, outputs);
    embeds.dispose();
    if (step.cache) releaseCache(step.cache);
    return { logits: toLogits(logits), cache: step.grow ? grownCache(step, rest) : null };
  }

  /** The cache with its rows picked by index, for several rollouts of one prompt; consumes the old one. */
  pickCache(cache: KeyValueCache, picks: readonly number[]): KeyValueCache {
    const same = picks.length === cache.batch && picks.every((pick, i) => pick === i);
    if (same) return cache;
    const entries = new Map(
      [...cache.entries].map(([name, tensor]) => [name, pickEntries(this.device, tensor, picks)]),
    );
    releaseCache(cache);
    return { batch: picks.length, length: cache.length, entries };
  }

  async release(): Promise<void> {
    for (const session of [this.#embed, this.#vision, this.#decoder]) await session.release();
  }

  async #embedTokens({ batch, images }: DecodeStep): Promise<ort.Tensor> {
    const { inputs, outputs } = this.#embed;
    const ids = integerTensor(this.#embed.typeOf(inputs[0]), batch.inputIds, [
      batch.batch,
      batch.length,
    ]);
    const embeds = (await this.#embed.run({ [inputs[0]]: ids }))[outputs[0]];
    const copies = images.flatMap((image) => featureCopies(image, batch.length));
    if (copies.length > 0) overwriteRows(this.device, embeds, copies);
    return embeds;
  }

  #decoderFeeds(step: DecodeStep, embeds: ort.Tensor): Feeds {
    const { batch, length, positionIds } = step.batch;
    const cached = step.cache?.length ?? 0;
    const { kvHeads, headDim } = this.config.text;
    const empty = () => floatTensor(new Float32Array(0), [batch, kvHeads, 0, headDim]);
    const tensors: Record<string, () => ort.Tensor> = {
      inputs_embeds: () => embeds,
      attention_mask: () =>
        this.#integers('attention_mask', step.attentionMask, [batch, cached + length]),
      position_ids: () => this.#integers('position_ids', positionIds, [3, batch, length]),
      num_logits_to_keep: () => this.#integers('num_logits_to_keep', [step.keep], [1]),
    };
    return Object.fromEntries(
      this.#decoder.inputs.map((name) => {
        const make = name.startsWith('past_key_values.')
          ? () => step.cache?.entries.get(name) ?? empty()
          : tensors[name];
        if (make === undefined) throw unknownInput(name);
        return [name, make()];
      }),
    );
  }

  #integers(name: string, values: ArrayLike<number>, dims: readonly number[]): ort.Tensor {
    return integerTensor(this.#decoder.typeOf(name), values, dims);
  }
}

export function releaseCache(cache: KeyValueCache): void {
  for (const tensor of cache.entries.values()) tensor.dispose();
}

function grownCache(
  step: DecodeStep,
  outputs: Readonly<Record<string, ort.Tensor>>,
): KeyValueCache {
  const entries = Object.entries(outputs).map(
    ([name, tensor]) => [name.replace(/^present\./, 'past_key_values.'), tensor] as const,
  );
  return {
    batch: step.batch.batch,
    length: (step.cache?.length ?? 0) + step.batch.length,
    entries: new Map(entries),
  };
}

/** Placeholders of an image stand side by side, so few copies are needed. */
function featureCopies({ row, start, imageTokens, features }: PlacedFeatures, length: number) {
  const copies: RowCopy[] = [];
  for (let from = 0; from < imageTokens.length; ) {
    let rows = 1;
    while (imageTokens[from + rows] === imageTokens[from] + rows) rows++;
    copies.push({
      source: features.tensor,
      from,
      to: row * length + start + imageTokens[from],
      rows,
    });
    from += rows;
  }
  return copies;
}

function unknownInput(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.graph-input',
    message: `The decoder wants an input "${name}" that this version does not know.`,
    fix: 'Use a Qwen2.5-VL decoder with the inputs of the onnx-community exports.',
    where: name,
  });
}
