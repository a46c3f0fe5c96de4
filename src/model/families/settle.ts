/** What the tensors of a model make of its configuration: tied or not, quantized or not, complete or not. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import { sameTensor } from '../formats/safetensors.ts';
import type { LoraOptions } from '../onnx/options.ts';
import { missingWeight, type StateDict, type WeightInput } from '../onnx/weights.ts';
import { type Architecture, EMBEDDING, HEAD, type ModelConfig } from './family.ts';

export interface SettledModel {
  readonly architecture: Architecture;
  /** Every weight of the graphs, and nothing else that they could take for one. */
  readonly stateDict: StateDict;
  /** What a person should know about the weights, a sentence each. */
  readonly notices: readonly string[];
}

/**
 * Settles by the tensors what the configuration leaves open, as transformers 5 does.
 * Throws {@link PlaygroundError} `model.quantized`, `model.unmerged-adapter`, `model.weight-missing` and
 * `model.weight-shape`.
 */
export function settleModel(architecture: Architecture, stateDict: StateDict): SettledModel {
  const { config } = architecture;
  refuseQuantized(config, stateDict);
  refuseAdapters(stateDict);
  const tied = settleHead(architecture, stateDict);
  const unused = unusedWeights(tied.architecture, tied.stateDict);
  const notices = [...tied.notices];
  if (config.quantization !== null)
    notices.push(
      `config.json still has a quantization_config (${shortened(config.quantization, 40)}), but the weights are plain floats: they are read as such.`,
    );
  if (unused.length > 0) notices.push(unusedInWords(unused));
  return { ...tied, notices };
}

/** How the tensors of quantized weights end in bitsandbytes, GPTQ and AWQ, FP8 and torchao. */
const QUANTIZED_NAME =
  /\.(?:qweight|qzeros|g_idx|absmax|quant_map|nested_absmax|quant_state\.\S+|SCB|weight_scale(?:_inv)?|weight_packed|weight_zero_point)$/;

function refuseQuantized({ quantization }: ModelConfig, stateDict: StateDict): void {
  const floats = ['F32', 'F16', 'BF16', 'F64'];
  const found = [...stateDict].find(
    ([name, { dtype, shape }]) =>
      QUANTIZED_NAME.test(name) ||
      (name.endsWith('.weight') && shape.length > 1 && !floats.includes(dtype)),
  );
  if (found === undefined) return;
  const [name, { dtype }] = found;
  const flag =
    quantization === null
      ? 'config.json has no quantization_config'
      : `quantization_config says ${shortened(quantization, 40)}`;
  throw new PlaygroundError({
    code: 'model.quantized',
    message: `This model's weights are quantized: "${shortened(name, 100)}" is ${dtype}, and ${flag}. Only float weights can be read.`,
    fix: 'Pick the same model with float32, float16 or bfloat16 weights.',
    where: name,
    detail: { method: quantization, dtype },
  });
}

function refuseAdapters(stateDict: StateDict): void {
  const name = [...stateDict.keys()].find((key) => /\.lora_|\.base_layer\./.test(key));
  if (name === undefined) return;
  throw new PlaygroundError({
    code: 'model.unmerged-adapter',
    message: `The weights hold an adapter that is not merged into them: "${shortened(name, 100)}".`,
    fix: 'Merge it with PEFT (merge_and_unload) and save the model, or open the base and import the adapter.',
    where: name,
  });
}

/**
 * The head: a tied model that has both with different values is not tied, and one that has the head alone ties the
 * embedding to it. Throws `model.weight-missing` naming the flag for an untied model without a head.
 */
function settleHead(architecture: Architecture, stateDict: StateDict): SettledModel {
  const { config } = architecture;
  const head = stateDict.get(HEAD);
  const embedding = stateDict.get(EMBEDDING);
  if (!config.tieWordEmbeddings) {
    if (head === undefined && embedding !== undefined) throw noHead();
    return { architecture, stateDict, notices: [] };
  }
  if (head === undefined) return { architecture, stateDict, notices: [] };
  if (embedding !== undefined && !sameTensor(head, embedding, true)) {
    const notice = `config.json says tie_word_embeddings, but the file has an ${HEAD} of other values than the embedding: it is used, as transformers 5 does.`;
    return { architecture: architecture.withTiedHead(false), stateDict, notices: [notice] };
  }
  const settled = new Map(stateDict).set(EMBEDDING, embedding ?? head);
  settled.delete(HEAD);
  return { architecture, stateDict: settled, notices: [] };
}

/** Names that no graph takes. Throws `model.weight-missing` for the first that is not there. */
function unusedWeights(architecture: Architecture, stateDict: StateDict): string[] {
  const wanted = new Set<string>();
  for (const { name, shape } of weightsOf(architecture)) {
    const tensor = stateDict.get(name);
    if (tensor === undefined) throw missingWeight(name, stateDict);
    checkShape(name, tensor.shape, shape);
    wanted.add(name);
  }
  return [...stateDict.keys()].filter((name) => !wanted.has(name) && !IDLE.test(name));
}

/** The weights of a model's three graphs; one that two of them share comes twice. */
export function weightsOf(
  architecture: Pick<Architecture, 'embedTokens' | 'visionEncoder' | 'decoder'>,
  lora?: LoraOptions,
): readonly WeightInput[] {
  const options = { weights: 'inputs' } as const;
  const branched = lora ? { ...options, lora } : options;
  const graphs = [
    architecture.embedTokens(null, options),
    architecture.decoder(null, { ...branched, maxPositions: 1 }),
    architecture.visionEncoder(null, branched),
  ];
  return graphs.flatMap(({ weightInputs }) => weightInputs);
}

/** Buffers that older versions saved and every class computes by itself. */
const IDLE = /\.rotary_emb\.inv_freq$|\.rotary_pos_emb\.inv_freq$/;

/** As an input a bias may be a column, with a further axis of 1. */
function checkShape(name: string, found: readonly number[], wanted: readonly number[]): void {
  const expected = wanted.length === found.length + 1 ? wanted.slice(0, -1) : wanted;
  if (found.join() === expected.join()) return;
  throw new PlaygroundError({
    code: 'model.weight-shape',
    message: `Tensor "${name}" is [${found.join(', ')}], but config.json asks for [${expected.join(', ')}].`,
    fix: 'Use the weights that belong to this config.json.',
    where: name,
    detail: { found, expected },
  });
}

function unusedInWords(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${shortened(name, 80)}"`);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `No part of the model uses ${shown.join(', ')}${more}: config.json names fewer or other parts than the file has.`;
}

function noHead(): PlaygroundError {
  return new PlaygroundError({
    code: 'model.weight-missing',
    message: `The model has no ${HEAD}, and config.json says tie_word_embeddings: false, so its logits would be made with random weights.`,
    fix: 'If the model was trained with tied embeddings, set tie_word_embeddings to true in config.json; else take the weights with their head.',
    where: HEAD,
  });
}
