/** What a model is and what of it would run here, from lists and small texts alone: nothing of its weights is read. */

import { type ErrorRecord, toErrorRecord } from '../base/errors.ts';
import { EXPORT_PRECISIONS, type ExportPrecision } from '../contract/models/model.ts';
import type {
  DeviceFacts,
  FoundFile,
  FoundWeights,
  ModelLook,
  ModelSource,
  Verdict,
  WeightKind,
} from '../contract/models/model-sources.ts';
import { shardsOf } from './assets.ts';
import { checkModelSize, requireOwnGraphs } from './families/abilities.ts';
import { estimate, usualPrecision } from './families/estimate.ts';
import { openArchitecture } from './families/families.ts';
import type { Architecture } from './families/family.ts';
import { findOnnxExport } from './formats/onnx-export.ts';
import { lookAtDevice } from './runtime/device.ts';
import { adaptersIn } from './sources/inner-adapters.ts';
import { readJsonObject } from './sources/json-source.ts';
import { inBillions, TAB_BYTES, WASM_BYTES } from './sources/limits.ts';
import { MODEL_TEXTS, neededFiles, WEIGHTS_FILE, WEIGHTS_INDEX } from './sources/model-files.ts';
import { openSource } from './sources/open-source.ts';
import { RemoteFolder, type RemoteOptions } from './sources/remote-folder.ts';
import type { FileSource } from './sources/source.ts';

/** What can be changed in tests. */
export type LookOptions = Omit<RemoteOptions, 'shardsOf'> & {
  readonly device?: () => Promise<DeviceFacts>;
};

type Sizes = ReadonlyMap<string, number | null>;

/** Weights, with what tells whether they run. */
interface Candidate extends Omit<FoundWeights, 'verdict' | 'kept'> {
  /** Why it does not open anywhere; null where it may. */
  readonly refused: string | null;
  /** Bytes of the largest tensor of a run; the architecture's unless given. */
  readonly largest?: number;
  /** Weights of 16 bits, which a GPU has to be able to read. */
  readonly halves?: boolean;
}

/**
 * Looks at a model. Throws {@link PlaygroundError} where nothing can be looked at: what `openSource` throws, and
 * `model.several`, which asks for a choice. Whatever else is wrong with the model is its `problem`.
 */
export async function lookAtModel(
  source: ModelSource,
  options: LookOptions = {},
): Promise<ModelLook> {
  const { signal } = options;
  const opened = await openSource(source, { ...options, shardsOf });
  const remote = opened instanceof RemoteFolder ? opened : null;
  const [sizes, device, kept] = await Promise.all([
    opened.list(signal),
    (options.device ?? lookAtDevice)(),
    remote?.kept() ?? new Map<string, number>(),
  ]);
  const files: FoundFile[] = [...sizes].map(([path, bytes]) => ({
    path,
    bytes,
    kept: kept.get(path) ?? 0,
  }));
  const { architecture, problem, graphs } = await described(opened, sizes, signal);
  const candidates =
    architecture === null ? [] : await candidatesOf(opened, sizes, architecture, graphs, signal);
  const weights = candidates.map((candidate) => rowOf(candidate, architecture, device, kept));
  const companions = MODEL_TEXTS.flatMap((name) => sizes.get(name) ?? []);
  return {
    name: opened.name,
    source: remote?.source ?? source,
    host: remote === null ? null : hostOf(remote.source),
    offline: remote?.offline ?? false,
    family: architecture?.family.label ?? null,
    problem,
    shape: architecture === null ? null : shapeOf(architecture),
    files,
    weights,
    recommended: problem === null ? recommendedOf(weights, device) : null,
    companionBytes: companions.reduce((sum, bytes) => sum + bytes, 0),
    adapters: adaptersIn(sizes.keys()),
    notices: [
      ...noticesOf(sizes),
      ...(await deepStackNotice(opened, weights, sizes, architecture, signal)),
    ],
    device,
  };
}

/** The model that config.json describes, and why the folder does not open whatever the device. */
async function described(
  source: FileSource,
  sizes: Sizes,
  signal?: AbortSignal,
): Promise<{
  architecture: Architecture | null;
  problem: ErrorRecord | null;
  /** Files of the graphs that a load would take by itself. */
  graphs: readonly string[] | null;
}> {
  let architecture: Architecture | null = null;
  try {
    if (!sizes.has('config.json')) throw await source.lacking('config.json');
    const config = new TextDecoder().decode(await source.read('config.json', { signal }));
    architecture = openArchitecture(readJsonObject(config, 'config.json'));
    const { onnx } = await neededFiles(source, shardsOf, { signal, adapter: null });
    return { architecture, problem: null, graphs: onnx?.files ?? null };
  } catch (error) {
    signal?.throwIfAborted();
    return { architecture, problem: toErrorRecord(error, 'model'), graphs: null };
  }
}

/** Everything that could be opened, in the order in which it is offered. */
async function candidatesOf(
  source: FileSource,
  sizes: Sizes,
  architecture: Architecture,
  graphs: readonly string[] | null,
  signal?: AbortSignal,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const shards = await safetensorsIn(source, sizes, signal);
  if (shards !== null) {
    const bytes = sumOf(shards, sizes);
    found.push(...ofStateDict(shards, bytes, architecture));
  }
  // As a load does: graphs are taken where there are no weights to build them from.
  if (shards !== null) return found;
  for (const precision of EXPORT_PRECISIONS) {
    const files = exportIn([...sizes.keys()], precision);
    if (files !== null) found.push(ofGraphs(precision, LABELS[precision], files, sizes));
  }
  if (found.length === 0 && graphs !== null)
    found.push(ofGraphs('onnx', 'graphs that genai_config.json names', graphs, sizes));
  return found;
}

/** Weights as they are, and brought to 4 bits while they are read. */
function ofStateDict(
  files: readonly string[],
  bytes: number | null,
  architecture: Architecture,
): Candidate[] {
  const { weights } = architecture;
  const many = files.length === 1 ? '' : ` in ${files.length} files`;
  const refused = messageOf(() => {
    requireOwnGraphs(architecture);
    checkModelSize(architecture);
  });
  // Bytes a weight, of which the file says nothing else before it is read.
  const usual = usualPrecision(weights, bytes !== null && bytes / weights > 3 ? 32 : 16);
  const kinds = [
    ['safetensors', usual, `safetensors${many}, kept in ${usual === 'fp32' ? 32 : 16} bits`],
    ['safetensors-q4', 'q4', `safetensors${many}, brought to 4 bits while they are read`],
  ] as const;
  return kinds.map(([kind, precision, label]) => {
    if (refused !== null) return { kind, label, files, bytes, memory: null, refused };
    const { weightBytes, largestTensorBytes } = estimate(architecture, precision);
    const halves = precision === 'fp16';
    const largest = largestTensorBytes;
    return { kind, label, files, bytes, memory: weightBytes, largest, halves, refused };
  });
}

function ofGraphs(
  kind: WeightKind,
  label: string,
  files: readonly string[],
  sizes: Sizes,
): Candidate {
  const bytes = sumOf(files, sizes);
  return {
    kind,
    label,
    files,
    bytes,
    memory: bytes,
    refused: bytes === null ? null : tooLargeHere(bytes),
  };
}

/** Whether they are is told when they open. */
const EIGHT_BITS =
  'weights of 8 bits; mostly quantized anew for every run, then for rollouts alone';

const LABELS: Readonly<Record<ExportPrecision, string>> = {
  fp32: 'fp32 graphs',
  q4: 'q4 graphs: weights of 4 bits, computed in 32',
  fp16: 'fp16 graphs',
  q4f16: 'q4f16 graphs: weights of 4 bits, computed in 16',
  bnb4: 'bnb4 graphs: weights of 4 bits (NF4)',
  quantized: `quantized graphs: ${EIGHT_BITS}`,
  int8: `int8 graphs: ${EIGHT_BITS}`,
  uint8: `uint8 graphs: ${EIGHT_BITS}`,
};

async function safetensorsIn(
  source: FileSource,
  sizes: Sizes,
  signal?: AbortSignal,
): Promise<string[] | null> {
  if (sizes.has(WEIGHTS_FILE)) return [WEIGHTS_FILE];
  if (!sizes.has(WEIGHTS_INDEX)) return null;
  try {
    return [...shardsOf(new TextDecoder().decode(await source.read(WEIGHTS_INDEX, { signal })))];
  } catch {
    // What is wrong with it stands in the problem of the whole.
    signal?.throwIfAborted();
    return null;
  }
}

function exportIn(paths: readonly string[], precision: ExportPrecision): readonly string[] | null {
  try {
    return findOnnxExport(paths, precision)?.files ?? null;
  } catch {
    return null;
  }
}

function rowOf(
  candidate: Candidate,
  architecture: Architecture | null,
  device: DeviceFacts,
  kept: ReadonlyMap<string, number>,
): FoundWeights {
  const { refused, largest: _, halves: __, ...row } = candidate;
  return {
    ...row,
    kept: row.files.reduce((sum, name) => sum + (kept.get(name) ?? 0), 0),
    verdict:
      refused === null
        ? verdictOf(candidate, architecture, device)
        : { runs: false, reason: refused },
  };
}

/** Bytes that the sessions of WebAssembly need beside the weights. */
const WASM_SPARE = 2 ** 32 - WASM_BYTES;

/** Kinds whose graphs compute in 16 bits, which a GPU has to be able to. */
const HALF_FLOATS: readonly WeightKind[] = ['fp16', 'q4f16'];

/** Why files of a model in graphs do not open in any tab; null where they may. */
export const tooLargeHere = (bytes: number): string | null =>
  bytes > TAB_BYTES
    ? `Its files have ${inBillions(bytes)} GB; a tab can take ${inBillions(TAB_BYTES)} GB.`
    : null;

/** Which backends of the device take the weights. */
export function verdictOf(
  { kind, memory, largest: own, halves }: Pick<Candidate, 'kind' | 'memory' | 'largest' | 'halves'>,
  architecture: Architecture | null,
  { gpu, noGpu, wasmBytes }: DeviceFacts,
): Verdict {
  const on: ('webgpu' | 'wasm')[] = [];
  const reasons: string[] = [];
  const largest = own ?? architecture?.abilities.needs.largestTensorBytes ?? 0;
  if (gpu === null) {
    // That stands beside the table, for all rows at once.
  } else if ((halves ?? HALF_FLOATS.includes(kind)) && !gpu.f16)
    reasons.push('It has weights of 16 bits, which this GPU cannot read (no shader-f16).');
  else if (largest > gpu.largestBuffer)
    reasons.push(
      `Its largest tensor has ${inBillions(largest)} GB, and this GPU binds ${inBillions(gpu.largestBuffer)} GB at once.`,
    );
  else on.push('webgpu');
  if (memory !== null && memory + WASM_SPARE > wasmBytes)
    reasons.push(
      `Its weights take ${inBillions(memory)} GB once loaded, and WebAssembly addresses ${inBillions(wasmBytes)} GB.`,
    );
  else on.push('wasm');
  if (on.length === 0)
    return { runs: false, reason: [...reasons, ...(noGpu === null ? [] : [noGpu])].join(' ') };
  return reasons.length === 0 ? { runs: true, on } : { runs: true, on, note: reasons.join(' ') };
}

/** In this order, where they run: the fewest bytes to fetch and to hold, on a GPU before the processor. */
const BY_SIZE: readonly WeightKind[] = [
  'q4f16',
  'q4',
  'bnb4',
  'fp16',
  'fp32',
  'onnx',
  'safetensors',
  'safetensors-q4',
  'quantized',
  'int8',
  'uint8',
];

function recommendedOf(
  weights: readonly FoundWeights[],
  { gpu }: DeviceFacts,
): ModelLook['recommended'] {
  const running = weights.filter(({ verdict }) => verdict.runs);
  const realGpu = gpu !== null && !gpu.software;
  const onGpu = running.filter(({ verdict }) => verdict.runs && verdict.on.includes('webgpu'));
  const from = realGpu && onGpu.length > 0 ? onGpu : running;
  const best = [...from].sort((a, b) => BY_SIZE.indexOf(a.kind) - BY_SIZE.indexOf(b.kind))[0];
  if (best === undefined) return null;
  const place = from === onGpu && realGpu ? 'on this GPU' : 'here, on the processor';
  if (running.length === 1)
    return { kind: best.kind, reason: `It is the only one that runs ${place}.` };
  if (best.kind === 'safetensors')
    return { kind: best.kind, reason: `It runs ${place} with its weights as they are.` };
  return { kind: best.kind, reason: `It is the smallest to fetch and to hold that runs ${place}.` };
}

function shapeOf({ config: { text }, weights }: Architecture): ModelLook['shape'] {
  const { vocabSize, kvHeads, headDim, maxPositions } = text;
  const layers = text.growingLayers ?? text.layers;
  return { parameters: weights, vocabSize, layers, kvHeads, headDim, maxPositions };
}

function noticesOf(sizes: Sizes): string[] {
  const paths = [...sizes.keys()];
  const notices: string[] = [];
  if (paths.some((path) => path.endsWith('.gguf')))
    notices.push('Its GGUF files are for llama.cpp and are not read here.');
  return notices;
}

/** Largest decoder without its weights that a look reads, bytes. */
const GRAPH_BYTES = 16 * 2 ** 20;
/** Stands in a decoder's graph as the name of an input, once a layer. */
const DEEPSTACK = 'deepstack_embeds.';

/** What graphs of a family with DeepStack lack where they leave it out, which the smallest decoder among them tells. */
async function deepStackNotice(
  source: FileSource,
  weights: readonly FoundWeights[],
  sizes: Sizes,
  architecture: Architecture | null,
  signal?: AbortSignal,
): Promise<string[]> {
  if (architecture === null || architecture.config.text.deepstackLayers === 0) return [];
  const size = (name: string) => sizes.get(name) ?? Number.POSITIVE_INFINITY;
  const [decoder] = weights
    .flatMap(({ files }) => files.filter((name) => /decoder[^/]*\.onnx$/.test(name)))
    .sort((a, b) => size(a) - size(b));
  if (decoder === undefined || size(decoder) > GRAPH_BYTES) return [];
  const graph = new TextDecoder('latin1').decode(await source.read(decoder, { signal }));
  if (graph.includes(DEEPSTACK)) return [];
  return [
    'Its graphs leave out DeepStack, the features of the picture that a Qwen3-VL adds to its first decoder layers: without a picture its figures are the model’s, with one they are those of another function.',
  ];
}

function sumOf(names: readonly string[], sizes: Sizes): number | null {
  let sum = 0;
  for (const name of names) {
    const bytes = sizes.get(name);
    if (typeof bytes !== 'number') return null;
    sum += bytes;
  }
  return sum;
}

/** What a check says against it; null where it passes. */
export function messageOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return toErrorRecord(error).message;
  }
}

const hostOf = (source: RemoteFolder['source']) =>
  new URL(source.kind === 'hub' ? source.hub : source.url).host;
