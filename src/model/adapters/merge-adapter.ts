/** A PEFT adapter of any kind that comes down to changed weights, folded into those of its base. */

import { type Architecture, EMBEDDING, HEAD, isVisionWeight } from '../families/family.ts';
import { float32Tensor, type TensorData, toFloat32 } from '../formats/safetensors.ts';
import type { StateDict } from '../onnx/weights.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '../sources/inner-adapters.ts';
import {
  foreignTensor,
  incomplete,
  notFinite,
  otherBase,
  rankMismatch,
  unsupported,
} from './adapter-errors.ts';
import { type Branch, mergeLayer, replaceRows } from './merge.ts';
import { type PeftSettings, readPeftConfig, scaleOf } from './peft-config.ts';
import { type AdapterFiles, type AdapterPart, type PartRole, partsOf } from './peft-parts.ts';

/** A model apart from the files that it came in. */
export interface MergeBase {
  readonly architecture: Architecture;
  readonly stateDict: StateDict;
}

export interface MergedAdapter extends MergeBase {
  /** Names of the weights and biases that the adapter changes. */
  readonly changed: readonly string[];
  /** What it changes, as the end of a sentence. */
  readonly inWords: string;
}

/**
 * The base with an adapter in it: LoRA on linear layers of the text, the vision encoder and the head, on the embedding and on the
 * patches' convolution; rsLoRA, DoRA, ranks and alphas by layer; rows of single tokens; modules trained in full; biases. As in PEFT,
 * a tied model whose embedding or head is changed is tied no longer: the other one keeps the base's values, unless single tokens
 * are all that changes. Weights are merged when they are read, as far as they are.
 * Throws {@link PlaygroundError} `adapter.config-invalid`, `adapter.unsupported`, `adapter.other-base`, `adapter.foreign-tensor`,
 * `adapter.rank`, `adapter.not-finite`, `adapter.incomplete` and what `readSafetensors` throws.
 */
export function mergeAdapter(files: AdapterFiles, base: MergeBase): MergedAdapter {
  const settings = readPeftConfig(files.config);
  const byWeight = new Map<string, AdapterPart[]>();
  for (const part of partsOf(files, base.architecture.family))
    byWeight.set(part.weight, [...(byWeight.get(part.weight) ?? []), part]);
  if (byWeight.size === 0) throw incomplete(`${ADAPTER_WEIGHTS} holds no matrix.`, ADAPTER_WEIGHTS);
  const { architecture, stateDict } = untied(base, byWeight);
  const merged = new Map(stateDict);
  for (const [weight, parts] of byWeight)
    merged.set(weight, changedWeight(weight, parts, stateDict, settings));
  const changed = [...byWeight.keys()];
  return { architecture, stateDict: merged, changed, inWords: inWords(byWeight) };
}

/** PEFT wraps or copies the module that it changes, and not the one that shares its weight. */
function untied(base: MergeBase, byWeight: ReadonlyMap<string, readonly AdapterPart[]>): MergeBase {
  const { architecture, stateDict } = base;
  const { tieWordEmbeddings } = architecture.config;
  const embedding = stateDict.get(EMBEDDING);
  if (!tieWordEmbeddings || embedding === undefined) return base;
  const ofTokens = byWeight.get(EMBEDDING)?.every(({ role }) => role === 'tokens') ?? true;
  if (ofTokens && !byWeight.has(HEAD)) return base;
  return {
    architecture: architecture.withTiedHead(false),
    stateDict: new Map(stateDict).set(HEAD, embedding),
  };
}

function changedWeight(
  weight: string,
  parts: readonly AdapterPart[],
  stateDict: StateDict,
  settings: PeftSettings,
): TensorData {
  const [{ name, layer }] = parts;
  const own = stateDict.get(weight);
  if (own === undefined) throw foreignTensor(name);
  const whole = parts.find(({ role }) => role === 'whole');
  // What a layer was before its branch, where the file has that too.
  const before = whole === undefined ? own : replaced(whole, own);
  const rest = parts.filter((part) => part !== whole);
  if (rest.length === 0) return before;
  const { rank, scale } = scaleOf(settings, layer);
  const find = (role: PartRole) => rest.find((part) => part.role === role);
  const tokens = find('tokens');
  if (tokens !== undefined) return changedTokens(tokens, rest, before, settings);
  const bias = find('B bias');
  if (bias !== undefined) return addedBias(bias, before, scale);
  const magnitude = find('magnitude');
  if ((magnitude !== undefined) !== settings.dora)
    throw incomplete(
      magnitude === undefined
        ? `${ADAPTER_CONFIG} says DoRA, and ${ADAPTER_WEIGHTS} has no lora_magnitude_vector for "${layer}".`
        : `${ADAPTER_WEIGHTS} has "${magnitude.name}", and ${ADAPTER_CONFIG} does not say DoRA.`,
      name,
    );
  const branch = find('embedding A') ? embeddingBranch(find, name) : linearBranch(find, name);
  if (branch.rank !== rank) throw rankMismatch(name, branch.rank, rank);
  const [rows, ...columns] = before.shape;
  const fits = branch.b.length === rows * rank && branch.shape.join() === columns.join();
  if (!fits) throw otherBase(name, [branch.b.length / rank, ...branch.shape], before.shape);
  return mergeLayer(weight, before, { ...branch, scale });
}

/** Rows in place of the model's own. */
function changedTokens(
  tokens: AdapterPart,
  parts: readonly AdapterPart[],
  own: TensorData,
  { tokens: listed }: PeftSettings,
): TensorData {
  const { name, layer, weight } = tokens;
  if (parts.length > 1)
    throw unsupported('LoRA and trained tokens of one embedding', MERGE_FIRST, name);
  const ids = [...listed].find(([end]) => layer === end || layer.endsWith(`.${end}`))?.[1];
  if (ids === undefined)
    throw incomplete(
      `${ADAPTER_WEIGHTS} has "${name}", and ${ADAPTER_CONFIG} does not say which tokens these are (trainable_token_indices).`,
      name,
    );
  const { data, shape } = finite(tokens);
  const [vocabulary, ...features] = own.shape;
  const expected = [ids.length, ...features];
  if (shape.join() !== expected.join()) throw otherBase(name, shape, expected);
  const beyond = ids.find((id) => id >= vocabulary);
  if (beyond !== undefined) throw otherBase(name, [beyond + 1, ...features], own.shape);
  return replaceRows(weight, own, ids, data);
}

type FindPart = (role: PartRole) => AdapterPart | undefined;

/** A branch with the shape of its columns. */
type Found = Omit<Branch, 'scale'> & { readonly shape: readonly number[] };

/** Of a linear layer, or of a convolution whose B only mixes channels. */
function linearBranch(find: FindPart, name: string): Found {
  const [a, b] = [needed(find('A'), name), needed(find('B'), name)];
  const [rank, ...shape] = a.shape;
  const [rows, ...kernel] = b.shape;
  if (shape.length === 0 || kernel.length !== shape.length || kernel.slice(1).some((n) => n !== 1))
    throw otherBase(name, b.shape, [rows ?? 0, rank, ...shape.slice(1).map(() => 1)]);
  if (rank !== kernel[0]) throw rankMismatch(name, kernel[0], rank);
  const branch = { rank, a: a.data, b: b.data, shape };
  const magnitude = find('magnitude');
  return magnitude === undefined ? branch : { ...branch, magnitude: normsOf(magnitude, rows) };
}

/** An embedding's rows are what a linear layer's columns are. */
function embeddingBranch(find: FindPart, name: string): Found {
  const [a, b] = [needed(find('embedding A'), name), needed(find('embedding B'), name)];
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[0] !== b.shape[1])
    throw otherBase(name, b.shape, [b.shape[0] ?? 0, a.shape[0] ?? 0]);
  const [features] = b.shape;
  const branch = { rank: a.shape[0], a: transposed(b), b: transposed(a), shape: [features] };
  const magnitude = find('magnitude');
  if (magnitude === undefined) return branch;
  return { ...branch, columnMagnitude: normsOf(magnitude, features) };
}

function normsOf(magnitude: AdapterPart, count: number): Float32Array {
  const { data, shape } = finite(magnitude);
  if (data.length !== count) throw otherBase(magnitude.name, shape, [count]);
  return data;
}

const MERGE_FIRST = 'Merge it into its base with PEFT (merge_and_unload), and open that.';

interface Values {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

function transposed({ data, shape: [rows, columns] }: Values): Float32Array {
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [row, column] = [i % rows, Math.floor(i / rows)];
    return data[row * columns + column];
  });
}

function needed(part: AdapterPart | undefined, name: string): Values {
  if (part === undefined)
    throw incomplete(`${ADAPTER_WEIGHTS} has "${name}" without its other matrix.`, name);
  return finite(part);
}

function finite({ name, tensor }: AdapterPart): Values {
  const data = toFloat32(tensor, name);
  if (!data.every(Number.isFinite)) throw notFinite(name);
  return { data, shape: tensor.shape };
}

function replaced(part: AdapterPart, own: TensorData): TensorData {
  if (part.tensor.shape.join() !== own.shape.join())
    throw otherBase(part.name, part.tensor.shape, own.shape);
  return float32Tensor(finite(part).data, own.shape);
}

function addedBias(part: AdapterPart, own: TensorData, scale: number): TensorData {
  const { data, shape } = finite(part);
  if (shape.join() !== own.shape.join()) throw otherBase(part.name, shape, own.shape);
  const values = toFloat32(own, part.weight);
  return float32Tensor(
    values.map((value, i) => value + scale * data[i]),
    own.shape,
  );
}

function inWords(byWeight: ReadonlyMap<string, readonly AdapterPart[]>): string {
  const count = (meets: (weight: string, parts: readonly AdapterPart[]) => boolean) =>
    [...byWeight].filter(([weight, parts]) => meets(weight, parts)).length;
  const isWhole = (parts: readonly AdapterPart[]) => parts.every(({ role }) => role === 'whole');
  const shared = (weight: string, name: string) => {
    const parts = byWeight.get(weight);
    const tokens = parts?.find(({ role }) => role === 'tokens')?.tensor.shape[0];
    if (parts === undefined) return [];
    return [tokens === undefined ? name : `${tokens} token${tokens === 1 ? '' : 's'} of ${name}`];
  };
  const isShared = (weight: string) => weight === HEAD || weight === EMBEDDING;
  const seeing = count((weight, parts) => isVisionWeight(weight) && !isWhole(parts));
  const text = count(
    (weight, parts) => !isVisionWeight(weight) && !isShared(weight) && !isWhole(parts),
  );
  const whole = count((_, parts) => isWhole(parts));
  const layers = (n: number, of: string) =>
    n === 0 ? [] : [`${n} layer${n === 1 ? '' : 's'} ${of}`];
  return [
    ...layers(text, 'of the text'),
    ...layers(seeing, 'of the vision encoder'),
    ...shared(EMBEDDING, 'the embedding'),
    ...shared(HEAD, 'the head'),
    ...(whole === 0 ? [] : [`${whole} tensor${whole === 1 ? '' : 's'} trained in full`]),
  ].join(', ');
}
