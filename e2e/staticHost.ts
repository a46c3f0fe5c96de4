/** The plainest static host: files under a sub-path, content types, and no headers that are not asked for. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
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
  close(): Promise<void>;
}

/**
 * Serves `folder` under `subPath` (as `/some/where/`) on a free port of localhost, with `headers` on every file.
 *
 * @throws the server's own error if no port can be had.
 */
export async function serveStatically(
  folder: string,
  subPath: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticHost> {
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const wanted = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const inside = wanted.startsWith(subPath) ? wanted.slice(subPath.length) : undefined;
    const file = inside === undefined ? undefined : path.join(folder, inside || 'index.html');
    if (file === undefined || !isFile(file)) {
      missing.push(wanted);
      response.writeHead(404).end();
      return;
    }
    const type = CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...headers, 'Content-Type': type });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, 'localhost', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}${subPath}`,
    missing,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
