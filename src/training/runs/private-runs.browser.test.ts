/** Runs in the browser's private file system: they outlive what made them, whatever breaks off. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { toErrorRecord } from '../../base/errors.ts';
import { keepStorage } from '../../storage/private-files.ts';
import type { RunReply, RunTask } from './fixtures/run-worker.ts';
import { checkpointState, newRun, stepMetrics } from './fixtures/states.ts';
import { codeOf, storeCases } from './fixtures/store-cases.ts';
import { openRuns, type RunStore } from './run-store.ts';

async function clear(): Promise<void> {
  const site = await navigator.storage.getDirectory();
  await site.removeEntry('runs', { recursive: true }).catch(() => undefined);
}

beforeAll(clear);
afterAll(clear);

async function open(): Promise<RunStore> {
  const { runs, problem } = await openRuns();
  expect(problem).toBeNull();
  expect(runs.lasting).toBe(true);
  return runs;
}

describe('from a page', () => storeCases(open));

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** A worker at a task, with a wait for what it says. */
function start(task: RunTask) {
  const worker = new Worker(new URL('./fixtures/run-worker.ts', import.meta.url), {
    type: 'module',
  });
  workers.push(worker);
  const heard: RunReply[] = [];
  let wake = () => {};
  worker.addEventListener('message', ({ data }: MessageEvent<RunReply>) => {
    heard.push(data);
    wake();
  });
  worker.postMessage(task);
  return {
    end: () => worker.terminate(),
    async until(saved: number): Promise<void> {
      for (;;) {
        const last = heard.at(-1);
        if (last !== undefined && 'error' in last) throw new Error(last.error);
        if (last !== undefined && last.saved >= saved) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** A lock of a worker that was ended is free a moment later. */
async function opened(store: RunStore, id: string) {
  for (;;) {
    const code = await codeOf(store.open(id).then((run) => run.close()));
    if (code === 'none') return store.open(id);
    expect(code).toBe('run.busy');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a run that a worker holds cannot be had until the worker is gone', async () => {
  const id = 'held';
  const store = await open();
  const worker = start({ kind: 'hold', id });
  await worker.until(0);
  expect(await codeOf(store.open(id))).toBe('run.busy');
  expect(await codeOf(store.delete(id))).toBe('run.busy');
  worker.end();
  const run = await opened(store, id);
  await run.close();
  await store.delete(id);
});

test('a run can be taken from a worker that hangs', async () => {
  const id = 'taken';
  const store = await open();
  const worker = start({ kind: 'save', id, size: 16 });
  await worker.until(1);
  const run = await store.open(id, { takeOver: true });
  await expect(worker.until(Number.POSITIVE_INFINITY)).rejects.toThrow(/taken this run over/);
  await run.append([{ type: 'step', ...stepMetrics(1) }]);
  await run.close();
  await store.delete(id);
});

test('a worker that ends in the middle of saving loses no checkpoint that it had saved', async () => {
  const store = await open();
  for (let attempt = 0; attempt < 6; attempt++) {
    const id = `ended-${attempt}`;
    const worker = start({ kind: 'save', id, size: 40_000 });
    await worker.until(2 + (attempt % 3));
    await new Promise((resolve) => setTimeout(resolve, attempt * 7));
    worker.end();
    const run = await opened(store, id);
    const latest = await run.latest();
    expect(latest?.state.step).toBeGreaterThanOrEqual(2 + (attempt % 3));
    if (latest === null) throw new Error('no checkpoint is left');
    const { step, trainable } = latest.state;
    for (const [name, { data }] of checkpointState(id, step, 40_000).trainable) {
      const found = trainable.get(name)?.data;
      expect(data.every((value, i) => value === found?.[i])).toBe(true);
    }
    await run.rewind(step);
    expect((await run.latest())?.damaged).toEqual([]);
    await run.close();
    await store.delete(id);
  }
});

test('storage that is full says so, keeps what it has, and works again with space', async () => {
  const id = 'full';
  const store = await open();
  const run = await store.create(newRun(id));
  await run.saveCheckpoint(checkpointState(id, 1, 1000));
  const estimate = await store.estimate();
  expect(estimate?.quota).toBeGreaterThan(estimate?.usage ?? 0);
  const { usage = 0 } = await navigator.storage.estimate();
  const setQuota = (quotaSize?: number) =>
    cdp().send('Storage.overrideQuotaForOrigin', {
      origin: location.origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });
  await setQuota(usage + 200_000);
  try {
    // Whole, so that another refusal of the browser's would be read here.
    const problem = await run.saveCheckpoint(checkpointState(id, 2, 200_000)).catch(toErrorRecord);
    expect(problem).toMatchObject({ code: 'storage.full' });
    expect((await run.latest())?.state.step).toBe(1);
  } finally {
    await setQuota();
  }
  await run.saveCheckpoint(checkpointState(id, 3, 1000));
  expect((await run.latest())?.state.step).toBe(3);
  await run.close();
  await store.delete(id);
});

test('the browser may be asked to keep what is stored', async () => {
  expect(typeof (await keepStorage())).toBe('boolean');
});
