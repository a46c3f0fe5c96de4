/** Where a model may come from, what a look at it finds before its weights are read, and what the browser keeps of models. */

import type { ErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import type { ExportPrecision, ModelShape } from './model.ts';

/** One file of a folder the user picked; `path` is relative to the folder. */
export interface FolderFile {
  readonly path: string;
  readonly file: Blob;
}

/** A repository of a hub that answers as the Hugging Face Hub does. */
export interface HubSource {
  readonly kind: 'hub';
  /** Base address of the hub, without a slash at its end. */
  readonly hub: string;
  /** `owner/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Path of the model inside the repository; '' for its top. */
  readonly inner: string;
  /** An access token, sent to the hub itself and to no other host, and written nowhere. */
  readonly token?: string;
}

/** A folder on a plain host, which lists nothing. */
export interface AddressOfFolder {
  readonly kind: 'address';
  /** Absolute, ending in a slash. */
  readonly url: string;
}

export type RemoteSource = HubSource | AddressOfFolder;

/** Where a model's files come from. */
export type ModelSource =
  /** A folder on this site. `url` is absolute (a worker's own address is not the page's). */
  | { readonly kind: 'bundled'; readonly name: string; readonly url: string }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly FolderFile[];
      /** Path of the model to open, for a folder that holds several (`model.several` names them). */
      readonly inner?: string;
    }
  | RemoteSource;

/** What a person calls a source. */
export function sourceName(source: ModelSource): string {
  if (source.kind === 'hub')
    return source.inner === '' ? source.repo : `${source.repo}/${source.inner}`;
  if (source.kind !== 'address') return source.name;
  const { host, pathname } = new URL(source.url);
  return decodeURIComponent(pathname.split('/').filter(Boolean).at(-1) ?? host);
}

/**
 * What can be opened of a model: graphs by their precision, weights that graphs are built from, as they are or brought to
 * 4 bits while they are read, or the graphs that a list in the folder names.
 */
export type WeightKind = ExportPrecision | 'safetensors' | 'safetensors-q4' | 'onnx';

/** Below this many bytes of weights, threads wait for each other longer than they work. */
export const SMALL_MODEL_BYTES = 64_000_000;

/** Bytes of a model as far as its source tells: one that comes with the site is small, one from elsewhere large until it is known. */
export function expectedBytes(source: ModelSource): number {
  if (source.kind === 'bundled') return 0;
  if (source.kind !== 'folder') return Number.POSITIVE_INFINITY;
  return source.files.reduce((sum, { file }) => sum + file.size, 0);
}

export const isLarge = (source: ModelSource): boolean => expectedBytes(source) > SMALL_MODEL_BYTES;

/** A file as its source lists it. */
export interface FoundFile {
  readonly path: string;
  /** Null where only reading tells it. */
  readonly bytes: number | null;
  /** How much of it the browser keeps already. */
  readonly kept: number;
}

/** Whether something runs on this device, and why not. */
export type Verdict =
  | { readonly runs: true; readonly on: readonly ('webgpu' | 'wasm')[]; readonly note?: string }
  | { readonly runs: false; readonly reason: string };

/** Weights that can be opened: one row of the table of precisions. */
export interface FoundWeights {
  readonly kind: WeightKind;
  /** As the table says it: "q4f16", "bfloat16 safetensors in 2 files". */
  readonly label: string;
  readonly files: readonly string[];
  /** Bytes of all of them; null where the source does not say. */
  readonly bytes: number | null;
  /** Bytes of them that the browser keeps already. */
  readonly kept: number;
  /** Bytes that the weights take once loaded; null where nothing says it. */
  readonly memory: number | null;
  readonly verdict: Verdict;
}

/** What this device brings, as far as a model's choice depends on it. */
export interface DeviceFacts {
  /** Null where there is no GPU that WebGPU can use, with the reason beside it. */
  readonly gpu: {
    readonly name: string;
    readonly software: boolean;
    readonly f16: boolean;
    readonly subgroups: boolean;
    /** Largest buffer that a kernel can bind, bytes. */
    readonly largestBuffer: number;
  } | null;
  readonly noGpu: string | null;
  /** Bytes that WebAssembly can address. */
  readonly wasmBytes: number;
}

/** What a look at a model found; nothing of its weights has been read. */
export interface ModelLook {
  /** What a person calls it. */
  readonly name: string;
  /** With the commit of a hub in place of a branch, so that what was looked at is what is opened. */
  readonly source: ModelSource;
  /** Host that was asked; null for a folder of the disk. */
  readonly host: string | null;
  /** Nobody was asked: this is what the browser keeps of it. */
  readonly offline: boolean;
  /** What a person calls models of its kind; null where none was recognised. */
  readonly family: string | null;
  /** Why it does not open, whatever the device; null where it does. */
  readonly problem: ErrorRecord | null;
  /** Sizes of the network; null where its configuration was not read. */
  readonly shape: ModelShape | null;
  readonly files: readonly FoundFile[];
  /** In the order in which they are offered. */
  readonly weights: readonly FoundWeights[];
  /** The row that is recommended, with the reason; null where none runs. */
  readonly recommended: { readonly kind: WeightKind; readonly reason: string } | null;
  /** Bytes of the files beside the weights: configuration, tokenizer, template. */
  readonly companionBytes: number;
  /** Adapters in the folder, each by its path, the last written first; '' for one beside the weights. */
  readonly adapters: readonly string[];
  /** What else lies there and is not read, a sentence each. */
  readonly notices: readonly string[];
  readonly device: DeviceFacts;
}

/** How far a transfer of several files is. */
export interface TransferProgress {
  /** Bytes that are here, those of earlier visits too. */
  readonly loaded: number;
  readonly total: number;
  /** Bytes a second over the last seconds; null before anything is known. */
  readonly rate: number | null;
  /** Seconds; null where it cannot be told. */
  readonly left: number | null;
  /** What it waits for, a sentence; null while bytes come. */
  readonly waiting: string | null;
}

export type ModelsEvent =
  | ({ readonly type: 'model.transfer' } & TransferProgress)
  /** What is kept has changed, in this tab. */
  | { readonly type: 'models.changed' };

/** A model of which the browser keeps files. */
export interface KeptModel {
  readonly id: string;
  readonly name: string;
  /** Opens it again, without a network where it is whole. */
  readonly source: RemoteSource;
  /** Of the source, without a path. */
  readonly host: string;
  /** Commit of a hub; null for an address. */
  readonly commit: string | null;
  /** Bytes that are here. */
  readonly bytes: number;
  /** Bytes of the files that were begun; more than `bytes` where a transfer broke off. */
  readonly wanted: number;
  /** Precisions, and safetensors, that are here whole. */
  readonly whole: readonly WeightKind[];
  readonly savedAt: string;
  /** The loaded model reads it, here or in another tab. */
  readonly inUse: boolean;
}

export interface ModelShelf {
  readonly models: readonly KeptModel[];
  /** Bytes in use by this whole site, and that may be used; null where the browser does not say. */
  readonly room: { readonly usage: number; readonly quota: number } | null;
  /** The browser has promised not to clear it when space runs short. */
  readonly persistent: boolean;
  /** Why nothing outlives this tab; null where it does. */
  readonly problem: ErrorRecord | null;
}

/** Whether a published model runs on this device, judged by its table. */
export interface KnownVerdict {
  readonly repo: string;
  readonly runs: boolean;
  /** One or two sentences. */
  readonly says: string;
}

export interface FetchRequest {
  readonly source: RemoteSource;
  readonly precision?: ExportPrecision;
  /** See LoadRequest. */
  readonly adapter?: string | null;
}

/** What became of a fetch. */
export interface Fetched {
  /** Bytes of the model's files. */
  readonly bytes: number;
  /** They outlive the tab. */
  readonly lasting: boolean;
  /** Why not, where they do not. */
  readonly notice: string | null;
}

/** Of the engine's face: models before they are loaded. None of it waits for a job or disturbs the loaded model. */
export interface ModelsApi {
  /** What is there, read from lists and small texts alone. */
  lookAtModel(source: ModelSource): Promise<Outcome<ModelLook>>;
  /** Brings a model's files into the browser's storage, as far as they are not there; one at a time. */
  fetchModel(request: FetchRequest): Promise<Outcome<Fetched>>;
  /** Ends looks and fetches under way, which answer with `job.cancelled`; what has come is kept. */
  cancelFetch(): Promise<void>;
  /** Of the table of published models; no host is asked. */
  judgeKnownModels(): Promise<Outcome<readonly KnownVerdict[]>>;
  listModels(): Promise<Outcome<ModelShelf>>;
  /** Deletes what is kept of a model. Fails with `model.in-use` for one that is loaded, in any tab. */
  deleteModel(id: string): Promise<Outcome<null>>;
}
