/** Measurements of the rollout on the page, of one kind: one at a time, and the last wish wins. */

import type { Outcome } from '../../../base/outcome.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import type { Engine } from '../../engine/engine.ts';
import { asFailure } from '../../engine/errors.ts';
import { withError, withoutErrors } from './state.ts';
import type { LabStore } from './store.ts';

/** The tokens of a trace as they are scored again. */
export const completionOf = ({ tokens, sampling }: Trace) =>
  ({ kind: 'ids', ids: tokens.map(({ id }) => id), sampling }) as const;

interface Lab {
  store: LabStore;
  engine: Engine;
}

export function measuring({ store, engine }: Lab, kind: 'leakage' | 'looks' | 'group') {
  const { getState: get, setState: set } = store;
  const key = `${kind}Job` as const;
  let jobs = 0;
  return {
    /** Ends the measurement under way, if any. */
    stop() {
      const job = get()[key];
      if (job === null) return;
      void engine.api()?.cancel(job.jobId);
      set((s) => ({ ...s, [key]: null }));
    },
    /** What was found; null where it failed, which is said, or where something else was wished meanwhile. */
    async ask<T>(call: (jobId: string) => Promise<Outcome<T>>): Promise<T | null> {
      const jobId = `${kind}-${++jobs}`;
      set((s) => withoutErrors({ ...s, [key]: { jobId, done: 0, total: 0 } }, kind));
      const outcome = await call(jobId).catch(asFailure);
      if (get()[key]?.jobId !== jobId) return null;
      set((s) => ({ ...s, [key]: null }));
      if (outcome.ok) return outcome.value;
      const { error } = outcome;
      if (error.code !== 'job.cancelled') set((s) => withError(s, kind, error));
      return null;
    },
  };
}
