/** What the Train page does with what its engine says, with an engine that says what a test wants. */

import { expect, test, vi } from 'vitest';
import type { ErrorRecord } from '../../../base/errors.ts';
import type { EngineFace } from '../../engine/client.ts';
import type { SharedEvent } from '../../engine/engine.ts';
import { initialForm } from './form.ts';
import { createTrainSession } from './session.ts';

const BROKEN: ErrorRecord = { code: 'train.not-finite', message: 'm', fix: 'f' };

test('the error of a run that fails is there once, whichever of event and answer comes first', async () => {
  for (const answerFirst of [false, true]) {
    const listeners: ((event: SharedEvent) => void)[] = [];
    const say = (event: SharedEvent) => {
      for (const listener of listeners) listener(event);
    };
    const api = {
      listRuns: async () => ({ ok: true, value: { runs: [], broken: [], room: null } }),
      train: vi.fn(async ({ runId }: { runId: string }) => {
        say({ type: 'train.state', runId, state: 'running', step: 0 });
        const failed = { type: 'train.state', runId, state: 'failed', step: 0 } as const;
        if (answerFirst) setTimeout(() => say(failed));
        else say(failed);
        return { ok: false, error: BROKEN };
      }),
    };
    const { store, start } = createTrainSession({
      form: initialForm(),
      api: () => api as unknown as EngineFace,
      ready: () => true,
      subscribe: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
    });
    await start();
    // Events are taken in together, a quarter of a second after the first of them on a page that is not drawn.
    await vi.waitFor(() => expect(store.getState().run?.state).toBe('failed'));
    const { errors, run } = store.getState();
    expect(errors.run).toBe(BROKEN);
    expect(run?.error).toBeNull();
  }
});
