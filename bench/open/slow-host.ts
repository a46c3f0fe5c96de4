/** A folder behind an address of this machine, as a slow host serves it whose connections break. */
import { createReadStream, type Stats, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface SlowHostOptions {
  readonly folder: string;
  /** Bytes a second over all connections. */
  readonly rate: number;
  /** A connection ends after so many bytes of a file. */
  readonly cutAfter: number;
}

/** What it did. */
export interface HostFigures {
  readonly sentBytes: number;
  readonly cuts: number;
  /** Requests that went on where an earlier one had broken off. */
  readonly resumed: number;
}

export interface SlowHost {
  readonly url: string;
  readonly figures: HostFigures;
  close(): Promise<void>;
}

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Range',
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Expose-Headers': 'ETag, Content-Range',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export async function startSlowHost(options: SlowHostOptions): Promise<SlowHost> {
  const figures = { sentBytes: 0, cuts: 0, resumed: 0 };
  let free = 0;
  /** Waits until the line has room for so many bytes more. */
  const room = async (bytes: number) => {
    const now = performance.now();
    free = Math.max(now, free) + (bytes / options.rate) * 1000;
    await wait(free - now);
  };
  const server = createServer((request, response) => {
    answer(request, response, options, figures, room).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    figures,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, cutAfter }: SlowHostOptions,
  figures: { sentBytes: number; cuts: number; resumed: number },
  room: (bytes: number) => Promise<void>,
): Promise<void> {
  const file = path.join(folder, decodeURIComponent(request.url ?? '/'));
  const found = file.startsWith(folder + path.sep) ? fileAt(file) : undefined;
  if (request.method === 'OPTIONS') return void response.writeHead(204, HEADERS).end();
  if (found === undefined) return void response.writeHead(404, HEADERS).end();
  const { size, mtimeMs } = found;
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start > 0) figures.resumed++;
  response.writeHead(start > 0 ? 206 : 200, {
    ...HEADERS,
    'Content-Type': 'application/octet-stream',
    'Content-Length': size - start,
    ETag: `"${size}-${mtimeMs}"`,
    ...(start > 0 ? { 'Content-Range': `bytes ${start}-${size - 1}/${size}` } : {}),
  });
  if (request.method === 'HEAD' || size === 0) return void response.end();
  let sent = 0;
  for await (const piece of createReadStream(file, { start })) {
    await room(piece.length);
    if (response.destroyed) return;
    response.write(piece);
    figures.sentBytes += piece.length;
    sent += piece.length;
    if (sent < cutAfter || start + sent >= size) continue;
    figures.cuts++;
    // What was written has to leave before the connection goes.
    await wait(20);
    response.destroy();
    return;
  }
  response.end();
}

function fileAt(file: string): Stats | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? found : undefined;
}
