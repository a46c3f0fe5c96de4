import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { inHeadlessPage, openPage } from './browser.ts';

/** Takes requests and never answers, as a machine that is too busy. */
const server = createServer(() => undefined);
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => vi.unstubAllEnvs());

async function recordOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof PlaygroundError ? error.record : error;
}

it('a page that does not come is waited for aloud, and the end of the patience has its own fix', async () => {
  const said: string[] = [];
  const opening = inHeadlessPage({}, (page) =>
    openPage(page, url, 'inspect', {
      patience: 700,
      wordEvery: 100,
      say: (text) => said.push(text),
    }),
  );
  expect(await recordOf(opening)).toMatchObject({
    code: 'headless.timeout',
    message: expect.stringContaining('Waited for the page to load'),
    fix: expect.stringContaining('less busy'),
  });
  expect(said.length).toBeGreaterThan(2);
  expect(said[0]).toMatch(/^waiting for the page to load: \d+ s$/);
});

it('a script that never says it is ready is a time-out too', async () => {
  const opening = inHeadlessPage({}, (page) =>
    openPage(page, 'about:blank', 'inspect', { patience: 300, say: () => undefined }),
  );
  expect(await recordOf(opening)).toMatchObject({ code: 'headless.timeout' });
});

it('a page that dies is no unexpected error', async () => {
  const dying = inHeadlessPage({}, async (page) => {
    const session = await page.context().newCDPSession(page);
    session.send('Page.crash').catch(() => undefined);
    await page.evaluate(() => new Promise(() => undefined));
  });
  expect(await recordOf(dying)).toMatchObject({ code: 'headless.ended' });
});

it('a browser that does not start is named', async () => {
  vi.stubEnv('CHROMIUM_PATH', '/bin/false');
  expect(await recordOf(inHeadlessPage({}, async () => undefined))).toMatchObject({
    code: 'headless.no-start',
    message: expect.stringContaining('/bin/false'),
  });
});
