/** A loaded model: its three graphs as sessions, driven by the input names they declare. */

import type * as ort from 'onnxruntime-web/webgpu';
import { PlaygroundError } from '../../base/errors.ts';
import type { Architecture, ModelConfig } from '../families/family.ts';
import type { BuiltGraph, LoraOptions } from '../onnx/options.ts';
import type { StateDict } from '../onnx/weights.ts';
import type { GridThw } from '../processor/image.ts';
import { isPast, presentOf } from './cache-ports.ts';
import {
  type DecodeStep,
  featureCopies,
  type ImageFeatures,
  type KeyValueCache,
  type PlacedFeatures,
  releaseCache,
} from './decode-step.ts';
import { emptyPast, plainFeeds } from './decoder-feeds.ts';
import type { EmbeddingTable } from './embedding-table.ts';
import {
  buildOptions,
  filesOf,
  type GraphFiles,
  type GraphName,
  type ModelGraphs,
  told,
  WHOLE,
} from './model-graphs.ts';
import { createSession, type Feeds, type GraphSession, type SessionTarget } from './sessions.ts';
import { decodeRows } from './single-rows.ts';
import {
  castTensor,
  emptyTensor,
  floatTensor,
  integerTensor,
  type Logits,
  overwriteRows,
  pickEntries,
  residentTensor,
  toLogits,
} from './tensors.ts';

/** Inputs of a decoder that adds features after its first layers, by the layer's number. */
const DEEPSTACK = 'deepstack_embeds.';
/** What a vision encoder gives, and what an embedding takes that puts it in itself. */
const FEATURES = 'image_features';

/** What of a student is trained, and so comes from outside with every run instead of from the base. */
export interface TrainedParts {
  /** Adapters on the decoder, and on the vision encoder where they say so; their own weights stay those of the base. */
  readonly lora?: LoraOptions;
  /** All weights of the embedding and the decoder. */
  readonly text: boolean;
  /** All weights of the vision encoder. */
  readonly vision: boolean;
}

/** Told of the part that is being opened, and of the bytes of its weights as the runtime takes them. */
export type GraphListener = (
  name: string,
  bytes?: { readonly loaded: number; readonly total: number },
) => void;

interface Sessions {
  readonly embed: GraphSession | EmbeddingTable;
  /** Null for a model without eyes. */
  readonly vision: GraphSession | null;
  readonly decoder: GraphSession;
}

export class ModelNetwork {
  readonly architecture: Architecture;
  readonly target: SessionTarget;
  readonly #sessions: Sessions;
  readonly #graphs: Pick<ModelGraphs, 'foreign' | 'keeping'>;
  /** Sessions that are shared with another network, which releases them. */
  readonly #borrowed: ReadonlySet<GraphSession>;
  /** Values of the inputs that are weights, by name. */
  #weights: ReadonlyMap<string, ort.Tensor> = new Map();

  private constructor(
    architecture: Architecture,
    target: SessionTarget,
    sessions: Sessions,
    graphs: Pick<ModelGraphs, 'foreign' | 'keeping'>,
    borrowed: readonly GraphSession[] = [],
  ) {
    this.#graphs = graphs;
    this.architecture = architecture;
    this.target = target;
    this.#sessions = sessions;
    this.#borrowed = new Set(borrowed);
  }

  /** Creates the sessions of a model's graphs, one after the other. Throws what the graphs and `createSession` throw. */
  static async create(
    graphs: ModelGraphs,
    architecture: Architecture,
    target: SessionTarget,
    onGraph: GraphListener = () => undefined,
  ): Promise<ModelNetwork> {
    const opened: GraphSession[] = [];
    const open = async (name: GraphName, make: () => Promise<GraphFiles>) => {
      onGraph(name);
      const files = told(await make(), (loaded, total) => onGraph(name, { loaded, total }));
      const session = await createSession(files, target, { name, keepOutputs: true });
      opened.push(session);
      return session;
    };
    try {
      const embed = graphs.table ?? (await open('embed', () => graphs.embed(target.backend)));
      const vision = graphs.vision && (await open('vision', graphs.vision));
      const decoder = await open('decoder', graphs.decoder);
      return new ModelNetwork(architecture, target, { embed, vision, decoder }, graphs);
    } catch (error) {
      await Promise.all(opened.map((session) => session.release()));
      throw error;
    }
  }

  /**
   * A student beside this network, on the same backend: what is trained are inputs that {@link setWeights}
   * fills, everything else is shared or stored again. Release it before this network. Throws what the
   * builders and `createSession` throw.
   */
  async student(stateDict: StateDict, { lora, text, vision }: TrainedParts): Promise<ModelNetwork> {
    const { architecture, target } = this;
    const own: Partial<Record<GraphName, GraphSession>> = {};
    const open = async (name: GraphName, graph: BuiltGraph) => {
      own[name] = await createSession(filesOf(graph), target, {
        name: `student ${name}`,
        keepOutputs: true,
      });
    };
    const trained = { weights: 'inputs' } as const;
    const kept = text ? trained : buildOptions(this.#graphs.keeping ?? WHOLE);
    try {
      if (text) await open('embed', architecture.embedTokens(null, trained));
      const options = lora === undefined ? kept : { ...kept, lora };
      const branches = (lora?.sight ?? 'none') !== 'none';
      if (vision) await open('vision', architecture.visionEncoder(null, trained));
      else if (branches) await open('vision', architecture.visionEncoder(stateDict, options));
      await open('decoder', architecture.decoder(stateDict, options));
    } catch (error) {
      for (const session of Object.values(own)) await session.release();
      throw error;
    }
    const sessions = { ...this.#sessions, ...own };
    const borrowed = sessionsOf(this.#sessions).filter((s) => !Object.values(own).includes(s));
    return new ModelNetwork(architecture, target, sessions, this.#graphs, borrowed);
  }

  /**
   * The values of inputs that are weights, adapters or dropout masks, by name; those of earlier calls under
   * other names stay. The arrays must not change while they are in use.
   */
  setWeights(tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>): void {
    const next = new Map(this.#weights);
    for (const [name, { shape, data }] of tensors) {
      next.get(name)?.dispose();
      next.set(name, residentTensor(this.device, data, shape));
    }
    this.#weights = next;
  }

  /** A batch is read one sequence after the other, without padding; see ModelGraphs. */
  get #single(): boolean {
    return this.#graphs.foreign !== null;
  }

  get config(): ModelConfig {
    return this.architecture.config;
  }

  get hasVision(): boolean {
    return this.#sessions.vision !== null;
  }

  get device(): GPUDevice | null {
    return this.target.backend === 'webgpu' ? this.target.device : null;
  }

  /**
   * Runs the vision encoder on images of one prompt, [patches, features] and a grid each. Throws `model.no-vision` where
   * there is none.
   */
  async encodeImages(pixelValues: Float32Array, grids: readonly GridThw[]): Promise<ImageFeatures> {
    const patches = grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
    const { embed, vision, decoder } = this.#sessions;
    if (vision === null) throw noEyes();
    const grid = vision.inputs.find((name) => name.endsWith('grid_thw')) ?? 'image_grid_thw';
    const pixels = [patches, pixelValues.length / patches];
    const outputs = await vision.run({
      ...this.#weightsOf(vision, [grid, 'pixel_values']),
      pixel_values: floatTensor(pixelValues, pixels, vision.typeOf('pixel_values')),
      [grid]: integerTensor(vision.typeOf(grid), grids.flat(), [grids.length, 3]),
    });
    // Each in the type of where it goes: graphs of one export may differ.
    const cast = (name: string, type: string) => castTensor(this.device, outputs[name], type);
    const features = vision.outputs.find((name) => name === FEATURES) ?? vision.outputs[0];
    const placed =
      'rowsOf' in embed
        ? 'float32'
        : embed.typeOf(embed.inputs.includes(FEATURES) ? FEATURES : embed.outputs[0]);
    const tensor = await cast(features, placed);
    const deepstack: ort.Tensor[] = [];
    for (const name of vision.outputs.filter((output) => output.startsWith('deepstack_features.')))
      deepstack.push(await cast(name, decoder.typeOf(`${DEEPSTACK}${deepstack.length}`)));
    return { tokens: tensor.dims[0], tensor, deepstack };
  }

  /** One decoder run: a prefill, a step of generation, or teacher forcing. */
  async decode(step: DecodeStep): Promise<{ logits: Logits; cache: KeyValueCache | null }> {
    if (this.#single && (step.batch.batch > 1 || step.attentionMask.includes(0)))
      return decodeRows(this.device, step, (row) => this.decode(row));
    const embeds = await this.#embedTokens(step);
    const deepstack = this.#deepstack(step);
    const feeds = this.#decoderFeeds(step, { ...deepstack, inputs_embeds: embeds });
    const { decoder } = this.#sessions;
    const outputs = step.grow ? decoder.outputs : ['logits'];
    const { logits, ...rest } = await decoder.run(feeds, outputs);
    for (const fed of [embeds, ...Object.values(deepstack)]) fed.dispose();
    if (step.cache) releaseCache(step.cache);
    return {
      logits: toLogits(logits),
      cache: step.grow ? grownCache(step, rest, decoder.inputs) : null,
    };
  }

  /** The cache with its rows picked by index, for several rollouts of one prompt; consumes the old one. */
  pickCache(cache: KeyValueCache, picks: readonly number[]): KeyValueCache {
    const same = picks.length === cache.batch && picks.every((pick, i) => pick === i);
    if (same) return cache;
    const picked = this.copyCache(cache, picks);
    releaseCache(cache);
    return picked;
  }

  /** Copies of a cache's rows by index; the cache stays. */
  copyCache(cache: KeyValueCache, picks: readonly number[]): KeyValueCache {
    if (this.#single) {
      const of = (pick: number) => cache.rows?.[pick] ?? cache;
      const rows = picks.map((pick) => copiedRow(this.device, of(pick)));
      if (rows.length === 1) return rows[0];
      return { batch: picks.length, length: cache.length, entries: new Map(), rows };
    }
    const entries = new Map(
      [...cache.entries].map(([name, tensor]) => [name, pickEntries(this.device, tensor, picks)]),
    );
    return { batch: picks.length, length: cache.length, entries };
  }

  async release(): Promise<void> {
    for (const tensor of this.#weights.values()) tensor.dispose();
    this.#weights = new Map();
    for (const session of sessionsOf(this.#sessions))
      if (!this.#borrowed.has(session)) await session.release();
  }

  #weight(name: string): ort.Tensor {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) throw unknownInput(name);
    return tensor;
  }

  #weightsOf(session: GraphSession, others: readonly string[]): Feeds {
    const names = session.inputs.filter((name) => !others.includes(name));
    return Object.fromEntries(names.map((name) => [name, this.#weight(name)]));
  }

  async #embedTokens(step: DecodeStep): Promise<ort.Tensor> {
    const { embed, decoder } = this.#sessions;
    const { batch, images } = step;
    const fused = 'inputs' in embed && embed.inputs.includes(FEATURES);
    const embeds =
      'rowsOf' in embed ? this.#gathered(embed, batch) : await this.#embedded(embed, step, fused);
    const copies = fused
      ? []
      : images.flatMap((image) => featureCopies(image, image.features.tensor, batch.length));
    if (copies.length > 0) overwriteRows(this.device, embeds, copies);
    return castTensor(this.device, embeds, decoder.typeOf('inputs_embeds'));
  }

  #gathered(table: EmbeddingTable, { batch, length, inputIds }: DecodeStep['batch']): ort.Tensor {
    const shape = [batch, length, this.config.text.hiddenSize];
    return residentTensor(this.device, table.rowsOf(inputIds), shape);
  }

  async #embedded(embed: GraphSession, { batch, images }: DecodeStep, fused: boolean) {
    const name = embed.inputs.find((input) => input !== FEATURES) ?? '';
    const shape = [batch.batch, batch.length];
    const seen = fused ? this.#fusedFeatures(images, embed.typeOf(FEATURES)) : null;
    const outputs = await embed.run({
      ...this.#weightsOf(embed, fused ? [name, FEATURES] : [name]),
      [name]: integerTensor(embed.typeOf(name), batch.inputIds, shape),
      ...(seen === null ? {} : { [FEATURES]: seen.tensor }),
    });
    if (seen?.made === true) seen.tensor.dispose();
    return outputs[embed.outputs[0]];
  }

  /** All features of a step in the order of their placeholders, for an embedding that puts them in itself. */
  #fusedFeatures(
    images: readonly PlacedFeatures[],
    type: string,
  ): { tensor: ort.Tensor; made: boolean } {
    const { hiddenSize } = this.config.text;
    if (images.length === 0) return { tensor: emptyTensor(type, [0, hiddenSize]), made: true };
    if (images.length === 1) return { tensor: images[0].features.tensor, made: false };
    const tokens = images.reduce((sum, { features }) => sum + features.tokens, 0);
    const zeros = new Float32Array(tokens * hiddenSize);
    const tensor = residentTensor(this.device, zeros, [tokens, hiddenSize], type);
    let to = 0;
    const copies = images.map(({ features: { tensor: source, tokens: rows } }) => {
      const copy = { source, from: 0, to, rows };
      to += rows;
      return copy;
    });
    overwriteRows(this.device, tensor, copies);
    return { tensor, made: true };
  }

  /** What the decoder adds after its first layers, by input: features at image tokens, 0 elsewhere. */
  #deepstack({ batch, images }: DecodeStep): Feeds {
    const { decoder } = this.#sessions;
    const shape = [batch.batch, batch.length, this.config.text.hiddenSize];
    const zeros = () => new Float32Array(shape.reduce((a, b) => a * b, 1));
    const names = decoder.inputs.filter((name) => name.startsWith(DEEPSTACK));
    const fed = names.map((name) => {
      const layer = Number(name.slice(DEEPSTACK.length));
      const type = decoder.typeOf(name);
      if (images.length === 0) return [name, floatTensor(zeros(), shape, type)] as const;
      const tensor = residentTensor(this.device, zeros(), shape, type);
      const copies = images.flatMap((image) => {
        const source = image.features.deepstack[layer];
        if (source === undefined) throw unknownInput(name);
        return featureCopies(image, source, batch.length);
      });
      overwriteRows(this.device, tensor, copies);
      return [name, tensor] as const;
    });
    return Object.fromEntries(fed);
  }

  #decoderFeeds(step: DecodeStep, embedded: Feeds): Feeds {
    const { kvHeads, headDim } = this.config.text;
    const { decoder } = this.#sessions;
    const sizes = [step.batch.batch, kvHeads, headDim];
    const plain = plainFeeds(decoder, step);
    return Object.fromEntries(
      decoder.inputs.map((name) => {
        const make = isPast(name)
          ? () => step.cache?.entries.get(name) ?? emptyPast(decoder, name, sizes)
          : (plain[name] ?? (() => embedded[name] ?? this.#weight(name)));
        return [name, make()];
      }),
    );
  }
}

const sessionsOf = ({ embed, vision, decoder }: Sessions): GraphSession[] =>
  [embed, vision, decoder].filter((one) => one !== null && 'run' in one);

function copiedRow(device: GPUDevice | null, { length, entries }: KeyValueCache): KeyValueCache {
  const copies = [...entries].map(([name, t]) => [name, pickEntries(device, t, [0])] as const);
  return { batch: 1, length, entries: new Map(copies) };
}

function grownCache(
  step: DecodeStep,
  outputs: Readonly<Record<string, ort.Tensor>>,
  inputs: readonly string[],
): KeyValueCache {
  const entries = inputs.filter(isPast).map((name) => [name, outputs[presentOf(name)]] as const);
  return {
    batch: step.batch.batch,
    length: (step.cache?.length ?? 0) + step.batch.length,
    entries: new Map(entries),
  };
}

function noEyes(): PlaygroundError {
  return new PlaygroundError({
    code: 'model.no-vision',
    message: 'This model has no vision encoder, so it cannot see a picture.',
    fix: 'Ask without a picture, or open an export that has its vision encoder too.',
    where: 'vision',
  });
}

function unknownInput(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.graph-input',
    message: `The decoder wants an input "${name}" that this version does not know.`,
    fix: 'Use a decoder with the inputs of the onnx-community exports.',
    where: name,
  });
}
