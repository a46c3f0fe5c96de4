/** Runs in the engine: pause and resume, the Lab between two steps, and what goes wrong. */

import { describe, expect, it } from 'vitest';
import { unwrap } from '../../base/outcome.ts';
import { trackWasmMemory } from '../../base/wasm-memory.ts';
import type { EngineEvent } from '../../contract/engine.ts';
import { type TrainSettings, trainSettings } from '../../contract/train/train-settings.ts';
import { withSetting, withSettings } from '../../contract/train/train-validate.ts';
import type { Checkpoint } from '../../contract/train/training.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { SAMPLING, startEngine, worldInput } from '../fixtures/session.ts';

/** Rollouts of full length, where the promise is about them. */
const FULL = { 'sampling.maxNewTokens': 96 };

/** Small enough for a slow machine: rollouts are cut off, and the reference teacher supervises them. */
function small(changes: Readonly<Record<string, unknown>> = {}): TrainSettings {
  return withSettings(trainSettings('vigos', 'tiny'), {
    steps: 4,
    rolloutsPerStep: 2,
    'sampling.maxNewTokens': 24,
    'trainable.rank': 4,
    'evaluation.every': 0,
    'followed.every': 0,
    ...changes,
  });
}

trackWasmMemory();

const losses = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'train.step' ? [event.metrics.loss] : []));

const states = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'train.state' ? [event.state] : []));

async function trained(settings: TrainSettings) {
  const { engine, events } = await startEngine('wasm');
  const result = unwrap(await engine.train({ runId: 'a', settings }));
  return { engine, events, result };
}

describe('a run', () => {
  it('that is paused, written down and gone on with elsewhere is the run that never stopped', async () => {
    const settings = small({ 'trainable.dropout': 0.1, 'followed.every': 2 });
    const whole = await trained(settings);
    expect(whole.result).toMatchObject({ state: 'done', step: 4 });
    const last = unwrap(await whole.engine.trainCheckpoint('a'));
    await whole.engine.dispose();

    const first = await startEngine('wasm');
    const paused = unwrap(await first.engine.train({ runId: 'a', settings, pauseAfter: 2 }));
    expect(paused).toMatchObject({ state: 'paused', step: 2 });
    const state = structuredClone(unwrap(await first.engine.trainCheckpoint('a')));
    await first.engine.dispose();

    const second = await startEngine('wasm');
    unwrap(await second.engine.train({ runId: 'a', settings, resume: state }));
    const found = [...losses(first.events), ...losses(second.events)];
    expect(found).toHaveLength(4);
    for (const [i, loss] of losses(whole.events).entries())
      expect(Math.abs(found[i] - loss)).toBeLessThan(1e-5);
    const end = unwrap(await second.engine.trainCheckpoint('a'));
    expect(end.metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(end.followed?.steps.map(({ step }) => step)).toEqual([0, 2, 4]);
    expect(end.followed?.rollout).toEqual(last.followed?.rollout);
    for (const [name, { data }] of last.trainable)
      for (const [i, value] of (end.trainable.get(name)?.data ?? []).entries())
        expect(Math.abs(value - data[i])).toBeLessThan(1e-5);
    await second.engine.dispose();
  }, 600_000);

  it('serves the Lab between two steps, and shows it the trained student', async () => {
    const { engine, events } = await startEngine('wasm');
    const settings = small({
      steps: 6,
      'optimizer.warmupSteps': 0,
      'optimizer.learningRate': 0.02,
    });
    const running = engine.train({ runId: 'a', settings });
    const input = worldInput();
    const sampling = { ...SAMPLING, maxNewTokens: 24 };
    const ask = (jobId: string) => ({ jobId, input, sampling, method: VIGOS_PAPER, score: true });
    const base = unwrap(await engine.rollout(ask('base')));
    expect(states(events)).not.toContain('done');
    expect(unwrap(await running)).toMatchObject({ state: 'done' });
    const chosen = unwrap(await engine.takeStudent({ kind: 'run', runId: 'a', step: 6 }));
    expect(chosen).toMatchObject({ label: 'vigos, step 6', step: 6, runId: 'a' });
    expect(chosen?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const completion = { kind: 'ids', ids: base.completions[0], sampling } as const;
    const score = { input, completion, method: VIGOS_PAPER };
    const moved = unwrap(await engine.score({ jobId: 'moved', ...score })).trace.tokens;
    const before = base.rollouts[0].trace.tokens;
    expect(moved.map(({ studentLogProb }) => studentLogProb)).not.toEqual(
      before.map(({ studentLogProb }) => studentLogProb),
    );
    // Teachers stay the base.
    for (const [i, { teacher, teacherLogProb }] of moved.entries())
      if (teacher !== null)
        expect(teacherLogProb).toBeCloseTo(before[i].teacherLogProb ?? Number.NaN, 4);
    expect(await engine.takeStudent({ kind: 'run', runId: 'a', step: 2 })).toMatchObject({
      ok: false,
      error: { code: 'train.step-gone' },
    });
    unwrap(await engine.takeStudent(null));
    const back = unwrap(await engine.score({ jobId: 'back', ...score })).trace.tokens;
    expect(back[0].studentLogProb).toBeCloseTo(before[0].studentLogProb, 5);
    await engine.dispose();
  }, 600_000);

  it('says beforehand what it takes, and leaves nothing behind that the run would notice', async () => {
    const settings = small({
      ...{ ...FULL, steps: 2, 'evaluation.every': 2, 'evaluation.items': 2 },
      ...{ 'evaluation.responses': 2, 'evaluation.palr': 1 },
    });
    const { engine, events } = await startEngine('wasm');
    const estimate = unwrap(await engine.estimateTraining(settings));
    expect(events.filter(({ type }) => type.startsWith('train.'))).toEqual([]);
    expect(estimate.stepMs).toBeGreaterThan(0);
    expect(estimate.totalMs).toBeGreaterThan(estimate.compileMs + estimate.evaluationMs);
    expect(estimate.longestMemoryBytes).toBeGreaterThanOrEqual(estimate.memoryBytes);
    unwrap(await engine.train({ runId: 'a', settings }));
    const { trainable, metrics, evaluations } = unwrap(await engine.trainCheckpoint('a'));
    for (const { counts, figures = {} } of evaluations) {
      expect(counts).toMatchObject({ accuracy: 4, prior: 2, score: 4, valid: 10 });
      expect(figures.pass.value).toBeGreaterThanOrEqual(figures.avg.value);
      expect(figures['palr.opsd.all'].value).toBeGreaterThan(0);
      expect(figures['palr.vigos.description'].value).toBe(0);
    }
    const sizes = [...trainable.values()].map(({ data }) => data.length);
    expect(estimate.trainableParameters).toBe(sizes.reduce((a, b) => a + b, 0));
    const held = metrics.at(-1)?.memory.wasm ?? Number.NaN;
    expect(estimate.memoryBytes / held).toBeGreaterThan(0.8);
    expect(estimate.memoryBytes / held).toBeLessThan(1.25);
    await engine.dispose();
  }, 600_000);

  it('pauses when asked, makes one step, and is freed when stopped', async () => {
    const { engine, events } = await startEngine('wasm');
    const settings = small({ steps: 50 });
    await engine.listen((event) => {
      events.push(event);
      if (event.type === 'train.step' && event.metrics.step === 1) void engine.pauseTraining('a');
    });
    expect(unwrap(await engine.train({ runId: 'a', settings }))).toMatchObject({
      state: 'paused',
      step: 1,
    });
    const one = await engine.train({ runId: 'a', settings, pauseAfter: 1 });
    expect(unwrap(one)).toMatchObject({ state: 'paused', step: 2 });
    await engine.stopTraining('a');
    expect(await engine.trainCheckpoint('a')).toMatchObject({
      ok: false,
      error: { code: 'train.unknown-run' },
    });
    await engine.dispose();
  }, 600_000);
});

describe('what goes wrong', () => {
  it('is told before anything starts: settings, models, a run twice', async () => {
    const { engine } = await startEngine('wasm');
    const settings = small();
    const absurd = { ...settings, optimizer: { ...settings.optimizer, learningRate: 1e9 } };
    expect(await engine.train({ runId: 'a', settings: absurd })).toMatchObject({
      ok: false,
      error: { code: 'train.invalid-setting', where: 'optimizer.learningRate' },
    });
    const empty: Checkpoint['trainable'] = new Map();
    const foreign: Checkpoint = {
      format: 'vigos-checkpoint/2',
      runId: 'a',
      settings,
      model: { name: 'another', fingerprint: 'f00' },
      backend: 'wasm',
      step: 1,
      trainable: empty,
      optimizer: { updates: 1, first: empty, second: empty },
      metrics: [],
      evaluations: [],
      followed: null,
    };
    expect(await engine.train({ runId: 'a', settings, resume: foreign })).toMatchObject({
      ok: false,
      error: { code: 'run.other-model' },
    });
    await engine.dispose();
  }, 600_000);

  it('stops at the last good state: broken weights, and rollouts that are all invalid', async () => {
    const { engine, events } = await startEngine('wasm');
    const settings = small();
    unwrap(await engine.train({ runId: 'a', settings, pauseAfter: 1 }));
    const state = unwrap(await engine.trainCheckpoint('a'));
    const trainable = new Map(
      [...state.trainable].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => Number.NaN) },
      ]),
    );
    const broken = { ...state, runId: 'b', trainable };
    expect(await engine.train({ runId: 'b', settings, resume: broken })).toMatchObject({
      ok: false,
      error: { code: 'train.not-finite', where: 'rollout 0, token 0, student' },
    });
    expect(states(events).at(-1)).toBe('failed');
    expect(unwrap(await engine.trainCheckpoint('b')).step).toBe(1);

    const nobody = withSetting(
      small({ 'sampling.maxNewTokens': 8 }),
      'method.teachers.reference',
      false,
    );
    expect(await engine.train({ runId: 'c', settings: nobody })).toMatchObject({
      ok: false,
      error: { code: 'train.all-invalid', where: 'no-description-close' },
    });
    const withoutTeachers = ['perception', 'reasoning', 'reference'].reduce(
      (changed, name) => withSetting(changed, `method.teachers.${name}`, false),
      small(FULL),
    );
    expect(await engine.train({ runId: 'd', settings: withoutTeachers })).toMatchObject({
      ok: false,
      error: { code: 'train.nothing-supervised' },
    });
    // The first run goes on as if nothing had been.
    const next = await engine.train({ runId: 'a', settings, pauseAfter: 1 });
    expect(unwrap(next)).toMatchObject({ state: 'paused', step: 2 });
    await engine.dispose();
  }, 600_000);
});
