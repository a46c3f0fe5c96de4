/** The built site on the plainest of hosts: a sub-path, no special headers, nothing but itself. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test, type Worker } from '@playwright/test';
import { initialScriptBytes } from '../bench/initial-scripts.ts';
import { type Elsewhere, type StaticHost, serveElsewhere, serveStatically } from './static-host.ts';

const BUILD = path.resolve(import.meta.dirname, '../dist');

test.use({ serviceWorkers: 'allow' });

let host: StaticHost;
let elsewhere: Elsewhere;

test.beforeAll(async () => {
  host = await serveStatically(BUILD, '/some/sub-path/');
  elsewhere = await serveElsewhere();
});

test.afterAll(async () => {
  await host.close();
  await elsewhere.close();
});

/** Collects what must not happen: requests elsewhere, refused content, errors on the console. */
function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(host.url) && !url.startsWith('blob:') && !url.startsWith('data:'))
      problems.push(`asked for ${url}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  return problems;
}

/** The first rollout runs by itself; one that was computed here means that model and engine did their work. */
async function expectRollout(page: Page): Promise<void> {
  await expect(page.getByText(/^Computed here, by/)).toBeVisible();
}

test('no more than 190 kB of scripts come before the engine', () => {
  expect(initialScriptBytes(BUILD)).toBeLessThanOrEqual(190_000);
});

test('the site works under a sub-path of a host without special headers', async ({ page }) => {
  const problems = watch(page);
  await page.goto(host.url);
  await expectRollout(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await page.waitForLoadState('networkidle');
  expect(problems).toEqual([]);
  expect(host.missing).toEqual([]);
});

test('so does the bench, with libraries that it fetches when it starts', async ({ page }) => {
  const problems = watch(page);
  await page.goto(`${host.url}?page=bench`);
  for (const name of ['JSD, β = 0.5', 'Forward KL and gradient', '1 × 151,936'])
    await page.getByRole('checkbox', { name, exact: true }).uncheck();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('Done.')).toBeVisible({ timeout: 300_000 });
  for (const contender of ['ours-cpu', 'jax-wasm', 'ort-wasm'])
    await expect(page.locator(`tr[data-contender="${contender}"]`)).toContainText('ms');
  expect(problems).toEqual([]);
  expect(host.missing).toEqual([]);
});

test('from the second visit on the page is isolated, and still whole', async ({ page }) => {
  const problems = watch(page);
  await page.goto(host.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.goto(host.url);
  await expectRollout(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.waitForLoadState('networkidle');
  expect(problems).toEqual([]);
  expect(host.missing).toEqual([]);
});

test('the site carries the licences of everything that is bundled', async ({ request }) => {
  expect(await (await request.get(host.url)).text()).toContain('href="./licences.txt"');
  const text = await (await request.get(`${host.url}licences.txt`)).text();
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  // Of radix-ui, which only names its parts, the parts are bundled.
  const { 'radix-ui': _, ...bundled } = dependencies;
  for (const [name, version] of Object.entries(bundled))
    expect(text).toContain(`\n${name} ${version} (`);
  // Not named in package.json: what those need in turn, and the runtime that is compiled into the wasm.
  for (const needed of ['scheduler', '@radix-ui/react-popover', 'iobuffer'])
    expect(text).toContain(`\n${needed} `);
  expect(text).toContain('THIRD PARTY SOFTWARE NOTICES');
});

test('the built page carries a content security policy without unsafe sources', async ({
  page,
}) => {
  await page.goto(host.url);
  const policy = await page
    .locator('meta[http-equiv="Content-Security-Policy"]')
    .getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/'unsafe-/);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "an inline script ran"';
    document.head.append(script);
    return document.title.includes('ran');
  });
  expect(ran).toBe(false);
});

/** What a worker is refused, asked inside it: everything that could carry data away or bring a program in. */
async function refusedIn(worker: Worker): Promise<Record<string, boolean>> {
  return worker.evaluate(async (elsewhere) => {
    const refused = (ask: () => unknown) =>
      // Out of the debugger's call, to which the policy on text as code does not apply.
      new Promise<boolean>((resolve) => {
        setTimeout(async () => {
          try {
            await ask();
            resolve(false);
          } catch {
            resolve(true);
          }
        });
      });
    const socket = (url: string) =>
      new Promise<void>((resolve, reject) => {
        const opened = new WebSocket(url);
        opened.onopen = () => resolve();
        opened.onerror = () => reject(new Error('refused'));
      });
    return {
      fetch: await refused(() => fetch(elsewhere)),
      noCors: await refused(() => fetch(elsewhere, { mode: 'no-cors' })),
      import: await refused(() => import(elsewhere)),
      text: await refused(() => new Function('return 1')()),
      socket: await refused(() => socket(elsewhere.replace('http', 'ws'))),
    };
  }, elsewhere.url);
}

const ALL_REFUSED = { fetch: true, noCors: true, import: true, text: true, socket: true };

for (const visit of ['first', 'second'])
  test(`on the ${visit} visit neither engine nor bench reaches elsewhere, or makes text into code`, async ({
    page,
  }) => {
    await page.goto(host.url);
    await expectRollout(page);
    if (visit === 'second') {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      await page.reload();
      await expectRollout(page);
      expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    }
    elsewhere.asked.length = 0;
    const [engine] = page.workers();
    expect(await refusedIn(engine)).toEqual(ALL_REFUSED);
    // The first worker of the bench looks at the machine and ends; the second stays for its run.
    await Promise.all([
      page.waitForEvent('worker'),
      page.getByRole('link', { name: 'Bench' }).click(),
    ]);
    await expect.poll(() => page.workers().length).toBe(1);
    const [bench] = await Promise.all([
      page.waitForEvent('worker'),
      page.getByRole('button', { name: 'Start' }).click(),
    ]);
    expect(await refusedIn(bench)).toEqual(ALL_REFUSED);
    expect(elsewhere.asked).toEqual([]);
  });

test('a worker of the site that the service worker answers for is held to the policy, however it starts', async ({
  page,
}) => {
  await page.goto(host.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.reload();
  const [worker] = await Promise.all([
    page.waitForEvent('worker', (started) => started.url().includes('bench.worker')),
    page.evaluate(() => {
      const list = JSON.parse(document.getElementById('own-files')?.textContent ?? '');
      const script = list.files.find((file: string) => file.includes('bench.worker'));
      Reflect.set(window, 'started', new Worker(script, { type: 'module' }));
    }),
  ]);
  expect(await refusedIn(worker)).toEqual(ALL_REFUSED);
});
