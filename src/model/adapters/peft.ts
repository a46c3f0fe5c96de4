/** Adapters in the layout of PEFT: `adapter_config.json` and `adapter_model.safetensors`. */

import type { FolderFile } from '../../contract/engine.ts';
import type { FloatTensor } from '../../contract/train/train-records.ts';
import { TRAIN_TARGETS, type TrainTarget } from '../../contract/train/train-rows.ts';
import { unzip } from '../../storage/zip-read.ts';
import { type ExportFile, textFile } from '../../storage/zip-write.ts';
import { type Architecture, isVisionWeight } from '../families/family.ts';
import {
  float32Tensor,
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
  notBranches,
  notFinite,
  otherBase,
  rankMismatch,
  severalAdapters,
  unsupported,
} from './adapter-errors.ts';
import { adapterCard, type Origin } from './card.ts';
import { type PeftSettings, readPeftConfig, scaleOf, writePeftConfig } from './peft-config.ts';
import {
  type AdapterFiles,
  type AdapterPart,
  beyondBranches,
  hasPlace,
  PREFIX,
  partsOf,
  sightOf,
} from './peft-parts.ts';
import { LORA_NAME, type LoraAdapter, loraInputs } from './trained-tensors.ts';

/** Where current transformers keep the decoder's layers; the hub's spelling is `model.layers.`. */
const LAYERS = 'model.language_model.layers.';

const SIGHT = 'model.visual.';

/** Key of the base's fingerprint in the weights' metadata, which PEFT ignores. */
const BASE_KEY = 'base_fingerprint';

/** The model that an adapter was trained on. */
export interface AdapterBase {
  /** As the adapter names it. */
  readonly name: string | null;
  /** Fingerprint of the base's weights; only adapters written here have one. */
  readonly fingerprint: string | null;
}

export interface ImportedAdapter extends LoraAdapter {
  readonly base: AdapterBase;
}

const baseOf = ({ weights }: AdapterFiles, { base }: PeftSettings): AdapterBase => ({
  name: base,
  fingerprint: readSafetensorsMetadata(weights, ADAPTER_WEIGHTS)[BASE_KEY] ?? null,
});

/**
 * The files that official PEFT loads on the base model, and a README; the same bytes for the same adapter.
 * Matrices are float32 under `base_model.model.model.language_model.layers.N.….lora_A.weight`.
 */
export function adapterFiles(adapter: LoraAdapter, origin: Origin): ExportFile[] {
  const { base } = origin;
  const config = writePeftConfig(adapter.trainable, base.name);
  const tensors = new Map(
    [...adapter.tensors].map(([name, { data, shape }]) => [
      PREFIX + name.replace(/^model\.layers\./, LAYERS).replace(/^visual\./, SIGHT),
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
 * An adapter as branches beside the linear layers of the text model and of the vision encoder's blocks. Layers of a target that the
 * file leaves out get a branch of zeros, and where no branch of the vision encoder does something (B = 0) all of them are dropped;
 * both change no logit.
 * Throws {@link PlaygroundError} `adapter.not-branches` for what has to be merged instead (merge-adapter.ts),
 * `adapter.config-invalid`, `adapter.unsupported`, `adapter.other-base` (shapes),
 * `adapter.foreign-tensor`, `adapter.rank`, `adapter.not-finite`, `adapter.incomplete` and what `readSafetensors` throws.
 */
export function readAdapter(files: AdapterFiles, model: Architecture): ImportedAdapter {
  const settings = readPeftConfig(files.config);
  const parts = partsOf(files, model.family);
  const beyond = beyondBranches(settings, parts);
  if (beyond !== null) throw notBranches(beyond.what, beyond.where);
  const sight = sightOf(parts);
  const branches = parts.filter(({ weight }) => hasPlace(weight, sight));
  const nameOf = ({ weight, role }: AdapterPart) =>
    weight.replace(/\.weight$/, `.lora_${role === 'A' ? 'A' : 'B'}.weight`);
  const found = new Map(branches.map((part) => [nameOf(part), part.tensor] as const));
  const layers = new Map(branches.map((part) => [nameOf(part), part.layer] as const));
  const targets = targetsOf(found);
  if (targets.length === 0 && sight === 'none')
    throw incomplete(`${ADAPTER_WEIGHTS} holds no LoRA matrix.`, ADAPTER_WEIGHTS);
  const scales = scalesOf(settings, layers);
  const { rank, alpha } = scales;
  const { dropout } = settings;
  const inputs = loraInputs(model, { rank, alpha, targets, sight });
  checkNames(found, inputs);
  const tensors = new Map(
    inputs.map((input) => [input.name, matrixOf(found, input, scales)] as const),
  );
  return {
    trainable: { kind: 'lora', rank, alpha, dropout, targets, sight, vision: false },
    tensors,
    base: baseOf(files, settings),
  };
}

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
 * A layer adds its own scale times B·A. Where that is the same in all layers matrices stay as they are; else shorter ones are
 * filled up with zeros and each B takes its scale in.
 */
function scalesOf(settings: PeftSettings, layers: ReadonlyMap<string, string>): Scales {
  const { rank, alpha, ranks, alphas, rootScale } = settings;
  const own = (name: string) => scaleOf(settings, layers.get(name) ?? '');
  const rankOf = (name: string) => own(name).rank;
  if (ranks.length === 0 && alphas.length === 0)
    return {
      rank,
      alpha: rootScale ? alpha * Math.sqrt(rank) : alpha,
      rankOf,
      factorOf: () => 1,
    };
  const most = Math.max(...[...layers.keys()].map(rankOf));
  return { rank: most, alpha: most, rankOf, factorOf: (name) => own(name).scale };
}

/** The last part of the path of each layer that has a matrix, in the decoder's order. */
function targetsOf(found: ReadonlyMap<string, TensorData>): TrainTarget[] {
  const ofText = [...found.keys()].filter((name) => !isVisionWeight(name));
  const modules = new Set(ofText.map((name) => name.replace(LORA_NAME, '').split('.').at(-1)));
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
