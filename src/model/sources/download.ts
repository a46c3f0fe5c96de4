/** Brings one file from its host into a place that outlives a break: by ranges, checked by length and checksum. */

import { type Checksum, checksumOf, type Sums } from './checksum.ts';
import { type Asked, brokeOff, noReply, refusal, stillBusy, wrongLength } from './remote-errors.ts';

/** A file of a host. */
export interface RemoteFile extends Sums {
  /** Inside the repository or folder. */
  readonly path: string;
  readonly url: string;
  /** Null where the host does not say it, or packs what it sends. */
  readonly bytes: number | null;
  /** By what a host without checksums tells this version of the file from others; null where it does not. */
  readonly version: string | null;
}

/** What a host lists. */
export interface Listing {
  /** Of a hub: the commit that the revision named when it was asked. */
  readonly commit: string | null;
  readonly files: readonly RemoteFile[];
}

/** Where a file comes to lie. */
export interface Sink {
  /** Bytes that are there. */
  size(): Promise<number>;
  append(bytes: Uint8Array): Promise<void>;
  /** Throws away what is there. */
  restart(): Promise<void>;
  content(): Promise<Blob | null>;
  /** By what the host told this version of the file from others when it began; null where it did not. */
  readonly mark: string | null;
  setMark(mark: string | null): Promise<void>;
}

export interface DownloadOptions {
  readonly fetch: typeof fetch;
  readonly withToken: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Bytes as they come to lie there; negative for those thrown away. */
  readonly onBytes?: (bytes: number) => void;
  /** What it waits for, a sentence. */
  readonly onWait?: (reason: string) => void;
  /** Shorter in tests. */
  readonly patience?: Patience;
}

export interface Patience {
  /** Without a byte for so long, a connection is given up and made anew, ms. */
  readonly stallMs: number;
  /** Before the first try again, ms; doubled by every further one. */
  readonly firstWaitMs: number;
  /** All waits without a byte in between, ms. */
  readonly mostWaitMs: number;
  /** Tries without a byte in between. */
  readonly tries: number;
}

const PATIENCE: Patience = { stallMs: 30_000, firstWaitMs: 1000, mostWaitMs: 180_000, tries: 6 };

/** Bytes that are gathered before they are written. */
const PIECE = 4 * 2 ** 20;

/** A try that failed and may be made again. */
class Broken extends Error {
  readonly status: number | null;
  /** How long the host asks to wait, ms. */
  readonly after: number | null;

  constructor(cause: unknown, status: number | null = null, after: number | null = null) {
    super('broken', { cause });
    this.status = status;
    this.after = after;
  }
}

/**
 * Brings the rest of a file. Throws {@link PlaygroundError} `hub.not-found`, `hub.private`, `hub.busy`, `hub.failing`,
 * `hub.refused`, `hub.unreachable`, `hub.broke-off`, `model.wrong-length`, `model.wrong-checksum`, what the sink throws,
 * and the signal's reason; in all of them but a wrong checksum what has come stays in the sink.
 */
export async function download(
  file: RemoteFile,
  sink: Sink,
  options: DownloadOptions,
): Promise<void> {
  const { signal, onBytes, onWait, patience = PATIENCE, withToken } = options;
  const asked: Asked = { what: file.path, host: new URL(file.url).host, withToken };
  const checked = new Checked(file, sink, options);
  let tries = 0;
  let waited = 0;
  for (;;) {
    const before = checked.have;
    try {
      if (await checked.begin()) return await checked.finish();
      await transfer(file, asked, checked, options);
      if (await checked.isWhole()) return await checked.finish();
      throw new Broken('the body ended early');
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Broken)) throw error;
      if (checked.have > before) {
        tries = 0;
        waited = 0;
      }
      tries++;
      const wait = error.after ?? patience.firstWaitMs * 2 ** (tries - 1);
      waited += wait;
      if (tries >= patience.tries || waited > patience.mostWaitMs)
        throw error.status !== null
          ? stillBusy(asked, error.status)
          : checked.have > 0
            ? brokeOff(asked, checked.have, error.cause)
            : noReply(asked, error.cause);
      onWait?.(waitInWords(asked.host, error.status, wait));
      await pause(wait, signal);
      onBytes?.(0);
    }
  }
}

function waitInWords(host: string, status: number | null, ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const then = `going on in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  if (status === 429) return `${host} asks for patience: ${then}.`;
  return `The connection to ${host} broke: ${then}.`;
}

/** A sink with the checksum of what lies in it. */
class Checked {
  have = 0;
  readonly #file: RemoteFile;
  readonly #sink: Sink;
  readonly #options: DownloadOptions;
  #sum: Checksum | null = null;
  #begun = false;

  constructor(file: RemoteFile, sink: Sink, options: DownloadOptions) {
    this.#file = file;
    this.#sink = sink;
    this.#options = options;
  }

  get mark(): string | null {
    return this.#sink.mark;
  }

  /** Takes up what is there; true where nothing is left to fetch. */
  async begin(): Promise<boolean> {
    if (!this.#begun) {
      this.#begun = true;
      this.have = await this.#sink.size();
      this.#sum = checksumOf(this.#file, this.#file.bytes);
      // Of a file that its host tells no length of, nobody knows whether it is whole.
      if (this.have > (this.#file.bytes ?? 0)) await this.restart();
      else await this.#takeUp();
    }
    return this.#file.bytes !== null && this.have === this.#file.bytes && this.have > 0;
  }

  async #takeUp(): Promise<void> {
    const content = this.have > 0 ? await this.#sink.content() : null;
    if (content === null || this.#sum === null) return;
    for (let at = 0; at < content.size; at += PIECE) {
      this.#options.signal?.throwIfAborted();
      this.#sum.add(new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer()));
    }
  }

  async restart(mark: string | null = null): Promise<void> {
    const thrown = this.have;
    await this.#sink.restart();
    await this.#sink.setMark(mark);
    this.have = 0;
    this.#sum = checksumOf(this.#file, this.#file.bytes);
    if (thrown > 0) this.#options.onBytes?.(-thrown);
  }

  async setMark(mark: string | null): Promise<void> {
    if (mark !== this.#sink.mark) await this.#sink.setMark(mark);
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#sum?.add(bytes);
    await this.#sink.append(bytes);
    this.have += bytes.length;
  }

  /** After a body that ended as its host meant it to. */
  async isWhole(): Promise<boolean> {
    const { bytes } = this.#file;
    if (bytes === 0 && this.have === 0) await this.#sink.append(new Uint8Array());
    return bytes === null || this.have === bytes;
  }

  async finish(): Promise<void> {
    try {
      this.#sum?.check(this.#file.path);
    } catch (error) {
      await this.restart();
      throw error;
    }
  }
}

async function transfer(
  file: RemoteFile,
  asked: Asked,
  to: Checked,
  options: DownloadOptions,
): Promise<void> {
  const { fetch: ask, signal, patience = PATIENCE, onBytes } = options;
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    const response = await answered(file, asked, to, ask, both, stop, patience);
    const mark = response.headers.get('ETag') ?? response.headers.get('Last-Modified');
    const other = to.mark !== null && mark !== null && mark !== to.mark;
    // The whole file comes, or its host has another version by now: what is here belongs to none of it. If-Range would
    // say the same, but is a header that hosts elsewhere have to allow first.
    if (response.status !== 206) await to.restart(mark);
    else if (other || startOf(response, to.have) !== to.have) await to.restart();
    else await to.setMark(mark ?? to.mark);
    if (response.status !== 206 || to.have > 0)
      return await take(file, response, to, stop, patience, onBytes);
  } finally {
    stop.abort();
  }
  return transfer(file, asked, to, options);
}

/** An answer with content. */
async function answered(
  file: RemoteFile,
  asked: Asked,
  to: Checked,
  ask: typeof fetch,
  signal: AbortSignal,
  stop: AbortController,
  patience: Patience,
): Promise<Response> {
  const headers: Record<string, string> = to.have > 0 ? { Range: `bytes=${to.have}-` } : {};
  let response: Response;
  try {
    response = await withinTime(
      ask(file.url, { headers, signal, referrerPolicy: 'no-referrer', cache: 'no-store' }),
      stop,
      patience.stallMs,
    );
  } catch (cause) {
    throw new Broken(cause);
  }
  const { status } = response;
  if (status === 416) {
    // The file ends before what is here does.
    stop.abort();
    const found = totalOf(response);
    if (found !== null && file.bytes !== null && found !== file.bytes)
      throw wrongLength(file.path, found, file.bytes);
    await to.restart();
    throw new Broken('range not satisfiable');
  }
  if (!response.ok) {
    const after = retryAfter(response);
    const error = refusal(asked, response);
    stop.abort();
    throw error ?? new Broken(`status ${status}`, status, after);
  }
  const total = totalOf(response);
  if (total !== null && file.bytes !== null && total !== file.bytes) {
    stop.abort();
    throw wrongLength(file.path, total, file.bytes);
  }
  return response;
}

async function take(
  file: RemoteFile,
  response: Response,
  to: Checked,
  stop: AbortController,
  { stallMs }: Patience,
  onBytes: DownloadOptions['onBytes'],
): Promise<void> {
  const reader = response.body?.getReader();
  let parts: Uint8Array[] = [];
  let waiting = 0;
  const write = async () => {
    if (waiting === 0) return;
    const bytes = parts.length === 1 ? parts[0] : joined(parts, waiting);
    parts = [];
    waiting = 0;
    await to.append(bytes);
  };
  try {
    while (reader !== undefined) {
      const { done, value } = await withinTime(reader.read(), stop, stallMs).catch((cause) => {
        throw new Broken(cause);
      });
      if (done) break;
      parts.push(value);
      waiting += value.length;
      onBytes?.(value.length);
      if (file.bytes !== null && to.have + waiting > file.bytes) {
        const found = to.have + waiting;
        parts = [];
        onBytes?.(-waiting);
        waiting = 0;
        await to.restart();
        throw wrongLength(file.path, found, file.bytes);
      }
      if (waiting >= PIECE) await write();
    }
  } finally {
    // What came before a break is worth keeping.
    await write();
  }
}

/** The whole length in an answer to a range, where the host lets it be read. */
function totalOf(response: Response): number | null {
  const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

/** First byte of an answer to a range; `asked` where the host does not let it be read. */
function startOf(response: Response, asked: number): number {
  const start = /^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  return start === undefined ? asked : Number(start);
}

/** Milliseconds that a host asks to wait: seconds or a date; null where it does not say. */
export function retryAfter(
  { headers }: Pick<Response, 'headers'>,
  now = Date.now(),
): number | null {
  const said = headers.get('Retry-After');
  if (said === null) return null;
  if (/^\d+$/.test(said.trim())) return Number(said) * 1000;
  const date = Date.parse(said);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

async function withinTime<T>(work: Promise<T>, stop: AbortController, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`nothing came for ${ms} ms`));
      stop.abort();
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
