/** Serves a command's page and its data to the headless browser, from this machine to itself. */
import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { toErrorRecord } from '../../src/base/errors.ts';
import { ISOLATION } from '../vite/isolation.ts';
import { builtPages } from './built-pages.ts';

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Where the page and everything that is its own lie. */
const PAGE = '/headless/';

export interface ServedFiles {
  /** The page's script, from the project's root. */
  readonly script: string;
  /** Folder behind `/headless/model/`. */
  readonly model?: string;
  /** What else is answered, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** What the page posts, by name. May throw: the page is answered 500 and the error's record. */
  readonly onPost?: (name: string, query: URLSearchParams, body: Uint8Array<ArrayBuffer>) => void;
}

export interface HeadlessServer {
  /** Address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a page with its workers, built unless all is as it was when they were built before. */
export async function startServer(served: ServedFiles): Promise<HeadlessServer> {
  const first = path.normalize(served.script);
  const { files: built, scripts } = await builtPages(first.split(path.sep)[0]);
  const script = scripts.get(first);
  if (script === undefined) throw new Error(`${served.script} is no page of a command`);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
    if (pathname.startsWith(PAGE))
      answer(pathname.slice(PAGE.length), searchParams, request, response, { ...served, script });
    else if (built.has(pathname)) {
      response.setHeader('Content-Type', contentType(pathname));
      response.end(built.get(pathname));
    } else sendFile(path.join(PROJECT, 'public'), pathname.slice(1), response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${PAGE}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function contentType(address: string): string {
  if (/\.m?js$/.test(address)) return 'text/javascript';
  return address.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
}

function answer(
  name: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  { script, model, files = {}, onPost }: ServedFiles,
): void {
  if (request.method === 'POST' && onPost !== undefined)
    receive(request, response, (body) => onPost(name, query, body));
  else if (name === '') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><script type="module" src="${script}"></script>`);
  } else if (Object.hasOwn(files, name)) response.end(files[name]);
  else if (name.startsWith('model/') && model !== undefined)
    sendFile(path.resolve(model), name.slice('model/'.length), response);
  else response.writeHead(404).end();
}

/** A file below a folder; whatever lies elsewhere or is none is not there. */
function sendFile(folder: string, name: string, response: ServerResponse): void {
  const file = path.join(folder, decodeURIComponent(name));
  const found = file.startsWith(folder + path.sep)
    ? statSync(file, { throwIfNoEntry: false })
    : undefined;
  if (!found?.isFile()) return void response.writeHead(404).end();
  response.setHeader('Content-Length', found.size);
  createReadStream(file).pipe(response);
}

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  take: (body: Uint8Array<ArrayBuffer>) => void,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    try {
      take(new Uint8Array(Buffer.concat(chunks)));
      response.end();
    } catch (error) {
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(toErrorRecord(error, name(request))));
    }
  });
}

function name({ url }: IncomingMessage): string {
  return url?.split('?')[0] ?? 'request';
}
