/** The student: trained tensors in both executions of the graph, ONNX Runtime's and jax-js'. */

import type { TensorMap } from '../contract/train/train-records.ts';
import { learnsToSee, type Trainable } from '../contract/train/train-settings.ts';
import type { PromptWithImages } from '../inference/generate.ts';
import { placeFeatures } from '../inference/generate.ts';
import { isVisionWeight, type ModelConfig } from '../model/families/family.ts';
import type { StateDict } from '../model/onnx/weights.ts';
import { releaseFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { type Logits, readTensor } from '../model/runtime/tensors.ts';
import { type BackwardInput, BackwardPass, type BatchImages } from './backward.ts';
import { behindPrompts, wholeRows } from './branches.ts';
import type { BackwardDevice } from './gradient-device.ts';
import { patchesOf, type TrainBatch } from './layout.ts';
import { partsOf } from './trainable.ts';

const NO_MASKS: TensorMap = new Map();

/** A batch with its pictures, as both executions want them. */
export interface StudentBatch {
  readonly batch: TrainBatch;
  /** One for each row. */
  readonly prompts: readonly PromptWithImages[];
  /** Dropout masks by name; empty without dropout. */
  readonly masks: TensorMap;
}

export class Student {
  /** Samples and scores with the current weights, without dropout. */
  readonly network: ModelNetwork;
  /** Has inputs for dropout masks; the same as `network` where nothing is dropped. */
  readonly #training: ModelNetwork;
  readonly #backward: BackwardPass;
  readonly #trainable: Trainable;
  #tensors: TensorMap;

  private constructor(
    network: ModelNetwork,
    training: ModelNetwork,
    backward: BackwardPass,
    trainable: Trainable,
    tensors: TensorMap,
  ) {
    this.network = network;
    this.#training = training;
    this.#backward = backward;
    this.#trainable = trainable;
    this.#tensors = tensors;
  }

  /** Builds the student beside its frozen base. Throws what the sessions and jax-js throw. */
  static async create(
    base: ModelNetwork,
    stateDict: StateDict,
    trainable: Trainable,
    tensors: TensorMap,
    device: BackwardDevice,
  ): Promise<Student> {
    const parts = partsOf(trainable);
    const network = await base.student(stateDict, parts);
    try {
      const drops = trainable.kind === 'lora' && trainable.dropout > 0 && parts.lora !== undefined;
      const training = drops
        ? await base.student(stateDict, { ...parts, lora: { ...parts.lora, dropoutInputs: true } })
        : network;
      const backward = await BackwardPass.create(base.architecture, stateDict, trainable, device);
      const student = new Student(network, training, backward, trainable, tensors);
      student.tensors = tensors;
      return student;
    } catch (error) {
      await network.release();
      throw error;
    }
  }

  get config(): ModelConfig {
    return this.network.config;
  }

  get tensors(): TensorMap {
    return this.#tensors;
  }

  /** New values of the trained tensors, at once in every later run. */
  set tensors(tensors: TensorMap) {
    this.#tensors = tensors;
    this.network.setWeights(tensors);
    if (this.#training !== this.network) this.#training.setWeights(tensors);
  }

  /** The prompt as the student sees it: one that learns to see encodes the picture anew. */
  async see({ prompt, features }: PromptWithImages): Promise<PromptWithImages> {
    if (!learnsToSee(this.#trainable) || prompt.pixelValues === null) return { prompt, features };
    return {
      prompt,
      features: await this.network.encodeImages(prompt.pixelValues, prompt.imageGrids),
    };
  }

  /** The training pass: logits [completions · kept, vocab] that predict every completion token. */
  async forward({ batch, prompts, masks }: StudentBatch): Promise<Logits> {
    const [ofSight, ofText] = [true, false].map(
      (is) => new Map([...masks].filter(([name]) => isVisionWeight(name) === is)),
    );
    if (ofText.size > 0) this.#training.setWeights(ofText);
    if (!learnsToSee(this.#trainable)) return this.#decode(this.#training, batch, prompts);
    const seen = await this.#seeDropping(prompts, ofSight);
    try {
      return await this.#decode(this.#training, batch, seen);
    } finally {
      for (const features of new Set(seen.map((one) => one.features)))
        if (features !== null) releaseFeatures(features);
    }
  }

  /** Pictures as the training pass sees them: with the weights of this moment, and with their own rows of the masks. */
  async #seeDropping(
    prompts: readonly PromptWithImages[],
    masks: TensorMap,
  ): Promise<PromptWithImages[]> {
    const seen: PromptWithImages[] = [];
    let from = 0;
    for (const { prompt } of prompts) {
      const { pixelValues, imageGrids } = prompt;
      const to = from + patchesOf(imageGrids);
      const same = masks.size === 0 ? seen.find((one) => one.prompt === prompt) : undefined;
      if (masks.size > 0) this.#training.setWeights(rowsOf(masks, from, to));
      const encode = async () =>
        pixelValues === null ? null : await this.#training.encodeImages(pixelValues, imageGrids);
      seen.push({ prompt, features: same === undefined ? await encode() : same.features });
      from = to;
    }
    return seen;
  }

  /** The same without dropout. */
  score({ batch, prompts }: Omit<StudentBatch, 'masks'>): Promise<Logits> {
    return this.#decode(this.network, batch, prompts);
  }

  async #decode(
    network: ModelNetwork,
    batch: TrainBatch,
    prompts: readonly PromptWithImages[],
  ): Promise<Logits> {
    const images = placeFeatures(prompts, batch.starts);
    const step =
      batch.branches === 1
        ? { ...wholeRows(batch), images, cache: null }
        : await behindPrompts(network, batch, images);
    const { logits } = await network.decode({ ...step, keep: batch.kept, grow: false });
    if (logits.rows !== batch.kept) throw new Error('a student keeps the rows that it is told to');
    return logits;
  }

  /** Gradients of every trained tensor for a gradient at the logits [batch · kept, vocab]. */
  async backward(
    input: StudentBatch,
    cotangent: Float32Array,
    onCompile: (what: string) => (ms: number) => void,
  ): Promise<{ gradients: Map<string, Float32Array>; compileMs: number; ms: number }> {
    const { batch, masks } = input;
    const { images, imageRows } = await this.#images(input);
    const work: BackwardInput = {
      batch,
      images,
      imageRows,
      cotangent,
      masks: this.#trainable.kind === 'lora' && this.#trainable.dropout > 0 ? masks : NO_MASKS,
    };
    let compileMs = 0;
    if (!this.#backward.isReady(work)) {
      const predicted = batch.branches * batch.kept;
      const sizes = `${batch.batch} × ${batch.tokens} tokens, ${predicted} predicted`;
      const where = this.#backward.device.instead ? ', with WebAssembly as its GPU is gone' : '';
      const done = onCompile(`backward pass for ${sizes}${where}`);
      const start = performance.now();
      await this.#backward.gradients(this.#tensors, work);
      compileMs = performance.now() - start;
      done(compileMs);
    }
    const start = performance.now();
    const gradients = await this.#backward.gradients(this.#tensors, work);
    return { gradients, compileMs, ms: performance.now() - start };
  }

  async release(): Promise<void> {
    this.#backward.dispose();
    if (this.#training !== this.network) await this.#training.release();
    await this.network.release();
  }

  /** What stands at the image placeholders, sequence by sequence, and where; the number of rows is that of a full batch. */
  async #images({ batch, prompts }: StudentBatch) {
    const { hiddenSize } = this.config.text;
    const sees = learnsToSee(this.#trainable);
    const imageRows = new Int32Array(batch.batch * batch.tokens).fill(-1);
    const most = Math.max(1, ...prompts.map(({ prompt }) => prompt.imageTokens.length));
    const data = new Float32Array(batch.batch * most * hiddenSize);
    let next = 0;
    for (const [row, { prompt, features }] of prompts.entries()) {
      if (features !== null && !sees)
        data.set(await readTensor(this.network.device, features.tensor), next * hiddenSize);
      for (const column of prompt.imageTokens)
        imageRows[row * batch.tokens + batch.starts[row] + column] = next++;
    }
    const images: BatchImages = sees
      ? pixelsOf(prompts)
      : { kind: 'features', rows: batch.batch * most, data };
    return { images, imageRows };
  }
}

/** Rows `[from, to)` of each tensor. */
function rowsOf(tensors: TensorMap, from: number, to: number): TensorMap {
  const rows = [...tensors].map(([name, { shape, data }]) => {
    const width = shape[1];
    const part = { shape: [to - from, width], data: data.slice(from * width, to * width) };
    return [name, part] as const;
  });
  return new Map(rows);
}

/** All patches, sequence by sequence. */
function pixelsOf(prompts: readonly PromptWithImages[]): BatchImages {
  const shown = prompts.flatMap(({ prompt }) =>
    prompt.pixelValues === null ? [] : [{ pixels: prompt.pixelValues, grids: prompt.imageGrids }],
  );
  const size = shown.reduce((sum, { pixels }) => sum + pixels.length, 0);
  const data = new Float32Array(size);
  let at = 0;
  for (const { pixels } of shown) {
    data.set(pixels, at);
    at += pixels.length;
  }
  return { kind: 'pixels', data, grids: shown.flatMap(({ grids }) => [...grids]) };
}
