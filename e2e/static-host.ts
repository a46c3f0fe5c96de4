/** The plainest static host: files under a sub-path, content types, and no headers that are not asked for. */
import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

export interface StaticHost {
  /** Address of the site's index page, ending in a slash. */
  url: string;
  /** Paths asked for that do not exist. */
  missing: string[];
  /** Serves another folder from now on: a release. */
  release(folder: string): void;
  close(): Promise<void>;
}

export interface HostOptions {
  /** Sent with every file. */
  headers?: Readonly<Record<string, string>>;
  /** Unknown addresses get the index page and status 200, as hosts of single-page applications do. */
  indexForUnknown?: boolean;
}

/**
 * Serves `folder` under `subPath` (as `/some/where/`) on a free port of localhost.
 *
 * @throws the server's own error if no port can be had.
 */
export async function serveStatically(
  folder: string,
  subPath: string,
  { headers = {}, indexForUnknown = false }: HostOptions = {},
): Promise<StaticHost> {
  const missing: string[] = [];
  let served = folder;
  const server = createServer((request, response) => {
    const wanted = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const inside = wanted.startsWith(subPath) ? wanted.slice(subPath.length) : undefined;
    let file = inside === undefined ? undefined : path.join(served, inside || 'index.html');
    if (file === undefined || !isFile(file)) {
      missing.push(wanted);
      if (!indexForUnknown) {
        response.writeHead(404).end();
        return;
      }
      file = path.join(served, 'index.html');
    }
    const type = CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...headers, 'Content-Type': type });
    createReadStream(file).pipe(response);
  });
  return {
    url: `${await listen(server)}${subPath}`,
    missing,
    release(next) {
      served = next;
    },
    close: () => close(server),
  };
}

export interface Elsewhere {
  /** Of a script that anybody may fetch, import, or open a socket to. */
  url: string;
  /** What came, each as its address. */
  asked: string[];
  close(): Promise<void>;
}

/** Another origin, which answers everything and notes who asked. */
export async function serveElsewhere(): Promise<Elsewhere> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, {
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Content-Type': 'text/javascript',
    });
    response.end('export default 1');
  });
  server.on('upgrade', (request, socket) => {
    asked.push(request.url ?? '');
    socket.destroy();
  });
  // A name of its own for this machine: the policy of the site allows servers on localhost.
  const origin = (await listen(server)).replace('//localhost', '//elsewhere.localhost');
  return { url: `${origin}/program.js`, asked, close: () => close(server) };
}

/** Starts a server on a free port; gives its origin. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, 'localhost', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://localhost:${port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
