/** Serves the page of `npm run inspect` and its data to the headless browser, from this machine to itself. */
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, type Plugin } from 'vite';
import { PlaygroundError, toErrorRecord } from '../../src/base/errors.ts';

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Logits as they come in from the page. */
export interface PostedLogits {
  readonly name: string;
  readonly vocab: number;
  readonly rows: number;
  /** Token index of each row; null for the student, whose rows are the tokens. */
  readonly tokens: readonly number[] | null;
  readonly data: Float32Array;
}

export interface ServedFiles {
  /** Folder behind `/inspect/model/`. */
  readonly model?: string;
  /** What `/inspect/image` answers. */
  readonly image: Uint8Array;
  /** May throw: the page is answered 500 and the error's record. */
  readonly onLogits: (logits: PostedLogits) => void;
}

export interface InspectServer {
  /** Address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a development server with one page. Dependencies are not bundled ahead, so nothing is written
 * and nothing reloads; files are not watched.
 */
export async function startServer(served: ServedFiles): Promise<InspectServer> {
  const server = await createServer({
    root: PROJECT,
    configFile: path.join(PROJECT, 'vite.config.ts'),
    logLevel: 'error',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { host: '127.0.0.1', port: 0, strictPort: false, hmr: false, watch: null },
    plugins: [pagePlugin(served)],
  });
  await server.listen();
  const [base] = server.resolvedUrls?.local ?? [];
  return { url: new URL('/inspect/', base).href, close: () => server.close() };
}

function pagePlugin(served: ServedFiles): Plugin {
  return {
    name: 'inspect',
    configureServer: ({ middlewares, config }) => {
      middlewares.use((request, response, next) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        if (!url.pathname.startsWith('/inspect/')) return next();
        for (const [name, value] of Object.entries(config.server.headers ?? {}))
          if (value !== undefined) response.setHeader(name, value);
        answer(url, request, response, served);
      });
    },
  };
}

function answer(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  { model, image, onLogits }: ServedFiles,
): void {
  const name = url.pathname.slice('/inspect/'.length);
  if (name === '') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end('<!doctype html><script type="module" src="/scripts/inspect/page.ts"></script>');
  } else if (name === 'image') response.end(image);
  else if (name === 'logits') receive(request, response, url.searchParams, onLogits);
  else if (name.startsWith('model/') && model !== undefined) {
    const file = path.join(model, path.basename(decodeURIComponent(name)));
    response.setHeader('Content-Length', statSync(file).size);
    createReadStream(file).pipe(response);
  } else response.writeHead(404).end();
}

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  onLogits: ServedFiles['onLogits'],
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = Buffer.concat(chunks);
    try {
      onLogits({
        name: query.get('name') ?? '',
        vocab: Number(query.get('vocab')),
        rows: Number(query.get('rows')),
        tokens: query.get('tokens')?.split(',').map(Number) ?? null,
        data: new Float32Array(new Uint8Array(bytes).buffer),
      });
      response.end();
    } catch (error) {
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(toErrorRecord(error, 'logits')));
    }
  });
}

/** Names of the files a checkpoint consists of. Throws `inspect.no-folder`. */
export function checkpointFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.(json|jinja|safetensors|txt)$/.test(name));
  } catch (cause) {
    throw unreadable('--model', folder, cause);
  }
}

/** A file's bytes. Throws `inspect.unreadable` naming the flag. */
export function readFileOf(flag: string, file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw unreadable(flag, file, cause);
  }
}

function unreadable(flag: string, file: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'inspect.unreadable',
      message: `${file} cannot be read.`,
      fix: `Give ${flag} a path that exists and that you may read.`,
      where: flag,
      detail: { original: String(cause) },
    },
    { cause },
  );
}
