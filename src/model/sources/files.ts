/** Where a model's files come from: a folder on this site, or one the user picked. */

import { PlaygroundError } from '../../base/errors.ts';
import { inBillions, tooLarge } from '../model-size.ts';
import { MAX_BYTES } from '../onnx/graph.ts';
import { Progress, type ReadProgress } from '../read-progress.ts';
import { checkpointHome, innerName, pathOf } from './folders.ts';
import { foundInstead } from './found-instead.ts';

/** One file of a picked folder; `path` is relative to it, with or without the folder's own name. */
export interface PickedFile {
  readonly path: string;
  readonly file: Blob;
}

export type FileSource =
  | { readonly kind: 'bundled'; readonly name: string; readonly url: string }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly PickedFile[];
      /** Path of the checkpoint to open inside the folder, where it holds several. */
      readonly inner?: string;
    };

export interface ReadOptions {
  readonly onProgress?: (progress: ReadProgress) => void;
  readonly signal?: AbortSignal;
}

/** The texts of a checkpoint in the Hugging Face layout, as far as a folder has them. */
const CHECKPOINT_TEXTS = [
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
  'adapter_config.json',
] as const;

/** What has to be there, each in one of its forms; the first is the one that is asked for. */
const REQUIRED: readonly (readonly (readonly string[])[])[] = [
  [['config.json']],
  [['tokenizer.json'], ['vocab.json', 'merges.txt']],
  [['tokenizer_config.json']],
  [['preprocessor_config.json'], ['processor_config.json']],
];

/** Beside full weights transformers applies it; see assets.ts. */
export const ADAPTER_FILE = 'adapter_model.safetensors';

export const WEIGHTS_FILE = 'model.safetensors';
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

/** What the model that comes with the site consists of; asking for no more keeps the host's log clean. */
const BUNDLED_FILES: readonly string[] = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'generation_config.json',
  'chat_template.jinja',
  WEIGHTS_FILE,
];

/** The bytes of a checkpoint's files by name. */
export class ModelFiles {
  readonly name: string;
  /** Bytes of all files. */
  readonly bytes: number;
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(name: string, files: ReadonlyMap<string, Uint8Array>) {
    this.name = name;
    this.#files = files;
    this.bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** A text file, or undefined where it is not there. Throws `model.file-foreign` for bytes that are no UTF-8. */
  text(name: string): string | undefined {
    const bytes = this.#files.get(name);
    if (bytes === undefined) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new PlaygroundError(
        {
          code: 'model.file-foreign',
          message: `${name} is not a text file.`,
          fix: `Take ${name} unchanged from the checkpoint's Hugging Face page.`,
          where: name,
          detail: { bytes: bytes.length },
        },
        { cause },
      );
    }
  }

  /** Configurations, tokenizer and chat template as they were read, by name. */
  get companions(): ReadonlyMap<string, string> {
    const names = CHECKPOINT_TEXTS.filter((name) => name !== 'adapter_config.json');
    const texts = names.map((name) => [name, this.text(name)] as const);
    return new Map(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
  }

  /** The safetensors files of the model itself, shards included. */
  get weights(): ReadonlyMap<string, Uint8Array> {
    return new Map(
      [...this.#files].filter(([name]) => name.endsWith('.safetensors') && name !== ADAPTER_FILE),
    );
  }

  /** An adapter that lies beside the weights, as picked files; null without one. */
  get adapter(): readonly PickedFile[] | null {
    if (!this.#files.has('adapter_config.json')) return null;
    return ['adapter_config.json', ADAPTER_FILE].flatMap((path) => {
      const bytes = this.#files.get(path);
      return bytes === undefined ? [] : [{ path, file: new Blob([new Uint8Array(bytes)]) }];
    });
  }
}

/**
 * Reads all files of a checkpoint. `shardsOf` names the shards from the text of the weights' index.
 * Throws {@link PlaygroundError} `model.file-missing` (naming the file and what is there instead),
 * `model.several` (naming the checkpoints of a folder that has several), `model.file-truncated`,
 * `model.unreachable`, and the signal's reason when it is aborted.
 */
export async function readModelFiles(
  source: FileSource,
  shardsOf: (index: string) => readonly string[],
  options: ReadOptions = {},
): Promise<ModelFiles> {
  const progress = new Progress(options.onProgress);
  const files =
    source.kind === 'bundled'
      ? await readBundled(source.url, progress, options.signal)
      : await readFolder(source, shardsOf, progress, options.signal);
  return new ModelFiles(modelName(source), files);
}

/** The folder's name, with the place of the checkpoint inside it. */
function modelName(source: FileSource): string {
  if (source.kind === 'bundled') return source.name;
  const inner = innerName(source.files, checkpointHome(source.files, source.inner));
  return inner === '' ? source.name : `${source.name}/${inner}`;
}

async function readBundled(
  url: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const base = url.endsWith('/') ? url : `${url}/`;
  progress.await(BUNDLED_FILES);
  const read = async (name: string) => {
    const bytes = await fetchFile(new URL(name, base), name, progress, signal);
    return [name, bytes] as const;
  };
  return new Map(await Promise.all(BUNDLED_FILES.map(read)));
}

/** Two tabs that fill one cache can break each other's transfer, so a broken one is tried again past the cache. */
async function fetchFile(
  url: URL,
  name: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const attempt = async (cache: RequestCache) =>
    readBody(await ask(url, name, cache, signal), name, progress, signal);
  try {
    return await attempt('default');
  } catch (error) {
    const code = error instanceof PlaygroundError ? error.record.code : '';
    if (code !== 'model.unreachable' && code !== 'model.file-truncated') throw error;
    progress.restart(name);
    return attempt('no-store');
  }
}

async function ask(
  url: URL,
  name: string,
  cache: RequestCache,
  signal?: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { cache, ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(name, url, cause);
  }
  // A host that answers every unknown address with its index page has no such file either.
  const page = response.headers.get('content-type')?.startsWith('text/html') === true;
  if (response.status === 404 || (response.ok && page))
    throw missing(name, `There is no ${url.pathname} on this site.`, RELOAD);
  if (!response.ok) throw unreachable(name, url, `status ${response.status}`);
  return response;
}

/** Reads a body into memory; a length that does not match its header is a broken transfer. */
async function readBody(
  response: Response,
  name: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const packed = response.headers.get('content-encoding') !== null;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const expected = packed || !Number.isInteger(length) ? undefined : length;
  // Of a packed body this is the least that comes.
  progress.expect(name, Number.isInteger(length) ? length : 0);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      loaded += chunk.length;
      progress.add(name, chunk.length);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw truncated(name, loaded, expected, cause);
  }
  if (expected !== undefined && loaded !== expected) throw truncated(name, loaded, expected);
  return joined(chunks, loaded);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1 && chunks[0].byteOffset === 0) return chunks[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function readFolder(
  source: Extract<FileSource, { kind: 'folder' }>,
  shardsOf: (index: string) => readonly string[],
  progress: Progress,
  signal?: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const home = checkpointHome(source.files, source.inner);
  const folder = new Map(
    source.files.flatMap((picked) => {
      const path = pathOf(picked);
      return path.startsWith(home) ? [[path.slice(home.length), picked.file] as const] : [];
    }),
  );
  for (const forms of REQUIRED)
    if (!forms.some((names) => names.every((name) => folder.has(name))))
      throw await lacking(forms[0][0], folder, source.files);
  // As in transformers: one file of weights wins over an index that an earlier save left behind.
  const index = folder.has(WEIGHTS_FILE) ? undefined : folder.get(WEIGHTS_INDEX);
  const weights = index === undefined ? [WEIGHTS_FILE] : shardsOf(await index.text());
  for (const name of weights)
    if (!folder.has(name)) throw await lacking(name, folder, source.files);
  const adapter = folder.has('adapter_config.json') ? [ADAPTER_FILE] : [];
  const wanted = [...CHECKPOINT_TEXTS, ...weights, ...adapter];
  const present = wanted.flatMap((name) => {
    const file = folder.get(name);
    return file === undefined ? [] : [{ name, file }];
  });
  const bytes = present.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > MAX_BYTES)
    throw tooLarge(`The checkpoint has ${inBillions(bytes)} GB`, 'model folder', {
      bytes,
      limit: MAX_BYTES,
    });
  for (const { name, file } of present) progress.expect(name, file.size);
  const files = new Map<string, Uint8Array>();
  for (const { name, file } of present) {
    signal?.throwIfAborted();
    files.set(name, await readFile(name, file, progress));
  }
  return files;
}

async function readFile(name: string, file: Blob, progress: Progress): Promise<Uint8Array> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    progress.add(name, bytes.length);
    return bytes;
  } catch (cause) {
    throw new PlaygroundError(
      {
        code: 'model.file-unreadable',
        message: `${name} can no longer be read; it was moved, changed or deleted after it was picked.`,
        fix: 'Pick the folder again.',
        where: name,
        detail: { bytes: file.size, original: String(cause) },
      },
      { cause },
    );
  }
}

async function lacking(
  name: string,
  folder: ReadonlyMap<string, Blob>,
  picked: readonly PickedFile[],
): Promise<PlaygroundError> {
  const { found, fix } = await foundInstead(folder, picked);
  return missing(name, found, fix);
}

const RELOAD = 'Reload the page; if this stays, its host serves the site incompletely.';

function missing(name: string, found: string, fix?: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.file-missing',
    message: `The model has no ${name}. ${found}`,
    fix:
      fix ??
      `Pick the folder of a Qwen2.5-VL checkpoint in the Hugging Face layout, with ${name} in it.`,
    where: name,
    detail: { found },
  });
}

function truncated(
  name: string,
  loaded: number,
  expected: number | undefined,
  cause?: unknown,
): PlaygroundError {
  const sizes = expected === undefined ? `${loaded} bytes` : `${loaded} of ${expected} bytes`;
  return new PlaygroundError(
    {
      code: 'model.file-truncated',
      message: `${name} was cut off after ${sizes}.`,
      fix: 'Check the connection and load the model again.',
      where: name,
      detail: { loaded, expected },
    },
    { cause },
  );
}

function unreachable(name: string, url: URL, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.unreachable',
      message: `${name} could not be fetched from this site.`,
      fix: 'Check the connection, then load the model again.',
      where: name,
      detail: { url: url.href, original: String(cause) },
    },
    { cause },
  );
}
