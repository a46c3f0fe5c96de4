import { describe, expect, it } from 'vitest';
import type { BackendStatus } from '../../contract/backend.ts';
import type { EngineEvent } from '../../contract/engine.ts';
import { initialEngine, withEvent, withFailure, withStart } from './state.ts';

const start = initialEngine();
const error = { code: 'x.y', message: 'm', fix: 'f' };
const progress = (
  step: 'read' | 'runtime' | 'build' | 'measure',
  loaded: number,
  total: number,
): EngineEvent => ({
  type: 'model.progress',
  step,
  file: 'f',
  loaded,
  total,
});

describe('loading', () => {
  it('is one bar that never goes back, even when the total grows', () => {
    let state = start;
    const seen = [0];
    for (const event of [
      progress('read', 5, 10),
      progress('read', 6, 40),
      progress('read', 40, 40),
      progress('build', 1, 3),
      progress('measure', 2, 2),
    ]) {
      state = withEvent(state, event);
      seen.push(state.share);
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(state.share).toBe(1);
  });

  it('says the bytes of what comes over the line, as far as they are known', () => {
    const said = (event: EngineEvent) => withEvent(start, event).label;
    expect(said(progress('read', 1.2e6, 4.3e6))).toBe(
      'Reading the model: 1.2\u202fMB of 4.3\u202fMB',
    );
    expect(said(progress('runtime', 0, 26.8e6))).toBe('Waiting for ONNX Runtime: 26.8\u202fMB');
    expect(said(progress('read', 2e6, 2e6))).toBe('Reading the model: 2.0\u202fMB so far');
    expect(said(progress('runtime', 5e6, 0))).toBe('Waiting for ONNX Runtime: 5.0\u202fMB so far');
    expect(said(progress('runtime', 0, 0))).toBe('Waiting for ONNX Runtime');
    expect(said(progress('build', 1, 3))).toBe('Building its graphs');
  });

  it('stays failed when progress arrives late', () => {
    const failed = withFailure(start, error);
    expect(withEvent(failed, progress('read', 1, 2))).toBe(failed);
  });

  it('says that it failed and why, and starts from nothing when it is started again', () => {
    const failed = withFailure(withEvent(start, progress('read', 1, 2)), error);
    expect(failed.phase).toBe('failed');
    expect(failed.error).toBe(error);
    expect(withStart(failed)).toMatchObject({ phase: 'loading', share: 0 });
  });
});

it('knows whether a run trains', () => {
  const said = { type: 'train.state', runId: 'a', step: 1 } as const;
  const training = withEvent(start, { ...said, state: 'running' });
  expect(training.training).toBe(true);
  expect(withEvent(training, { ...said, state: 'paused' }).training).toBe(false);
});

describe('a lost GPU', () => {
  const lost = withEvent(start, { type: 'device.lost', message: 'gone' });

  it('that cannot be replaced is no longer waited for, and why is drawn', () => {
    const failed = withEvent(lost, { type: 'device.failed', error });
    expect(lost.recovering).toBe(true);
    expect(failed.recovering).toBe(false);
    expect(failed.error).toBe(error);
  });

  it('that a later job replaces takes the error away', () => {
    const failed = withEvent(lost, { type: 'device.failed', error });
    const backend = { name: 'wasm' } as BackendStatus;
    const recovered = withEvent(failed, { type: 'device.recovered', backend, ms: 1 });
    expect(recovered).toMatchObject({ error: null, recovering: false, backend });
  });
});
