/** How fast the Lab is from a cold page, as one JSON object: `npm run -s bench:lab`. Build first. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { inHeadlessPage } from '../scripts/headless/browser.ts';
import { parseTrace } from '../src/engine/traces/trace-file.ts';
import { FLAGS, runCommand } from './command.ts';
import { initialScriptBytes } from './initial-scripts.ts';
import { READY, RUN, SETTLED, stepMs, stepThrough } from './lab-page.ts';
import { longTrace } from './long-trace.ts';

const DIST = path.resolve('dist');
/** Tokens of the longest rollout that the page asks for by default. */
const FULL_TOKENS = 96;
/** Tokens of a trace as long as the strip has to bear. */
const LONG_TOKENS = 4096;
const RECORDED = 'public/recorded/pink-sun.json';

/** Milliseconds since the navigation began when a condition first held, looked at every frame. */
const firstTime = (page: Page, condition: string): Promise<number> =>
  page
    .waitForFunction(`(${condition}) && performance.now()`)
    .then((handle) => handle.jsonValue())
    .then(Number);

/** From a click to the first frame in which a condition holds. */
async function clicked(page: Page, button: string, condition: string): Promise<number> {
  const start = await page.evaluate(
    `(() => { const at = performance.now(); (${button}).click(); return at; })()`,
  );
  return (await firstTime(page, condition)) - Number(start);
}

/** Tokens of the rollout on the page. */
const tokensShown = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const last = document.querySelector('[role="listbox"] [role="option"]');
    return Number(last?.getAttribute('aria-setsize') ?? 0);
  });

const markOld = (page: Page) =>
  page.evaluate(`document.querySelector('[data-stage]').dataset.old = ''`);
const NEW = `${SETTLED} && !document.querySelector('[data-old]')`;

/**
 * No less work than one rollout of {@link FULL_TOKENS} tokens: the model ends earlier by itself, so rollouts
 * of other scenes follow each other until they have that many, each with its picture read, written, scored
 * by all its teachers and drawn.
 */
async function fullRollout(page: Page) {
  let [ms, tokens] = [0, 0];
  for (let scene = 2; tokens < FULL_TOKENS; scene++) {
    await markOld(page);
    const button = `document.querySelectorAll('[aria-label="Scenes to pick from"] button')[${scene % 6}]`;
    ms += await clicked(page, button, NEW);
    tokens += await tokensShown(page);
  }
  return { fullRolloutMs: ms, fullRolloutTokens: tokens };
}

/** Stepping through an imported trace of {@link LONG_TOKENS} tokens. */
async function longSteps(page: Page): Promise<number> {
  const trace = longTrace(parseTrace(readFileSync(RECORDED, 'utf8')), LONG_TOKENS);
  return stepThrough(page, trace);
}

async function measure(page: Page, url: string) {
  await page.goto(url, { waitUntil: 'commit' });
  const recordedMs = await firstTime(
    page,
    `document.querySelector('[data-recorded]') && document.querySelector('[role="option"]')`,
  );
  await page.getByRole('button', { name: 'All controls' }).click();
  const modelReadyMs = await firstTime(page, READY);
  await firstTime(page, SETTLED);
  // The run after the first one: a person’s, with the model warm.
  await markOld(page);
  const rolloutMs = await clicked(page, RUN, NEW);
  const rolloutTokens = await tokensShown(page);
  const wrong = `document.querySelectorAll('[aria-label="Answers to try"] button')[2]`;
  const rescoreMs = await clicked(
    page,
    wrong,
    `${SETTLED} && document.querySelector('[data-testid="moved"]')`,
  );
  const backend = await page.getByRole('button', { name: /^Backend/ }).textContent();
  const { fullRolloutMs, fullRolloutTokens } = await fullRollout(page);
  const times = {
    recordedMs,
    modelReadyMs,
    rolloutMs,
    fullRolloutMs,
    rescoreMs,
    stepMs: await stepMs(page),
    longStepMs: await longSteps(page),
  };
  return { times, rolloutTokens, fullRolloutTokens, backend };
}

async function run(): Promise<string> {
  // Conditions are evaluated as text, which the page's own policy forbids.
  const { backend, times, ...tokens } = await inHeadlessPage({ bypassCSP: true }, measureBuild);
  const rounded = Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [name, Number(ms.toFixed(1))]),
  );
  return JSON.stringify({
    ...rounded,
    ...tokens,
    initialJsGzipBytes: initialScriptBytes(DIST),
    backend: backend?.includes('WebGPU') ? 'webgpu' : 'wasm',
  });
}

async function measureBuild(page: Page) {
  if (!existsSync(path.join(DIST, 'index.html')))
    throw FLAGS.bad('dist', 'There is no build to measure.', 'Run `npm run build` first.');
  const { preview } = await import('vite');
  const server = await preview({ preview: { port: 0 }, logLevel: 'silent' });
  try {
    return await measure(page, server.resolvedUrls?.local[0] ?? '');
  } finally {
    await server.close();
  }
}

await runCommand('', run);
