/** A load can be cancelled while its files are on their way. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Engine } from './engine.ts';

// The runtime warms up beside the download and asks the browser for its cores.
beforeAll(() => void vi.stubGlobal('navigator', { hardwareConcurrency: 1 }));
afterAll(() => void vi.unstubAllGlobals());

const MODEL = new URL('../../public/models/tiny-qwen2.5-vl/', import.meta.url);

it('a cancelled load closes its downloads in the middle, and the next one has its turn', async () => {
  const closed: string[] = [];
  const begun = new EventTarget();
  const asked = new Promise((resolve) => begun.addEventListener('weights', resolve));
  // A host that sends the beginning of the weights, and nothing more.
  const host = createServer((request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    if (request.url?.startsWith('/nowhere/') === true) return response.writeHead(404).end();
    if (name !== 'model.safetensors') return response.end(readFileSync(new URL(name, MODEL)));
    response.on('close', () => closed.push(name));
    response.writeHead(200, { 'Content-Length': 1000 });
    return response.write('half', () => begun.dispatchEvent(new Event('weights')));
  });
  await new Promise<void>((resolve) => host.listen(0, resolve));
  const { port } = host.address() as AddressInfo;
  const load = (engine: Engine, folder: string) => {
    const url = `http://localhost:${port}/${folder}/`;
    return engine.load({ source: { kind: 'bundled', name: folder, url }, backend: 'wasm' });
  };
  try {
    const engine = new Engine();
    const loading = load(engine, 'slow');
    await asked;
    expect(await load(engine, 'nowhere')).toMatchObject({ error: { code: 'model.load-busy' } });
    await engine.cancelLoad();
    expect(await loading).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    await expect.poll(() => closed).toEqual(['model.safetensors']);
    expect((await engine.status()).model).toBeNull();
    const next = await load(engine, 'nowhere');
    expect(next).toMatchObject({ ok: false, error: { code: 'model.file-missing' } });
  } finally {
    host.closeAllConnections();
    host.close();
  }
});
