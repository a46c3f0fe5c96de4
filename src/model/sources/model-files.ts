/** Which files make a model in the Hugging Face layout, and their contents. */

import { type ByteStore, inMemory, ofBlob, readsInParts } from '../../base/byte-store.ts';
import { PlaygroundError } from '../../base/errors.ts';
import type { FolderFile } from '../../contract/engine.ts';
import type { ExportPrecision } from '../../contract/models/model.ts';
import type { TransferProgress } from '../../contract/models/model-sources.ts';
import { GENAI_CONFIG, genaiExport, withoutOriginal } from '../formats/genai-export.ts';
import { findOnnxExport, type OnnxExport } from '../formats/onnx-export.ts';
import { unreadFormat } from '../formats/weight-formats.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, adaptersIn, chosenAdapter } from './inner-adapters.ts';
import { readJsonObject } from './json-source.ts';
import { inBillions, MAX_BYTES } from './limits.ts';
import { Progress, type ReadProgress } from './progress.ts';
import { unreadable } from './read-errors.ts';
import type { FileSource } from './source.ts';

export interface ReadOptions {
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Of files that are brought from a host first. */
  readonly onTransfer?: (progress: TransferProgress) => void;
  readonly signal?: AbortSignal;
  /** See LoadRequest. */
  readonly precision?: ExportPrecision;
  /** See LoadRequest. */
  readonly adapter?: string | null;
}

/** The texts of a model in the Hugging Face layout, as far as a folder has them. */
export const MODEL_TEXTS = [
  'config.json',
  'tokenizer.json',
  'vocab.json',
  'merges.txt',
  'added_tokens.json',
  'special_tokens_map.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'processor_config.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
] as const;

/** What has to be there, each in one of its forms; the first is the one that is asked for. */
const REQUIRED: readonly (readonly (readonly string[])[])[] = [
  [['config.json']],
  [['tokenizer.json'], ['vocab.json', 'merges.txt']],
  [['tokenizer_config.json']],
  [['preprocessor_config.json'], ['processor_config.json']],
];

export const WEIGHTS_FILE = 'model.safetensors';
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

/** What the model that comes with the site consists of; asking for no more keeps the host's log clean. */
export const SITE_FILES: readonly string[] = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'generation_config.json',
  'chat_template.jinja',
  WEIGHTS_FILE,
];

/** The texts of a model, and its weights when they are asked for. */
export class ModelFiles {
  readonly name: string;
  /** Comes with the site. */
  readonly trusted: boolean;
  readonly #texts: ReadonlyMap<string, Uint8Array>;
  readonly #weights: () => Promise<ReadonlyMap<string, ByteStore>>;
  readonly #onnx: OnnxExport | null;
  /** See {@link NeededFiles}. */
  readonly passedOver: readonly string[];
  /** Folder of the adapter; null without one. */
  readonly #adapter: string | null;

  constructor(
    { name, trusted }: FileSource,
    texts: ReadonlyMap<string, Uint8Array>,
    weights: () => Promise<ReadonlyMap<string, ByteStore>>,
    { onnx, adapter, passedOver }: Pick<NeededFiles, 'onnx' | 'adapter' | 'passedOver'>,
  ) {
    this.passedOver = passedOver;
    // Its figures are those of both together.
    this.name = adapter ? `${name} with ${adapter}` : name;
    this.#adapter = adapter;
    this.trusted = trusted;
    this.#texts = texts;
    this.#weights = weights;
    this.#onnx = onnx;
  }

  /** Whether its weights come as ONNX graphs. */
  get isOnnx(): boolean {
    return this.#onnx !== null;
  }

  /** A text file, or undefined where it is not there. Throws `model.file-foreign` for bytes that are no UTF-8. */
  text(name: string): string | undefined {
    const bytes = this.#texts.get(name);
    if (bytes === undefined) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new PlaygroundError(
        {
          code: 'model.file-foreign',
          message: `${name} is not a text file.`,
          fix: `Take ${name} unchanged from the model's Hugging Face page.`,
          where: name,
          detail: { bytes: bytes.length },
        },
        { cause },
      );
    }
  }

  /** Configurations, tokenizer and chat template as they were read, by name. */
  get companions(): ReadonlyMap<string, string> {
    const texts = MODEL_TEXTS.map((name) => [name, this.text(name)] as const);
    return new Map(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
  }

  /** Opens what is large: the weights of the model, shards included, and of an adapter beside them. */
  async weights(): Promise<ModelWeights> {
    const found = await this.#weights();
    const ofAdapter = this.#adapter === null ? '' : homeOf(this.#adapter) + ADAPTER_WEIGHTS;
    const model = new Map([...found].filter(([name]) => name !== ofAdapter));
    const sizes = [...this.#texts.values()].map(({ length }) => length);
    for (const { size } of found.values()) sizes.push(size);
    return {
      model,
      onnx: this.#onnx,
      adapter: this.#adapterFiles(found.get(ofAdapter)),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
    };
  }

  #adapterFiles(weights: ByteStore | undefined): ModelWeights['adapter'] {
    if (this.#adapter === null) return null;
    const config = this.#texts.get(homeOf(this.#adapter) + ADAPTER_CONFIG);
    const files: [string, Uint8Array][] = config === undefined ? [] : [[ADAPTER_CONFIG, config]];
    if (weights !== undefined) files.push([ADAPTER_WEIGHTS, weights.read(0, weights.size)]);
    return {
      folder: this.#adapter,
      files: files.map(([path, bytes]) => ({ path, file: new Blob([new Uint8Array(bytes)]) })),
    };
  }
}

export interface ModelWeights {
  /** The files of the model itself by name, safetensors or graphs. */
  readonly model: ReadonlyMap<string, ByteStore>;
  /** The graphs among those files, where the model came as ONNX. */
  readonly onnx: OnnxExport | null;
  /** The adapter that is merged into them, with its folder, '' for their own; null without one. */
  readonly adapter: { readonly folder: string; readonly files: readonly FolderFile[] } | null;
  /** Bytes of all files read, texts included. */
  readonly bytes: number;
}

/**
 * Reads the texts of a model; its weights are read when they are asked for, or at once where the source is
 * trusted. `shardsOf` names the shards from the text of the weights' index.
 * Throws {@link PlaygroundError} `model.file-missing` (naming the file and what is there instead), `model.too-large`,
 * `model.format` for weights that are not read here, and what the source throws.
 */
export async function readModelFiles(
  source: FileSource,
  shardsOf: (index: string) => readonly string[],
  options: ReadOptions = {},
): Promise<ModelFiles> {
  const { onProgress, onTransfer, signal } = options;
  const progress = new Progress(onProgress);
  const needed = await neededFiles(source, shardsOf, options);
  const { texts, weights, sizes } = needed;
  await source.prepare?.([...texts, ...weights], { signal, onTransfer });
  announce([...texts, ...weights], sizes, progress);
  const readAll = async (names: readonly string[]) => {
    const read = async (name: string) =>
      [name, await source.read(name, { progress, signal })] as const;
    return new Map(await Promise.all(names.map(read)));
  };
  const openAll = async () => {
    const open = async (name: string) =>
      [name, await weightsIn(source, name, sizes.get(name), progress, signal)] as const;
    return new Map(await Promise.all(weights.map(open)));
  };
  if (!source.trusted) return new ModelFiles(source, await readAll(texts), openAll, needed);
  const started = openAll();
  // Should a text fail first, nobody waits for the weights.
  started.catch(() => undefined);
  return new ModelFiles(source, await readAll(texts), () => started, needed);
}

export interface NeededFiles {
  readonly texts: readonly string[];
  readonly weights: readonly string[];
  /** Of all files of the source. */
  readonly sizes: ReadonlyMap<string, number | null>;
  readonly onnx: OnnxExport | null;
  /** Folder of the adapter that is merged into the weights; null without one. */
  readonly adapter: string | null;
  /** Folders of adapters that graphs do not take and that nobody asked for. */
  readonly passedOver: readonly string[];
}

/**
 * Names of the files that a load reads, and what the source says of all. Throws what {@link readModelFiles} throws about
 * a file that is not there and a format that is not read, and what `chosenAdapter` throws.
 */
export async function neededFiles(
  source: FileSource,
  shardsOf: (index: string) => readonly string[],
  { signal, precision, adapter: asked }: Pick<ReadOptions, 'signal' | 'precision' | 'adapter'> = {},
): Promise<NeededFiles> {
  const sizes = await source.list(signal);
  for (const forms of REQUIRED)
    if (!forms.some((names) => names.every((name) => sizes.has(name))))
      throw sizes.has(GENAI_CONFIG)
        ? withoutOriginal(forms[0][0])
        : await source.lacking(forms[0][0]);
  const onnx = await onnxIn(source, sizes, signal, precision);
  const weights = onnx?.files ?? (await weightNames(source, sizes, shardsOf, signal));
  const texts: string[] = MODEL_TEXTS.filter((name) => sizes.has(name));
  // Graphs take none; one beside them is refused where it is read.
  const onlyBeside = onnx !== null && asked === undefined && !sizes.has(ADAPTER_CONFIG);
  const adapter = onlyBeside ? null : chosenAdapter(sizes.keys(), asked);
  const ofAdapter = (name: string) => {
    const path = adapter === null ? '' : homeOf(adapter) + name;
    return sizes.has(path) ? [path] : [];
  };
  const passedOver = onlyBeside ? adaptersIn(sizes.keys()) : [];
  return {
    passedOver,
    texts: [...texts, ...ofAdapter(ADAPTER_CONFIG)],
    weights: [...weights, ...ofAdapter(ADAPTER_WEIGHTS)],
    sizes,
    onnx,
    adapter,
  };
}

const homeOf = (folder: string) => (folder === '' ? '' : `${folder}/`);

/** A file of weights: on the disk where that is possible, in memory otherwise, where it may not be larger than one array. */
async function weightsIn(
  source: FileSource,
  name: string,
  bytes: number | null | undefined,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<ByteStore> {
  const blob = await source.blob?.(name);
  const size = blob?.size ?? bytes ?? 0;
  if (size > MAX_BYTES && !(blob && readsInParts())) throw onlyWhole(name, size);
  if (!blob) return inMemory(await source.read(name, { progress, signal }));
  const store = await ofBlob(blob, (cause) => unreadable(name, blob.size, cause));
  progress.add(name, store.size);
  return store;
}

/** Graphs are taken where there are no weights to build them from. */
async function onnxIn(
  source: FileSource,
  sizes: ReadonlyMap<string, unknown>,
  signal: AbortSignal | undefined,
  precision: ExportPrecision | undefined,
): Promise<OnnxExport | null> {
  if (sizes.has(WEIGHTS_FILE) || sizes.has(WEIGHTS_INDEX)) return null;
  const paths = [...sizes.keys()];
  const found = findOnnxExport(paths, precision);
  if (found !== null || !sizes.has(GENAI_CONFIG)) return found;
  const config = await source.read(GENAI_CONFIG, { signal });
  return genaiExport(readJsonObject(new TextDecoder().decode(config), GENAI_CONFIG), paths);
}

/** As in transformers, one file of weights wins over an index that an earlier save left behind. */
async function weightNames(
  source: FileSource,
  sizes: ReadonlyMap<string, number | null>,
  shardsOf: (index: string) => readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const sharded = !sizes.has(WEIGHTS_FILE) && sizes.has(WEIGHTS_INDEX);
  const index = sharded ? await source.read(WEIGHTS_INDEX, { signal }) : null;
  const names = index === null ? [WEIGHTS_FILE] : shardsOf(new TextDecoder().decode(index));
  for (const name of names)
    if (!sizes.has(name)) throw unreadFormat([...sizes.keys()]) ?? (await source.lacking(name));
  return [...names];
}

/** Tells how much there is to read. */
function announce(
  names: readonly string[],
  sizes: ReadonlyMap<string, number | null>,
  progress: Progress,
): void {
  progress.await(names.filter((name) => sizes.get(name) === null));
  for (const name of names) {
    const size = sizes.get(name);
    if (typeof size === 'number') progress.expect(name, size);
  }
}

function onlyWhole(name: string, bytes: number): PlaygroundError {
  return new PlaygroundError({
    code: 'model.too-large',
    message: `${name} has ${inBillions(bytes)} GB and can only be read as a whole here, which takes ${inBillions(MAX_BYTES)} GB at most.`,
    fix: 'Put the files into a folder and pick that: files of the disk are read in parts.',
    where: name,
    detail: { bytes, limit: MAX_BYTES },
  });
}
