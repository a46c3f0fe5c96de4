/** Runs the three graphs on the parity fixtures with ONNX Runtime: the shared part of the parity tests. */

import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { type PaddedBatch, padBatch } from '../batch.ts';
import type { QwenVLConfig } from '../config.ts';
import { type GridThw, preprocessImage } from '../image.ts';
import type { PreprocessorConfig } from '../imageSize.ts';
import { ropePositionIds } from '../positions.ts';
import { type TensorData, toFloat32 } from '../safetensors.ts';
import { buildDecoder } from './decoder.ts';
import { buildEmbedTokens } from './embedTokens.ts';
import type { BuiltGraph } from './options.ts';
import { buildVisionEncoder } from './vision.ts';
import type { Checkpoint } from './weights.ts';

/** One row of `fixtures/parity.json`, as tools/fixtures/parity.py writes it. */
export interface ParityCase {
  readonly name: string;
  readonly side: 'left' | 'right';
  readonly rows: readonly {
    readonly ids: readonly number[];
    readonly images: readonly (readonly [width: number, height: number, seed: number])[];
  }[];
  /** L2 norm of each row of logits. */
  readonly norms: readonly (readonly number[])[];
  /** The most likely next token of each row; null where two are too close for float32 to tell. */
  readonly best: readonly (readonly (number | null)[])[];
  /** Greedy continuations; from `decided` on, two tokens are too close for float32 to tell. */
  readonly greedy?: readonly (readonly number[])[];
  readonly decided?: number;
}

/** What the tests need of ONNX Runtime; both its Node and its browser builds have it. */
export interface Runtime {
  readonly Tensor: typeof Tensor;
  readonly create: (model: Uint8Array) => Promise<InferenceSession>;
}

/** Floats with their shape. */
export interface Floats {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

type Feeds = Record<string, Tensor>;

/** A graph with its session and the tensors of its weight inputs. */
export class GraphRun {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #weights: Feeds;

  private constructor(runtime: Runtime, session: InferenceSession, weights: Feeds) {
    this.#runtime = runtime;
    this.#session = session;
    this.#weights = weights;
  }

  /** Opens a built graph; `weights` feeds its weight inputs by their names. */
  static async open(runtime: Runtime, built: BuiltGraph, weights: Checkpoint): Promise<GraphRun> {
    const feeds: Feeds = {};
    for (const { name, shape } of built.weightInputs) {
      const tensor = weights.get(name);
      if (tensor === undefined) throw new Error(`no weight to feed ${name}`);
      feeds[name] = new runtime.Tensor('float32', toFloat32(tensor, name), shape);
    }
    return new GraphRun(runtime, await runtime.create(built.model), feeds);
  }

  async run(inputs: Readonly<Record<string, Floats | Integers>>): Promise<Map<string, Floats>> {
    const feeds: Feeds = { ...this.#weights };
    for (const [name, input] of Object.entries(inputs)) {
      feeds[name] =
        input.data instanceof Float32Array
          ? new this.#runtime.Tensor('float32', input.data, input.dims)
          : new this.#runtime.Tensor('int64', BigInt64Array.from(input.data, BigInt), input.dims);
    }
    const outputs = await this.#session.run(feeds);
    return new Map(
      Object.entries(outputs).map(([name, { data, dims }]) => {
        if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
        return [name, { data, dims }];
      }),
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

export interface Integers {
  readonly data: Int32Array | readonly number[];
  readonly dims: readonly number[];
}

/** The three graphs of one model, as sessions. */
export interface ModelRun {
  readonly config: QwenVLConfig;
  readonly preprocessor: PreprocessorConfig;
  readonly embed: GraphRun;
  readonly vision: GraphRun;
  readonly decoder: GraphRun;
}

/** Builds and opens the three graphs of a checkpoint, with weights as initializers. */
export async function openModel(
  runtime: Runtime,
  config: QwenVLConfig,
  preprocessor: PreprocessorConfig,
  checkpoint: Checkpoint,
): Promise<ModelRun> {
  const options = { weights: 'initializers' } as const;
  const open = (built: BuiltGraph) => GraphRun.open(runtime, built, checkpoint);
  return {
    config,
    preprocessor,
    embed: await open(buildEmbedTokens(config, checkpoint, options)),
    vision: await open(buildVisionEncoder(config, checkpoint, options)),
    decoder: await open(buildDecoder(config, checkpoint, options)),
  };
}

/** A prompt batch ready for the decoder. */
export interface Prepared {
  readonly batch: PaddedBatch;
  readonly embeds: Floats;
  readonly features: Floats | null;
  readonly deltas: readonly number[];
}

/** RGBA of the integer pattern that tools/fixtures/parity.py draws. */
export function pattern(width: number, height: number, seed: number) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        const stripes = (x * (3 + seed) + y * (5 + 2 * seed)) * (channel + 1);
        const blocks = ((x >> 3) ^ (y >> 3)) * 29;
        data[(y * width + x) * 4 + channel] = (stripes + blocks + seed * 37) & 255;
      }
  return { width, height, data };
}

/** Pixel values and grids of a case's images, in order; null without images. */
export function casePixels(parity: ParityCase, preprocessor: PreprocessorConfig) {
  const images = parity.rows
    .flatMap((row) => row.images)
    .map((image) => preprocessImage(pattern(...image), preprocessor));
  if (images.length === 0) return null;
  const data = Float32Array.from(images.flatMap(({ pixelValues }) => [...pixelValues]));
  const grids = images.map(({ gridThw }) => gridThw);
  const patches = grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
  return { values: { data, dims: [patches, data.length / patches] }, grids };
}

/** Image features, padded ids, positions and merged embeddings of a case. */
export async function prepare(model: ModelRun, parity: ParityCase): Promise<Prepared> {
  const { config } = model;
  const pixels = casePixels(parity, model.preprocessor);
  let features: Floats | null = null;
  if (pixels) {
    const grid = { data: pixels.grids.flat(), dims: [pixels.grids.length, 3] };
    const outputs = await model.vision.run({ pixel_values: pixels.values, image_grid_thw: grid });
    features = output(outputs, 'image_features');
  }
  const grids: GridThw[] = [...(pixels?.grids ?? [])];
  const rope = parity.rows.map(({ ids, images }) =>
    ropePositionIds(ids, grids.splice(0, images.length), config),
  );
  const batch = padBatch(
    parity.rows.map(({ ids }, row) => ({ inputIds: ids, positionIds: rope[row].positionIds })),
    { side: parity.side, padId: 0 },
  );
  const embeds = await embedTokens(model, batch.inputIds, [batch.batch, batch.length]);
  const hidden = config.text.hiddenSize;
  let from = 0;
  for (const [index, id] of batch.inputIds.entries()) {
    if (features === null || id !== config.imageTokenId) continue;
    embeds.data.set(features.data.subarray(from, from + hidden), index * hidden);
    from += hidden;
  }
  return { batch, embeds, features, deltas: rope.map(({ delta }) => delta) };
}

/** Token embeddings [batch, tokens, hidden]. */
export async function embedTokens(
  model: ModelRun,
  ids: Int32Array | readonly number[],
  dims: readonly number[],
): Promise<Floats> {
  return output(await model.embed.run({ input_ids: { data: ids, dims } }), 'inputs_embeds');
}

/** An empty cache for a batch. */
export function emptyCache(config: QwenVLConfig, batch: number): Record<string, Floats> {
  const { layers, kvHeads, headDim } = config.text;
  const dims = [batch, kvHeads, 0, headDim];
  return Object.fromEntries(
    Array.from({ length: layers }).flatMap((_, layer) =>
      ['key', 'value'].map((part) => [
        `past_key_values.${layer}.${part}`,
        { data: new Float32Array(), dims },
      ]),
    ),
  );
}

/** Logits [batch, tokens, vocab] of a prepared prompt, or of its last `keep` tokens. */
export async function forward(model: ModelRun, prepared: Prepared, keep = 0): Promise<Floats> {
  const { batch, length, attentionMask, positionIds } = prepared.batch;
  const outputs = await model.decoder.run({
    inputs_embeds: prepared.embeds,
    attention_mask: { data: attentionMask, dims: [batch, length] },
    position_ids: { data: positionIds, dims: [3, batch, length] },
    num_logits_to_keep: { data: [keep], dims: [1] },
    ...emptyCache(model.config, batch),
  });
  return output(outputs, 'logits');
}

export interface Distance {
  /** Largest absolute difference. */
  readonly absolute: number;
  /** Norm of the difference by the norm of what was expected. */
  readonly relative: number;
}

/** How far the graphs are from the official implementation on one case. */
export interface Comparison {
  readonly features: Distance | null;
  /** Of the rows of logits that the fixture keeps whole. */
  readonly logits: Distance;
  /** Of the norms of all rows. */
  readonly norms: Distance;
  /** Positions with another most likely next token. */
  readonly disagreements: number;
}

/** Runs one case; `expected` holds the arrays of `fixtures/parity.safetensors`. */
export async function compare(
  model: ModelRun,
  parity: ParityCase,
  expected: ReadonlyMap<string, TensorData>,
): Promise<Comparison> {
  const array = (name: string): TensorData => {
    const found = expected.get(`${parity.name}/${name}`);
    if (found === undefined) throw new Error(`the fixture has no ${parity.name}/${name}`);
    return found;
  };
  const prepared = await prepare(model, parity);
  const logits = await forward(model, prepared);
  const kept = array('lastLogits');
  const { length, starts } = prepared.batch;
  const vocab = model.config.text.vocabSize;
  const row = (index: number) => logits.data.subarray(index * vocab, (index + 1) * vocab);
  const rows = parity.rows.map(({ ids }, sequence) =>
    ids.map((_, token) => sequence * length + starts[sequence] + token),
  );
  const norm = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const last = rows.flatMap((indices) => indices.slice(-kept.shape[1]));
  return {
    features: prepared.features ? distance(prepared.features.data, array('imageFeatures')) : null,
    logits: distance(
      last.flatMap((index) => [...row(index)]),
      kept,
    ),
    norms: distance(
      rows.flat().map((index) => norm(row(index))),
      Float32Array.from(parity.norms.flat()),
    ),
    disagreements: rows.flat().filter((index, i) => {
      const token = parity.best.flat()[i];
      return token !== null && token !== best(logits, index);
    }).length,
  };
}

/** Greedy continuations of a left-padded batch, with the cache or by running everything again. */
export async function greedy(
  model: ModelRun,
  prepared: Prepared,
  tokens: number,
  cached: boolean,
): Promise<number[][]> {
  const { config } = model;
  const { batch: rows, length } = prepared.batch;
  const continued = Array.from({ length: rows }, (): number[] => []);
  let mask = Array.from({ length: rows }, (_, row) =>
    Array.from(prepared.batch.attentionMask.subarray(row * length, (row + 1) * length)),
  );
  let positions = Array.from({ length: 3 * rows }, (_, row) =>
    Array.from(prepared.batch.positionIds.subarray(row * length, (row + 1) * length)),
  );
  let embeds = prepared.embeds;
  let cache = emptyCache(config, rows);
  for (let step = 0; ; step++) {
    const outputs = await model.decoder.run({
      inputs_embeds: embeds,
      attention_mask: { data: mask.flat(), dims: [rows, mask[0].length] },
      position_ids: { data: positions.flat(), dims: [3, rows, positions[0].length] },
      num_logits_to_keep: { data: [1], dims: [1] },
      ...cache,
    });
    const logits = output(outputs, 'logits');
    const next = Array.from({ length: rows }, (_, row) => best(logits, row));
    for (const [row, id] of next.entries()) continued[row].push(id);
    if (step === tokens - 1) return continued;
    const now = await embedTokens(model, next, [rows, 1]);
    const at = prepared.deltas.map((delta, row) => {
      const real = mask[row].reduce((sum, bit) => sum + bit, 0);
      return real + delta;
    });
    const added = [...at, ...at, ...at].map((position) => [position]);
    mask = mask.map((row) => [...row, 1]);
    positions = cached ? added : positions.map((row, i) => [...row, ...added[i]]);
    embeds = cached ? now : appendToken(embeds, now);
    if (cached)
      cache = Object.fromEntries(
        [...outputs]
          .filter(([name]) => name.startsWith('present.'))
          .map(([name, value]) => [name.replace('present', 'past_key_values'), value]),
      );
  }
}

/** A named output; throws where the session has none. */
export function output(outputs: ReadonlyMap<string, Floats>, name: string): Floats {
  const found = outputs.get(name);
  if (found === undefined) throw new Error(`no output ${name}`);
  return found;
}

/** The index of the largest value in a row of the last axis. */
export function best(values: Floats, row: number): number {
  const width = values.dims[values.dims.length - 1];
  const part = values.data.subarray(row * width, (row + 1) * width);
  return part.reduce((top, value, i) => (value > part[top] ? i : top), 0);
}

/** The distance of computed values from expected ones. */
export function distance(actual: ArrayLike<number>, expected: TensorData | Float32Array): Distance {
  const wanted = expected instanceof Float32Array ? expected : toFloat32(expected);
  if (wanted.length !== actual.length)
    throw new Error(`${actual.length} values where ${wanted.length} were expected`);
  let largest = 0;
  let squares = 0;
  let norm = 0;
  for (const [i, value] of wanted.entries()) {
    const difference = Math.abs(actual[i] - value);
    if (!(difference <= largest)) largest = difference;
    squares += difference ** 2;
    norm += value ** 2;
  }
  return { absolute: largest, relative: Math.sqrt(squares / norm) };
}

function appendToken(embeds: Floats, next: Floats): Floats {
  const [batch, tokens, hidden] = embeds.dims;
  const data = new Float32Array(batch * (tokens + 1) * hidden);
  for (let row = 0; row < batch; row++) {
    const from = row * tokens * hidden;
    data.set(embeds.data.subarray(from, from + tokens * hidden), from + row * hidden);
    data.set(
      next.data.subarray(row * hidden, (row + 1) * hidden),
      from + row * hidden + tokens * hidden,
    );
  }
  return { data, dims: [batch, tokens + 1, hidden] };
}
