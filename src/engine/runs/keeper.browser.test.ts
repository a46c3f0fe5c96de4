/** Runs that the engine keeps: written while they train, gone on with by another engine, and what goes wrong. */

import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unwrap } from '../../base/outcome.ts';
import type { FloatTensor } from '../../contract/train/train-records.ts';
import { type TrainSettings, trainSettings } from '../../contract/train/train-settings.ts';
import { withSettings } from '../../contract/train/train-validate.ts';
import { readCheckpoint } from '../../training/runs/checkpoint-file.ts';
import { openRuns } from '../../training/runs/run-store.ts';
import type { Engine } from '../engine.ts';
import { BUNDLED, startEngine } from '../fixtures/session.ts';

/** What is kept does not depend on how long a step is: one rollout, cut off, which the reference teacher supervises. */
function short(changes: Readonly<Record<string, unknown>> = {}): TrainSettings {
  return withSettings(trainSettings('vigos', 'tiny'), {
    steps: 3,
    rolloutsPerStep: 1,
    'sampling.maxNewTokens': 16,
    'trainable.rank': 4,
    'evaluation.every': 0,
    'followed.every': 0,
    checkpointEvery: 1,
    ...changes,
  });
}

async function clear(): Promise<void> {
  const site = await navigator.storage.getDirectory();
  await site.removeEntry('runs', { recursive: true }).catch(() => undefined);
}

beforeEach(clear);
const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function start() {
  const started = await startEngine('wasm');
  engines.push(started.engine);
  return started;
}

/** Two of three steps, kept under the name "Mine"; the worker that made them lets go of it. */
async function twoSteps(settings = short()) {
  const { engine, events } = await start();
  const request = { runId: 'mine', settings, keep: { name: 'Mine' }, pauseAfter: 2 };
  expect(unwrap(await engine.train(request))).toMatchObject({ state: 'paused', step: 2 });
  await engine.stopTraining('mine');
  return { engine, events };
}

it('a run is written at every checkpoint, listed, and gone on with by another engine', async () => {
  const first = await twoSteps();
  expect(
    first.events.flatMap((event) => (event.type === 'run.saved' ? [event.step] : [])),
  ).toContain(1);
  const { engine, events } = await start();
  const { runs, broken } = unwrap(await engine.listRuns());
  expect(broken).toEqual([]);
  expect(runs).toMatchObject([{ runId: 'mine', name: 'Mine', step: 2, earlier: 1 }]);
  expect(unwrap(await engine.resumeRun('mine'))).toMatchObject({ state: 'done', step: 3 });
  const steps = events.flatMap((event) =>
    event.type === 'train.step' ? [event.metrics.step] : [],
  );
  expect(steps).toEqual([3]);
  const curves = unwrap(await engine.runCurves('mine'));
  expect(curves.metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
  const [{ savedAt }] = unwrap(await engine.listRuns()).runs;
  const renamed = unwrap(await engine.renameRun('mine', 'Yours'));
  expect(renamed.savedAt).toBe(savedAt);
  expect(renamed).toMatchObject({ name: 'Yours', step: 3, earlier: 2 });
  expect(unwrap(await engine.deleteRun('mine'))).toBeNull();
  expect(unwrap(await engine.listRuns()).runs).toEqual([]);
  expect(await engine.resumeRun('mine')).toMatchObject({ error: { code: 'run.missing' } });
  expect(await engine.renameRun('mine', 'x')).toMatchObject({ error: { code: 'run.missing' } });
}, 600_000);

it('weights that are absurd stop the run where it is; the checkpoint before them goes on', async () => {
  await twoSteps();
  const { runs } = await openRuns();
  const stored = await runs.open('mine');
  const state = (await stored.latest())?.state;
  if (state === undefined) throw new Error('no checkpoint was kept');
  const absurd = new Map(
    [...state.trainable].map(([name, { shape, data }]): [string, FloatTensor] => [
      name,
      { shape, data: data.map(() => 1e30) },
    ]),
  );
  await stored.rewind(1);
  await stored.saveCheckpoint({ ...state, trainable: absurd });
  await stored.close();

  const { engine } = await start();
  expect(await engine.resumeRun('mine')).toMatchObject({
    ok: false,
    error: {
      code: 'train.not-finite',
      where: 'rollout 0, token 0, student',
      fix: expect.stringMatching(/last good state/),
    },
  });
  // No weight moved, and everything can be taken elsewhere.
  expect(unwrap(await engine.trainCheckpoint('mine'))).toMatchObject({
    step: 2,
    trainable: absurd,
  });
  const { data } = unwrap(await engine.exportRun('mine', 'run'));
  const out = Object.entries(unzipSync(new Uint8Array(await data.arrayBuffer())));
  const [, bytes] = out.find(([name]) => name.endsWith('checkpoint.safetensors')) ?? [];
  expect((await readCheckpoint(bytes ?? new Uint8Array())).trainable).toEqual(absurd);
  const gone = unwrap(await engine.resumeRun('mine', { back: { learningRate: 2e-4 } }));
  expect(gone).toMatchObject({ state: 'done', step: 3 });
  const { metrics } = unwrap(await engine.runCurves('mine'));
  expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
  const [{ settings }] = unwrap(await engine.listRuns()).runs;
  expect(settings.optimizer.learningRate).toBe(2e-4);
}, 600_000);

it('a run that is stopped, or ended by another model, keeps the steps since its last checkpoint', async () => {
  const { engine, said } = await start();
  const settings = short({ checkpointEvery: 0 });
  for (const end of ['stop', 'load'] as const) {
    const stepped = said(({ type }) => type === 'train.step');
    const trained = engine.train({ runId: end, settings, keep: { name: end } });
    await stepped;
    if (end === 'stop') await engine.stopTraining(end);
    else unwrap(await engine.load({ source: BUNDLED, backend: 'wasm' }));
    const { state, step } = unwrap(await trained);
    expect(state).toBe('stopped');
    const { runs } = unwrap(await engine.listRuns());
    expect(runs.find(({ runId }) => runId === end)).toMatchObject({ step });
  }
}, 600_000);

it('there is no way back without an earlier checkpoint, and none to a senseless rate', async () => {
  const { engine } = await start();
  const settings = short();
  unwrap(await engine.train({ runId: 'mine', settings, keep: { name: 'Mine' }, pauseAfter: 1 }));
  const back = (learningRate: number) => engine.resumeRun('mine', { back: { learningRate } });
  expect(await back(1e-4)).toMatchObject({ error: { code: 'run.no-earlier' } });
  // What stopped it took nothing away.
  expect(unwrap(await engine.resumeRun('mine', { pauseAfter: 1 })).step).toBe(2);
  expect(await back(5)).toMatchObject({
    error: { code: 'train.invalid-setting', where: 'optimizer.learningRate' },
  });
  expect(unwrap(await engine.resumeRun('mine')).state).toBe('done');
}, 600_000);

it('an evaluation is written when it is measured, and not made again', async () => {
  const { engine, events, said } = await start();
  const settings = short({
    steps: 4,
    'evaluation.every': 2,
    'evaluation.items': 2,
    checkpointEvery: 2,
  });
  const secondIs = said((event) => event.type === 'train.evaluated' && event.evaluation.step === 2);
  const trained = engine.train({ runId: 'mine', settings, keep: { name: 'Mine' } });
  const evaluated = () =>
    events.flatMap((event) => (event.type === 'train.evaluated' ? [event.evaluation.step] : []));
  await secondIs;
  engine.pauseTraining('mine');
  expect(unwrap(await trained).state).toBe('paused');
  await engine.stopTraining('mine');
  const [stopped] = unwrap(await engine.listRuns()).runs;
  expect(stopped.evaluation?.step).toBe(evaluated().at(-1));
  expect(unwrap(await engine.resumeRun('mine')).state).toBe('done');
  expect(evaluated()).toEqual([0, 2, 4]);
  expect(unwrap(await engine.listRuns()).runs).toMatchObject([
    { step: 4, evaluation: { step: 4 } },
  ]);
}, 600_000);

it('a run that another engine takes over is written down first, and ends here', async () => {
  const { engine, events } = await start();
  // More than any machine makes until it is asked for the run.
  const settings = short({ steps: 5000, checkpointEvery: 0 });
  const trained = engine.train({ runId: 'mine', settings, keep: { name: 'Mine' } });
  const steps = () => events.filter(({ type }) => type === 'train.step').length;
  await expect.poll(steps, { timeout: 300_000 }).toBeGreaterThan(1);
  const other = await start();
  // Nothing is listed of it yet: it has no checkpoint.
  expect(unwrap(await other.engine.listRuns()).runs).toEqual([]);
  const resumed = await other.engine.resumeRun('mine', { takeOver: true, pauseAfter: 1 });
  const taken = events.flatMap((event) => (event.type === 'run.taken' ? [event.step] : []));
  expect(taken).toHaveLength(1);
  expect(taken[0]).toBeGreaterThan(1);
  expect(unwrap(resumed)).toMatchObject({ state: 'paused', step: taken[0] + 1 });
  expect(unwrap(await trained).state).toBe('stopped');
  expect(unwrap(await engine.listRuns()).runs).toMatchObject([{ elsewhere: true }]);
  expect(unwrap(await other.engine.listRuns()).runs).toMatchObject([{ elsewhere: false }]);
}, 600_000);

it('runs of a recipe are numbered in turn, and one that measured nothing is cleared away', async () => {
  const { engine } = await start();
  const { runs } = await openRuns();
  const keep = { name: 'Mine', numbered: true };
  const names: string[] = [];
  const identity = { model: { name: 'm', fingerprint: 'f'.repeat(64) }, backend: 'wasm' } as const;
  for (const id of ['a', 'b']) {
    const run = await runs.create({ id, ...keep, settings: short(), ...identity });
    names.push(run.record.name);
    await run.close();
  }
  expect(names).toEqual(['Mine 1', 'Mine 2']);
  expect(unwrap(await engine.listRuns()).runs).toEqual([]);
  expect(await runs.list()).toEqual([]);
}, 600_000);
