/** Adapters in the layout of PEFT: `adapter_config.json` and `adapter_model.safetensors`. */

import type { FolderFile } from '../../contract/engine.ts';
import type { FloatTensor } from '../../contract/train-records.ts';
import { TRAIN_TARGETS, type TrainTarget } from '../../contract/train-rows.ts';
import { unzip } from '../../storage/zip-read.ts';
import { type ExportFile, textFile } from '../../storage/zip-write.ts';
import { type Architecture, isVisionWeight, type ModelFamily } from '../families/family.ts';
import {
  float32Tensor,
  readSafetensors,
  readSafetensorsMetadata,
  type TensorData,
  toFloat32,
  writeSafetensors,
} from '../formats/safetensors.ts';
import type { WeightInput } from '../onnx/weights.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, byNumbers } from '../sources/inner-adapters.ts';
import { readJsonObject } from '../sources/json-source.ts';
import {
  foreignTensor,
  incomplete,
  notFinite,
  otherBase,
  rankMismatch,
  severalAdapters,
  unsupported,
} from './adapter-errors.ts';
import { adapterCard, type Origin } from './card.ts';
import { type PeftSettings, readPeftConfig, writePeftConfig } from './peft-config.ts';
import { LORA_NAME, type LoraAdapter, loraInputs } from './student.ts';

/** What every name in a PEFT file starts with. */
const PREFIX = 'base_model.model.';

/** Where current transformers keep the decoder's layers; the hub's spelling is `model.layers.`. */
const LAYERS = 'model.language_model.layers.';

/** Key of the base's fingerprint in the weights' metadata, which PEFT ignores. */
const BASE_KEY = 'base_fingerprint';

/** The two files of an adapter, as they are read. */
export interface AdapterFiles {
  /** Parsed `adapter_config.json`. */
  readonly config: unknown;
  /** Bytes of `adapter_model.safetensors`. */
  readonly weights: Uint8Array;
}

export interface ImportedAdapter extends LoraAdapter {
  readonly base: {
    /** As the adapter names it. */
    readonly name: string | null;
    /** Fingerprint of the base's weights; only adapters written here have one. */
    readonly fingerprint: string | null;
  };
}

/**
 * The files that official PEFT loads on the base model, and a README; the same bytes for the same adapter.
 * Matrices are float32 under `base_model.model.model.language_model.layers.N.….lora_A.weight`.
 */
export function adapterFiles(adapter: LoraAdapter, origin: Origin): ExportFile[] {
  const { base } = origin;
  const config = writePeftConfig(adapter.trainable, base.name);
  const tensors = new Map(
    [...adapter.tensors].map(([name, { data, shape }]) => [
      PREFIX + name.replace(/^model\.layers\./, LAYERS),
      float32Tensor(data, shape),
    ]),
  );
  const metadata = { format: 'pt', [BASE_KEY]: base.fingerprint };
  return [
    textFile('README.md', adapterCard(origin)),
    textFile(ADAPTER_CONFIG, `${JSON.stringify(config, null, 2)}\n`),
    { path: ADAPTER_WEIGHTS, bytes: () => writeSafetensors(tensors, metadata) },
  ];
}

/**
 * The adapter among picked files: a folder that PEFT saved, or one zip archive of it.
 * Throws {@link PlaygroundError} `adapter.incomplete` for a file that is not there, `adapter.several` where folders
 * beside one another hold one each, and what `unzip` throws.
 */
export async function findAdapter(picked: readonly FolderFile[]): Promise<AdapterFiles> {
  const files = await contentsOf(picked);
  const home = adapterHome([...files.keys()]);
  const find = (name: string) => files.get(home + name);
  const config = find(ADAPTER_CONFIG);
  const weights = find(ADAPTER_WEIGHTS);
  if (weights === undefined && find('adapter_model.bin') !== undefined)
    throw unsupported(
      'weights pickled by an old PEFT (adapter_model.bin)',
      'Load and save it once with a current PEFT, which writes adapter_model.safetensors.',
      'adapter_model.bin',
    );
  if (config === undefined) throw incomplete(`There is no ${ADAPTER_CONFIG}.`, ADAPTER_CONFIG);
  if (weights === undefined) throw incomplete(`There is no ${ADAPTER_WEIGHTS}.`, ADAPTER_WEIGHTS);
  return { config: readJsonObject(new TextDecoder().decode(config), ADAPTER_CONFIG), weights };
}

/**
 * The prefix of the adapter's paths. Trainers leave folders of earlier states inside, so the outermost is the one that
 * was picked; among equals there is none.
 */
function adapterHome(paths: readonly string[]): string {
  const homes = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1)))];
  const depth = (home: string) => home.split('/').length;
  const least = Math.min(...homes.map(depth));
  const outermost = homes.filter((home) => depth(home) === least).sort(byNumbers);
  if (outermost.length > 1) throw severalAdapters(outermost.map((home) => home.slice(0, -1)));
  return outermost[0] ?? '';
}

async function contentsOf(picked: readonly FolderFile[]): Promise<Map<string, Uint8Array>> {
  const names = [ADAPTER_CONFIG, ADAPTER_WEIGHTS, 'adapter_model.bin'];
  const wanted = (path: string) => names.some((name) => path.endsWith(name));
  const read = async ({ file }: FolderFile) => new Uint8Array(await file.arrayBuffer());
  const [first] = picked;
  if (picked.length === 1 && first.path.endsWith('.zip')) return unzip(await read(first), wanted);
  const entries = picked.filter(({ path }) => wanted(path));
  return new Map(
    await Promise.all(entries.map(async (entry) => [entry.path, await read(entry)] as const)),
  );
}

/**
 * An adapter for a model of this size. Layers of a target that the file leaves out get a branch of zeros, and branches
 * of the vision tower that do nothing (B = 0) are dropped; both change no logit.
 * Throws {@link PlaygroundError} `adapter.config-invalid`, `adapter.unsupported`, `adapter.other-base` (shapes),
 * `adapter.foreign-tensor`, `adapter.rank`, `adapter.not-finite`, `adapter.incomplete` and what `readSafetensors` throws.
 */
export function readAdapter(files: AdapterFiles, model: Architecture): ImportedAdapter {
  const settings = readPeftConfig(files.config);
  const found = new Map<string, TensorData>();
  const layers = new Map<string, string>();
  for (const [name, tensor] of readSafetensors(files.weights, ADAPTER_WEIGHTS)) {
    const own = graphName(name, model.family);
    found.set(own, tensor);
    layers.set(own, layerOf(name));
  }
  dropIdleVision(found);
  const targets = targetsOf(found);
  if (targets.length === 0)
    throw incomplete(`${ADAPTER_WEIGHTS} holds no LoRA matrix.`, ADAPTER_WEIGHTS);
  const scales = scalesOf(settings, layers);
  const { rank, alpha } = scales;
  const { dropout } = settings;
  const inputs = loraInputs(model, { rank, alpha, targets });
  checkNames(found, inputs);
  const tensors = new Map(
    inputs.map((input) => [input.name, matrixOf(found, input, scales)] as const),
  );
  const fingerprint = readSafetensorsMetadata(files.weights, ADAPTER_WEIGHTS)[BASE_KEY] ?? null;
  return {
    trainable: { kind: 'lora', rank, alpha, dropout, targets, vision: false },
    tensors,
    base: { name: settings.base, fingerprint },
  };
}

/** The graph's name of a PEFT tensor; older transformers, and PEFT before it saves, spell it otherwise. */
function graphName(name: string, { canonicalName }: ModelFamily): string {
  const bare = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
  const plain = canonicalName(bare.replace(/(\.lora_[AB])\.\w+\.weight$/, '$1.weight'));
  if (LORA_NAME.test(plain)) return plain;
  if (plain.includes('.lora_magnitude_vector')) throw unsupported('DoRA', PLAIN_LORA, name);
  if (plain.includes('.lora_embedding_')) throw unsupported('LoRA on embeddings', PLAIN_LORA, name);
  throw unsupported(`the tensor "${name}", which is no LoRA matrix`, PLAIN_LORA, name);
}

const PLAIN_LORA = 'Pick an adapter that has LoRA on linear layers only.';

/** A layer as PEFT calls it when it looks for the layer's own rank and alpha. */
const layerOf = (name: string): string =>
  name.replace(PREFIX, '').replace(/\.lora_[AB](?:\.\w+)?\.weight$/, '');

/** One rank and alpha for all branches of the graph, and what makes a layer's own ones of them. */
interface Scales {
  readonly rank: number;
  readonly alpha: number;
  /** Rank of a matrix in the file, by its name here. */
  readonly rankOf: (name: string) => number;
  /** What the layer's B is multiplied by, beside alpha / rank. */
  readonly factorOf: (name: string) => number;
}

/**
 * A layer adds alpha / rank · B A, or alpha / √rank · B A, with its own alpha and rank. Where these are the same in all layers
 * matrices stay as they are; else shorter ones are filled up with zeros and each B takes its scale in.
 */
function scalesOf(
  { rank, alpha, ranks, alphas, rootScale }: PeftSettings,
  layers: ReadonlyMap<string, string>,
): Scales {
  const own = (values: PeftSettings['ranks'], name: string, usual: number) =>
    values.find(({ meets }) => meets(layers.get(name) ?? ''))?.value ?? usual;
  const rankOf = (name: string) => own(ranks, name, rank);
  const scaleOf = (name: string) =>
    own(alphas, name, alpha) / (rootScale ? Math.sqrt(rankOf(name)) : rankOf(name));
  if (ranks.length === 0 && alphas.length === 0)
    return {
      rank,
      alpha: rootScale ? alpha * Math.sqrt(rank) : alpha,
      rankOf,
      factorOf: () => 1,
    };
  const most = Math.max(...[...layers.keys()].map(rankOf));
  return { rank: most, alpha: most, rankOf, factorOf: scaleOf };
}

function dropIdleVision(found: Map<string, TensorData>): void {
  const vision = [...found.keys()].filter(isVisionWeight);
  for (const name of vision) {
    const tensor = found.get(name);
    if (name.endsWith('.lora_B.weight') && tensor !== undefined)
      if (toFloat32(tensor, name).some((value) => value !== 0))
        throw unsupported(
          'LoRA on the vision tower',
          `Train it with ${TRAIN_TARGETS.join(', ')} of the language model only.`,
          name,
        );
    found.delete(name);
  }
}

/** The last part of the path of each layer that has a matrix, in the decoder's order. */
function targetsOf(found: ReadonlyMap<string, TensorData>): TrainTarget[] {
  const modules = new Set(
    [...found.keys()].map((name) => name.replace(LORA_NAME, '').split('.').at(-1)),
  );
  return TRAIN_TARGETS.filter((target) => modules.has(target));
}

function checkNames(found: ReadonlyMap<string, TensorData>, inputs: readonly WeightInput[]): void {
  const known = new Set(inputs.map(({ name }) => name));
  for (const name of found.keys()) {
    if (!known.has(name)) throw foreignTensor(name);
    const partner = name.replace(
      LORA_NAME,
      (_, side) => `.lora_${side === 'A' ? 'B' : 'A'}.weight`,
    );
    if (!found.has(partner))
      throw incomplete(`${ADAPTER_WEIGHTS} has "${name}" but not "${partner}".`, partner);
  }
}

function matrixOf(
  found: ReadonlyMap<string, TensorData>,
  { name, shape }: WeightInput,
  { rankOf, factorOf }: Scales,
): FloatTensor {
  const tensor = found.get(name);
  if (tensor === undefined) return { shape, data: new Float32Array(shape[0] * shape[1]) };
  const axis = name.endsWith('.lora_A.weight') ? 0 : 1;
  if (tensor.shape.length !== 2) throw otherBase(name, tensor.shape, shape);
  const rank = rankOf(name);
  if (tensor.shape[axis] !== rank) throw rankMismatch(name, tensor.shape[axis], rank);
  if (tensor.shape[1 - axis] !== shape[1 - axis]) throw otherBase(name, tensor.shape, shape);
  const data = toFloat32(tensor, name);
  if (!data.every(Number.isFinite)) throw notFinite(name);
  const factor = axis === 1 ? factorOf(name) : 1;
  if (rank === shape[axis] && factor === 1) return { shape, data };
  // Rows of A, columns of B; those that are not there are 0.
  const filled = new Float32Array(shape[0] * shape[1]);
  for (const [i, value] of data.entries()) {
    const [row, column] = [Math.floor(i / tensor.shape[1]), i % tensor.shape[1]];
    filled[row * shape[1] + column] = value * factor;
  }
  return { shape, data: filled };
}
