/** A LoRA adapter as this project holds it: its settings and its matrices under the names of the graph's inputs. */

import type { QwenVLConfig } from '../../model/config.ts';
import { buildDecoder } from '../../model/onnx/decoder.ts';
import type { LoraOptions } from '../../model/onnx/layers.ts';
import type { WeightInput } from '../../model/onnx/weights.ts';
import type { TensorData } from '../../model/safetensors.ts';

/** y = W·x + (alpha / rank)·B·A·x for every target layer of the decoder. */
export interface LoraAdapter {
  readonly lora: LoraOptions;
  /** Share of the inputs that training drops, in [0, 1). */
  readonly dropout: number;
  /** `PATH.lora_A.weight` [rank, in] and `PATH.lora_B.weight` [out, rank], float32, for every layer of a target. */
  readonly tensors: ReadonlyMap<string, TensorData>;
}

/** The matrices that a decoder of this size takes for an adapter, as its graph declares them. */
export function loraInputs(config: QwenVLConfig, lora: LoraOptions): readonly WeightInput[] {
  const { weightInputs } = buildDecoder(config, null, { weights: 'inputs', lora });
  return weightInputs.filter(({ name }) => LORA_NAME.test(name));
}

/** The end of a matrix's name after the path of its layer. */
export const LORA_NAME = /\.lora_([AB])\.weight$/;
