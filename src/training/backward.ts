/**
 * The backward pass: jax-js runs the model's differentiable form, a graph of its own beside the one that ONNX Runtime
 * runs, and pulls a gradient at the logits back to the trained tensors. A test holds the two graphs together
 * (families/qwen-vl/two-graphs.test.ts). It is compiled once for each size of batch, see compiled.ts.
 */

import { defaultDevice, grad, jit, numpy as np, tree } from '@jax-js/jax';
import { ONNXModel } from '@jax-js/onnx';
import type { TensorMap } from '../contract/train/train-records.ts';
import type { Trainable } from '../contract/train/train-settings.ts';
import { requireDifferentiable } from '../model/families/abilities.ts';
import {
  type Architecture,
  type DifferentiableForm,
  EMBEDDING,
  type ModelConfig,
} from '../model/families/family.ts';
import type { LoraOptions } from '../model/onnx/options.ts';
import type { StateDict } from '../model/onnx/weights.ts';
import type { GridThw } from '../model/processor/image.ts';
import {
  type Arrays,
  type Compiled,
  compiledPass,
  dropUncompiled,
  isCompiled,
} from './compiled.ts';
import { type BackwardDevice, type GradientDevice, openGradientDevice } from './gradient-device.ts';
import { patchesOf, type TrainBatch } from './layout.ts';
import { isTrained, loraOf, stateValues, weightShapes } from './trainable.ts';

/** What stands at the image placeholders of a batch, [rows, hidden] one after another in reading order. */
export type BatchImages =
  /** Visual tokens as the frozen tower made them. */
  | { readonly kind: 'features'; readonly rows: number; readonly data: Float32Array }
  /** Patches of all pictures, where the tower or branches of it are trained. */
  | {
      readonly kind: 'pixels';
      readonly data: Float32Array;
      readonly grids: readonly GridThw[];
    };

export interface BackwardInput {
  readonly batch: TrainBatch;
  readonly images: BatchImages;
  /** [batch · tokens]: which row of `images` stands there, −1 for a text token. */
  readonly imageRows: Int32Array;
  /** ∂L/∂logits, [completions · kept, vocab]. */
  readonly cotangent: Float32Array;
  /** Dropout masks by name; empty without dropout. */
  readonly masks: TensorMap;
}

export class BackwardPass {
  readonly #config: ModelConfig;
  readonly #form: DifferentiableForm;
  readonly #trainable: Trainable;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #fed: ReadonlyMap<string, readonly number[]>;
  readonly #frozen: Arrays;
  /** What a compiled pass depends on beside its sizes. */
  readonly #key: string;
  readonly device: GradientDevice;

  private constructor(
    { config, family }: Architecture,
    form: DifferentiableForm,
    trainable: Trainable,
    shapes: ReadonlyMap<string, readonly number[]>,
    fed: ReadonlyMap<string, readonly number[]>,
    frozen: Arrays,
    device: GradientDevice,
  ) {
    this.#config = config;
    this.#form = form;
    this.#trainable = trainable;
    this.#shapes = shapes;
    this.#fed = fed;
    this.#frozen = frozen;
    this.device = device;
    this.#key = JSON.stringify([family.label, config, trainable, device.name]);
  }

  /** Puts the frozen weights where jax-js computes. Throws what `requireDifferentiable`, `openGradientDevice` and the builders throw. */
  static async create(
    architecture: Architecture,
    stateDict: StateDict,
    trainable: Trainable,
    wanted: BackwardDevice,
  ): Promise<BackwardPass> {
    const form = requireDifferentiable(architecture);
    const device = await openGradientDevice(wanted);
    defaultDevice(device.name);
    const lora = loraOf(trainable);
    const shapes = weightShapes(architecture, trainable);
    const fed = fedShapes(form, lora);
    const stored = stateValues(stateDict);
    const frozen: Arrays = {};
    for (const [name, shape] of shapes)
      if (!isTrained(name, trainable))
        frozen[name] = floats(stored(name, shape), fed.get(name) ?? shape);
    return new BackwardPass(architecture, form, trainable, shapes, fed, frozen, device);
  }

  /** Whether batches of this one's sizes have been compiled for. */
  isReady(input: BackwardInput): boolean {
    return isCompiled(this.#keyOf(input));
  }

  /**
   * Gradients of every trained tensor, by name, as [size] arrays in the shapes of the tensors.
   * Throws `train.gradient-gpu-lost`.
   */
  gradients(tensors: TensorMap, input: BackwardInput): Promise<Map<string, Float32Array>> {
    return this.device.surviving(this.#gradients(tensors, input));
  }

  async #gradients(tensors: TensorMap, input: BackwardInput): Promise<Map<string, Float32Array>> {
    defaultDevice(this.device.name);
    const key = this.#keyOf(input);
    const compiled = compiledPass(key, () => this.#compile(input));
    const trained: Arrays = {};
    for (const [name, { data, shape }] of tensors)
      trained[name] = floats(data, this.#fed.get(name) ?? shape);
    const results = new Map<string, Float32Array>();
    try {
      const out = compiled.gradients(trained, tree.ref(this.#frozen), this.#data(input));
      // Reading one waits for all that was dispatched before it, so the order costs nothing.
      for (const name of tensors.keys())
        results.set(name, (await out[name].data()) as Float32Array<ArrayBuffer>);
      compiled.ready = true;
    } finally {
      dropUncompiled(key);
    }
    return results;
  }

  /** Frees the weights. */
  dispose(): void {
    tree.dispose(this.#frozen);
  }

  #data({ batch, images, imageRows, cotangent, masks }: BackwardInput): Arrays {
    const { vocabSize, hiddenSize } = this.#config.text;
    const { batch: rows, tokens, kept, branches } = batch;
    // Image rows stand behind the vocabulary in the table that ids are looked up in.
    const ids = batch.inputIds.map((id, i) => (imageRows[i] < 0 ? id : vocabSize + imageRows[i]));
    const width =
      images.kind === 'features' ? hiddenSize : images.data.length / patchesOf(images.grids);
    const shown = images.kind === 'features' ? images.rows : patchesOf(images.grids);
    const data: Arrays = {
      ids: integers(ids, [rows * tokens]),
      attention_mask: integers(batch.attentionMask, [rows, tokens]),
      position_ids: integers(batch.positionIds, [3, rows, tokens]),
      cotangent: floats(cotangent, [rows, branches * kept, vocabSize]),
      images: floats(images.data, [shown, width]),
      one: floats(Float32Array.of(1), [1]),
    };
    for (const [name, { shape, data: mask }] of masks) data[name] = floats(mask, shape);
    return data;
  }

  #keyOf({ batch: { batch, tokens, kept, branches }, images, masks }: BackwardInput): string {
    const shown = images.kind === 'features' ? images.rows : images.grids.join(';');
    return `${this.#key} ${batch}×${tokens}/${branches}×${kept}|${shown}|${masks.size}`;
  }

  #compile({ batch: sizes, images, masks }: BackwardInput): Omit<Compiled, 'ready'> {
    const { batch, tokens, branches } = sizes;
    const { hiddenSize } = this.#config.text;
    const lora = loraOf(this.#trainable);
    const dropped = lora && { ...lora, dropoutInputs: masks.size > 0 };
    const kept = branches * sizes.kept;
    const built = this.#form.decoder({ batch, tokens, kept, branches }, dropped);
    const decoder = new ONNXModel(built.model.slice());
    const looking =
      images.kind === 'pixels' ? this.#form.visionEncoder(images.grids, dropped) : null;
    const tower = looking && new ONNXModel(looking.model.slice());
    const grids =
      images.kind === 'pixels' ? integers(images.grids.flat(), [images.grids.length, 3]) : null;
    const decoderNames = new Set(built.inputs);
    const towerNames = new Set(looking?.inputs ?? []);

    const weightedLogits = (trained: Arrays, frozen: Arrays, data: Arrays): np.Array => {
      const { ids, cotangent, images: shown, one, ...rest } = data;
      const fed: Arrays = { ...frozen, ...trained, ...rest };
      const embedding = fed[EMBEDDING];
      const vision: Arrays = {};
      const text: Arrays = {};
      for (const [name, array] of Object.entries(fed)) {
        if (towerNames.has(name)) vision[name] = array;
        else if (decoderNames.has(name)) text[name] = array;
      }
      const features =
        tower === null || grids === null
          ? shown
          : tower.run({ ...vision, pixel_values: shown, image_grid_thw: grids.ref }).image_features;
      const rows = decoderNames.has(EMBEDDING) ? embedding.ref : embedding;
      const looked = np.take(np.concatenate([rows, features], 0), ids, 0);
      // The way back to the table is a scatter, which jax-js compiles only on what a computation has made.
      const inputs_embeds = looked.mul(one).reshape([batch, tokens, hiddenSize]);
      const { logits } = decoder.run({ ...text, inputs_embeds });
      return logits.mul(cotangent).sum();
    };
    // As arguments of `grad`, what is not trained would be copied at every step.
    const gradients = jit((trained: Arrays, frozen: Arrays, data: Arrays) =>
      grad((values: Arrays) => weightedLogits(values, frozen, data))(trained),
    ) as Compiled['gradients'];
    return { models: tower === null ? [decoder] : [decoder, tower], gradients };
  }

  /** Shapes of all weights, trained or not. */
  get shapes(): ReadonlyMap<string, readonly number[]> {
    return this.#shapes;
  }
}

/** Shapes in which the differentiated graph wants the text model's weights, by name. */
function fedShapes(form: DifferentiableForm, lora: LoraOptions | undefined) {
  const { weightInputs } = form.decoder({ batch: 1, tokens: 1, kept: 1 }, lora);
  return new Map(weightInputs.map(({ name, shape }) => [name, shape]));
}

/** Copied by jax-js, whatever memory the values are in. */
function floats(values: Float32Array, shape: readonly number[]): np.Array {
  return np.array(values as Float32Array<ArrayBuffer>, { shape: [...shape] });
}

function integers(values: ArrayLike<number>, shape: readonly number[]): np.Array {
  return np.array(Int32Array.from(values), { dtype: np.int32 }).reshape([...shape]);
}
