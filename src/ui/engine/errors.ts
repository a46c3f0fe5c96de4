/** Errors of the engine that the page finds when nobody answers. */

import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';

/** The engine's worker is gone; the rollout on the page is not. */
export function workerDied(wasReady: boolean, wasWorking: boolean, reason: string): ErrorRecord {
  return {
    code: 'engine.worker-died',
    message: wasReady
      ? `The engine stopped${wasWorking ? ' in the middle of its work' : ''}. Your rollout is kept.`
      : 'The engine stopped while it was starting.',
    fix: wasReady
      ? 'It is being started again; run again when it is ready.'
      : 'Start it again; if that fails too, close other tabs to free memory.',
    where: 'engine worker',
    detail: { reason },
  };
}

/** A person ended the load of a model, and there is none now. */
export const loadCancelled = (name: string): ErrorRecord => ({
  code: 'model.load-cancelled',
  message: `Loading “${name}” was cancelled, so there is no model.`,
  fix: 'Start the engine again, or open another model behind its name, top right.',
  where: name,
});

/** A call that the worker never answered. */
export function asFailure(error: unknown): Outcome<never> {
  return { ok: false, error: toErrorRecord(error, 'engine') };
}
