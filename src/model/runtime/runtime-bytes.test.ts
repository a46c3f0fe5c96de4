/** Bytes are counted as they come, and only where somebody waits for them. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { fetchCounted, isSlowLine } from './runtime-bytes.ts';

it('tells how many bytes have come, and gives all of them', async () => {
  const file = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const server = createServer(({ url }, response) => {
    response.statusCode = url === '/there' ? 200 : 404;
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const told: number[] = [];
  const bytes = await fetchCounted(`http://127.0.0.1:${port}/there`, (loaded) => told.push(loaded));
  expect(new Uint8Array(bytes ?? new ArrayBuffer(0))).toEqual(file);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(file.length);
  expect(await fetchCounted(`http://127.0.0.1:${port}/gone`, () => undefined)).toBeNull();
});

it('a line is slow where the browser says so', () => {
  expect(isSlowLine({ connection: { downlink: 3 } })).toBe(true);
  expect(isSlowLine({ connection: { downlink: 10 } })).toBe(false);
  expect(isSlowLine({ connection: {} })).toBe(false);
  expect(isSlowLine({})).toBe(false);
});
