import { describe, expect, it } from 'vitest';
import { trainSettings } from '../../../contract/train/train-settings.ts';
import { batched } from './batched.ts';
import { start, step } from './fixtures/run.ts';
import {
  canGoOn,
  goesOnFrom,
  isRunning,
  keptRun,
  type RunView,
  withEngineEvent,
  withoutWorker,
  withRunEvent,
} from './run.ts';

const settings = trainSettings('vigos', 'tiny');
const LISTED = {
  model: { name: 'm', fingerprint: 'f' },
  backend: 'wasm',
  earlier: null,
  evaluation: null,
  savedAt: 0,
  bytes: 1,
  unverified: false,
  lasting: true,
} as const;
describe('a run on the page', () => {
  it('grows with its steps and knows what is not written down', () => {
    let run = step(step(start, 1), 2);
    expect(run.step).toBe(2);
    expect(run.savedStep).toBeNull();
    run = withRunEvent(run, { type: 'run.saved', runId: 'a', step: 2 });
    expect(run.savedStep).toBe(2);
  });

  it('writes steps anew when it goes on from an earlier checkpoint', () => {
    const run = step(step(step(start, 1, 9), 2, 9), 1, 5);
    expect(run.metrics.map(({ loss }) => loss)).toEqual([5]);
  });

  it('is not the page’s any more once another tab took it', () => {
    const taken = withRunEvent(step(start, 1), { type: 'run.taken', runId: 'a', step: 1 });
    expect(taken).toMatchObject({ state: 'elsewhere', savedStep: 1 });
    expect(step(taken, 2)).toBe(taken);
    expect(canGoOn(taken)).toBe(true);
  });

  it('is stopped once that is written down, and goes on from what was', () => {
    const end = {
      type: 'train.state',
      runId: 'a',
      state: 'stopped',
      step: 2,
    } as const;
    const stopping = withRunEvent(step(step(start, 1), 2), end);
    expect(stopping.state).toBe('stopping');
    expect(isRunning(stopping)).toBe(true);
    const stopped: RunView = { ...stopping, state: 'stopped' };
    expect(canGoOn(stopped)).toBe(false);
    const saved = withRunEvent(stopped, { type: 'run.saved', runId: 'a', step: 1 });
    expect(canGoOn(saved)).toBe(true);
    expect(goesOnFrom(saved)).toBe(1);
  });

  it('that lost its worker goes on from what was written, and not from nothing', () => {
    const run: RunView = { ...step(step(start, 1), 2), state: 'interrupted' };
    expect(canGoOn(run)).toBe(false);
    const saved = withRunEvent(run, { type: 'run.saved', runId: 'a', step: 1 });
    expect(canGoOn(saved)).toBe(true);
    expect(goesOnFrom(saved)).toBe(1);
  });

  it('whose worker ends with steps that could not be written says which are gone, and no longer offers to write them', () => {
    const error = { code: 'storage.refused', message: 'm', fix: 'Training goes on' };
    const run = withRunEvent(step(step(start, 1), 2), {
      type: 'run.not-saved',
      runId: 'a',
      error,
    });
    const ended = withoutWorker(run);
    expect(ended).toMatchObject({ state: 'interrupted', notSaved: null });
    expect(ended.error).toMatchObject({ code: 'run.lost', detail: { savedStep: 0, step: 2 } });
    const whole = withoutWorker(step(start, 1));
    expect(whole).toMatchObject({ state: 'interrupted', error: null });
    expect(withoutWorker(whole)).toBe(whole);
  });

  it('is opened with what is left of it: the last whole step, or nothing to go on from', () => {
    const stored = { runId: 'a', name: 'First', settings, step: settings.steps, elsewhere: false };
    const curves = { metrics: [], evaluations: [], followed: null };
    const opened = (left: number | null, fault: RunView['fault']) =>
      keptRun({ ...stored, ...LISTED }, { curves, rollouts: null, goesOnFrom: left, fault });
    const fault = { code: 'run.step-lost', message: 'm', fix: 'f' };
    expect(canGoOn(opened(settings.steps, null))).toBe(false);
    expect(canGoOn(opened(4, fault))).toBe(true);
    expect(goesOnFrom(opened(4, fault))).toBe(4);
    expect(canGoOn(opened(null, { ...fault, code: 'run.no-weights' }))).toBe(false);
  });

  it('says what the engine does with its device, and forgets the times of the one before', () => {
    const moving = withEngineEvent(step(start, 1), { type: 'backend.changing', choice: 'webgpu' });
    expect(moving.waitsFor).toBe('moving to WebGPU');
    const failed = { code: 'device.failed', message: 'm', fix: 'f' };
    expect(withEngineEvent(moving, { type: 'device.failed', error: failed }).waitsFor).toBeNull();
    expect(withEngineEvent(start, { type: 'device.lost', message: 'm' }).waitsFor).toMatch(/lost/);
  });

  it('does not listen to another run', () => {
    expect(withRunEvent(start, { type: 'run.saved', runId: 'b', step: 2 })).toBe(start);
  });

  it('keeps what it learnt when it cannot be written, and says why', () => {
    const error = { code: 'storage.full', message: 'm', fix: 'f' };
    const run = withRunEvent(step(start, 1), { type: 'run.not-saved', runId: 'a', error });
    expect(run).toMatchObject({ notSaved: error, step: 1 });
    expect(withRunEvent(run, { type: 'run.saved', runId: 'a', step: 1 }).notSaved).toBeNull();
  });

  it('can go on after a pause, a failure and a closed tab, not when it is done', () => {
    const state = (to: 'paused' | 'failed' | 'done', at: number) =>
      withRunEvent(start, { type: 'train.state', runId: 'a', state: to, step: at });
    expect(isRunning(start)).toBe(true);
    expect(canGoOn(state('paused', 3))).toBe(true);
    expect(canGoOn(state('failed', 3))).toBe(true);
    expect(canGoOn(state('done', settings.steps))).toBe(false);
  });
});

it('events that come together are handed on together', async () => {
  const seen: number[][] = [];
  const take = batched<number>((events) => seen.push([...events]));
  take(1);
  take(2);
  expect(seen).toEqual([]);
  take.flush();
  take(3);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(seen).toEqual([[1, 2], [3]]);
});
