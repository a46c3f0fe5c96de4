/**
 * A model at an address: a base URL and the names of the files under it, fetched whole or in ranges. The model that
 * comes with the site is one; the content policy allows no other origin.
 */

import { PlaygroundError } from '../../base/errors.ts';
import type { Progress } from './progress.ts';
import { missing, truncated, unreachable } from './read-errors.ts';
import type { ByteRange, FileSource, SourceReadOptions } from './source.ts';

export interface Address {
  readonly name: string;
  /** Absolute. */
  readonly url: string;
  /** A plain host lists nothing, so whoever knows the folder says what is in it. */
  readonly files: readonly string[];
  readonly trusted: boolean;
}

export class AddressSource implements FileSource {
  readonly name: string;
  readonly trusted: boolean;
  readonly #base: string;
  readonly #files: readonly string[];

  constructor({ name, url, files, trusted }: Address) {
    this.name = name;
    this.trusted = trusted;
    this.#base = url.endsWith('/') ? url : `${url}/`;
    this.#files = files;
  }

  async list(): Promise<ReadonlyMap<string, null>> {
    return new Map(this.#files.map((name) => [name, null]));
  }

  /** Two tabs that fill one cache can break each other's transfer, so a broken one is tried again past the cache. */
  async read(name: string, options: SourceReadOptions = {}): Promise<Uint8Array> {
    const { progress, signal, range } = options;
    const url = new URL(name, this.#base);
    const attempt = async (cache: RequestCache) =>
      readBody(await ask(url, name, { cache, range, signal }), name, options);
    try {
      return await attempt('default');
    } catch (error) {
      const code = error instanceof PlaygroundError ? error.record.code : '';
      if (code !== 'model.unreachable' && code !== 'model.file-truncated') throw error;
      progress?.restart(name);
      return attempt('no-store');
    }
  }

  async lacking(name: string): Promise<PlaygroundError> {
    return notThere(name, new URL(name, this.#base));
  }
}

interface Asking {
  readonly cache: RequestCache;
  readonly range: ByteRange | undefined;
  readonly signal: AbortSignal | undefined;
}

async function ask(url: URL, name: string, { cache, range, signal }: Asking): Promise<Response> {
  const headers: Record<string, string> = range === undefined ? {} : { Range: rangeHeader(range) };
  let response: Response;
  try {
    response = await fetch(url, { cache, headers, ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(name, url, cause);
  }
  // A host that answers every unknown address with its index page has no such file either.
  const page = response.headers.get('content-type')?.startsWith('text/html') === true;
  if (response.status === 404 || (response.ok && page)) throw notThere(name, url);
  if (!response.ok) throw unreachable(name, url, `status ${response.status}`);
  return response;
}

const rangeHeader = ({ first, length }: ByteRange) => `bytes=${first}-${first + length - 1}`;

/** Reads a body into memory; a length that does not match its header is a broken transfer. */
async function readBody(
  response: Response,
  name: string,
  { progress, signal, range }: SourceReadOptions,
): Promise<Uint8Array> {
  const expected = expectedBytes(response, name, progress);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      loaded += chunk.length;
      progress?.add(name, chunk.length);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw truncated(name, loaded, expected, cause);
  }
  if (expected !== undefined && loaded !== expected) throw truncated(name, loaded, expected);
  const bytes = joined(chunks, loaded);
  // A host that knows no ranges sends the whole file.
  if (range === undefined || response.status === 206) return bytes;
  return bytes.subarray(range.first, range.first + range.length);
}

/** Bytes that a body will have; undefined where the host does not say it, or packs it. */
function expectedBytes(response: Response, name: string, progress?: Progress): number | undefined {
  const packed = response.headers.get('content-encoding') !== null;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  // Of a packed body this is the least that comes.
  progress?.expect(name, Number.isInteger(length) ? length : 0);
  return packed || !Number.isInteger(length) ? undefined : length;
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

function notThere(name: string, url: URL): PlaygroundError {
  return missing(
    name,
    `There is no ${url.pathname} on this site.`,
    'Reload the page; if this stays, its host serves the site incompletely.',
  );
}
