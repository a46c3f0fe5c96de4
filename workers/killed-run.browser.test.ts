/** Runs whose worker is ended in the middle of its work, with the real engine: what goes on is the run that never stopped. */

import * as Comlink from 'comlink';
import { beforeEach, expect, it } from 'vitest';
import { unwrap } from '../src/base/outcome.ts';
import type { EngineApi, EngineEvent } from '../src/contract/engine.ts';
import { trainSettings } from '../src/contract/train/train-settings.ts';
import { withSettings } from '../src/contract/train/train-validate.ts';
import type { StepMetrics } from '../src/contract/train/training.ts';
import { BUNDLED } from '../src/engine/fixtures/session.ts';
import { openRuns } from '../src/training/runs/run-store.ts';
import { STUCK } from './fixtures/stuck-worker.ts';

const SETTINGS = withSettings(trainSettings('vigos', 'tiny'), {
  steps: 4,
  rolloutsPerStep: 2,
  'sampling.maxNewTokens': 16,
  'trainable.rank': 4,
  'trainable.dropout': 0.1,
  'evaluation.every': 0,
  'followed.every': 2,
  checkpointEvery: 1,
});
const KEEP = { name: 'Run' };

beforeEach(async () => {
  const site = await navigator.storage.getDirectory();
  await site.removeEntry('runs', { recursive: true }).catch(() => undefined);
});

/** An engine in a worker that stops where its name says, see its file. */
async function startWorker(name: string) {
  const worker = new Worker(new URL('./fixtures/stuck-worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  const said = (word: string) =>
    new Promise<void>((resolve) =>
      worker.addEventListener('message', ({ data }) => data === word && resolve()),
    );
  const [started, stuck] = [said('started'), said(STUCK)];
  await started;
  const engine = Comlink.wrap<EngineApi>(worker);
  const events: EngineEvent[] = [];
  let saved = () => {};
  const isSaved = new Promise<void>((resolve) => {
    saved = resolve;
  });
  await engine.listen(
    Comlink.proxy((event) => {
      events.push(event);
      if (event.type === 'run.saved') saved();
    }),
  );
  unwrap(await engine.load({ source: BUNDLED, backend: 'wasm' }));
  const kill = async () => {
    const freed = navigator.locks.request(name, () => undefined);
    worker.terminate();
    await freed;
  };
  const steps = () =>
    events.flatMap((event) => (event.type === 'train.step' ? [event.metrics.step] : []));
  return { engine, steps, isSaved, stuck, kill };
}

/** What of a step depends on the machine and not on the run. */
function figures({ ms, compileMs, tokensPerSecond, memory, ...rest }: StepMetrics) {
  return rest;
}

/** Everything of a run that is written down and must not depend on how often it was ended. */
async function written(runId: string) {
  const { log, checkpoint } = await (await openRuns()).runs.read(runId);
  if (checkpoint === null) throw new Error(`${runId} has no checkpoint`);
  const { step, trainable, optimizer, metrics, followed } = checkpoint;
  return {
    state: { step, trainable, optimizer, followed, metrics: metrics.map(figures) },
    log: { ...log, metrics: log.metrics.map(figures) },
  };
}

it('a worker ended in a step, in both writes of a checkpoint and in an export leaves a run that ends bit for bit like one never ended', async () => {
  const whole = await startWorker('whole');
  const asked = { runId: 'whole', settings: SETTINGS, keep: KEEP };
  expect(unwrap(await whole.engine.train(asked))).toMatchObject({ state: 'done', step: 4 });
  await whole.kill();

  const inStep = await startWorker('in-step');
  void inStep.engine.train({ ...asked, runId: 'killed' });
  await inStep.isSaved;
  await inStep.kill();
  expect(inStep.steps()).toEqual([1]);

  const inCheckpoint = await startWorker('checkpoint-000002');
  void inCheckpoint.engine.resumeRun('killed');
  await inCheckpoint.stuck;
  await inCheckpoint.kill();
  expect(inCheckpoint.steps()[0]).toBe(2);

  const inLog = await startWorker('metrics.jsonl');
  expect(unwrap(await inLog.engine.openRun('killed'))).toMatchObject({ goesOnFrom: 1 });
  void inLog.engine.resumeRun('killed');
  await inLog.stuck;
  await inLog.kill();

  const inExport = await startWorker('export');
  expect(unwrap(await inExport.engine.openRun('killed'))).toMatchObject({ goesOnFrom: 1 });
  const paused = await inExport.engine.resumeRun('killed', { pauseAfter: 2 });
  expect(unwrap(paused)).toMatchObject({ state: 'paused', step: 3 });
  void inExport.engine.exportRun('killed', 'huggingface');
  await inExport.stuck;
  await inExport.kill();

  const last = await startWorker('last');
  expect(unwrap(await last.engine.resumeRun('killed'))).toMatchObject({ state: 'done', step: 4 });
  expect(last.steps()).toEqual([4]);
  await last.kill();
  expect(await written('killed')).toEqual(await written('whole'));
}, 600_000);
