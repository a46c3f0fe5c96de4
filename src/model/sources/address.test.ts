/** A file at an address comes whole or in ranges, also from a host that knows no ranges. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { AddressSource } from './address.ts';
import { Progress, type ReadProgress } from './progress.ts';

const BODY = 'abcdefghij';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function source(ranges: boolean): Promise<AddressSource> {
  server = createServer((request, response) => {
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (request.url !== '/m/weights') return response.writeHead(404).end();
    if (!ranges || asked === null) return response.end(BODY);
    const part = BODY.slice(Number(asked[1]), Number(asked[2]) + 1);
    return response.writeHead(206, { 'Content-Length': part.length }).end(part);
  });
  await new Promise<void>((resolve) => server?.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}/m`;
  return new AddressSource({ name: 'm', url, files: ['weights'], trusted: false });
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('a range is the same bytes whether the host knows ranges or sends everything', async () => {
  for (const ranges of [true, false]) {
    const from = await source(ranges);
    expect(text(await from.read('weights', { range: { first: 2, length: 3 } }))).toBe('cde');
    expect(text(await from.read('weights', { range: { first: 8, length: 9 } }))).toBe('ij');
    expect(text(await from.read('weights'))).toBe(BODY);
    server?.close();
  }
});

it('tells its bytes as they come, and names a file that is not there', async () => {
  const from = await source(true);
  const seen: ReadProgress[] = [];
  await from.read('weights', { progress: new Progress((progress) => seen.push(progress)) });
  expect(seen.at(-1)?.loaded).toBe(BODY.length);
  await expect(from.read('absent')).rejects.toMatchObject({
    record: { code: 'model.file-missing', where: 'absent' },
  });
});

it('ends with the reason it was aborted for', async () => {
  const from = await source(true);
  const reason = new Error('enough');
  const reading = from.read('weights', { signal: AbortSignal.abort(reason) });
  await expect(reading).rejects.toBe(reason);
});
