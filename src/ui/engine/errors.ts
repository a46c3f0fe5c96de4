/** Errors of the engine that the page finds when nobody answers. */

import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import { OUT_OF_MEMORY } from '../../base/out-of-memory.ts';
import type { Outcome } from '../../base/outcome.ts';

/** The engine's worker is gone, for a reason in the browser's words; the rollout on the page is not. */
export function workerDied(wasReady: boolean, wasWorking: boolean, reason: string): ErrorRecord {
  const full = OUT_OF_MEMORY.test(reason);
  const ended = full ? 'ran out of memory' : 'stopped';
  return {
    code: 'engine.worker-died',
    message: wasReady
      ? `The engine ${ended}${wasWorking ? ' in the middle of its work' : ''}. Your rollout is kept.`
      : `The engine ${ended} while it was starting.`,
    fix: wasReady
      ? `It is being started again; run again when it is ready${full ? ', with fewer or shorter rollouts' : ''}.`
      : full
        ? 'Open a smaller model, or one of a smaller precision.'
        : 'Start it again; if a model of your own stops it, open the built-in one.',
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
