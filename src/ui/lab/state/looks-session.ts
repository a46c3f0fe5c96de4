/** Measures whether the teachers of the rollout on the page look, once for each wish; the last one wins. */

import type { TraceLooks } from '../../../contract/trace.ts';
import { blankPicture, WORLD_EDGE } from '../../../world/render.ts';
import type { Engine } from '../../engine/engine.ts';
import { asFailure } from '../../engine/errors.ts';
import { methodsNow, proposedAnswers } from './leakage.ts';
import { looksNow, looksPicture, whyNoLooks } from './looks.ts';
import { swapped } from './perturbation.ts';
import { inputOf } from './requests.ts';
import { withError, withoutErrors, withShown } from './state.ts';
import type { LabStore } from './store.ts';
import { pictureOf } from './subject.ts';

interface Lab {
  store: LabStore;
  engine: Engine;
}

export function looksReading({ store, engine }: Lab) {
  const { getState: get, setState: set } = store;
  let jobs = 0;

  /** Ends the measurement under way, if any. */
  function stop() {
    const job = get().looksJob;
    if (job === null) return;
    void engine.api()?.cancel(job.jobId);
    set((s) => ({ ...s, looksJob: null }));
  }

  /** Measures the rollout on the page where that has not been done as it is shown. */
  async function read() {
    const state = get();
    const { shown, settings, work, live } = state;
    const worker = engine.api();
    stop();
    if (shown === null || shown.subject === null || work !== null || live !== null) return;
    if (worker === null || looksNow(shown, settings) !== null) return;
    if (whyNoLooks(state, engine.store.getState()) !== null) return;
    const { trace, subject, student } = shown;
    const kind = looksPicture(settings);
    const own = pictureOf(subject, WORLD_EDGE);
    if (own === null) return;
    const { width, height, data } = kind === 'blank' ? blankPicture(own) : swapped(subject);
    const methods = methodsNow(shown, settings);
    const { temperature } = trace.method;
    const jobId = `looks-${++jobs}`;
    set((s) => withoutErrors({ ...s, looksJob: { jobId, done: 0, total: 0 } }, 'looks'));
    const outcome = await worker
      .looks({
        jobId,
        input: inputOf(subject),
        methods,
        completion: {
          kind: 'ids',
          ids: trace.tokens.map(({ id }) => id),
          sampling: trace.sampling,
        },
        wrongAnswers: proposedAnswers(settings, subject),
        mismatched: { width, height, data },
        temperature,
      })
      .catch(asFailure);
    if (get().looksJob?.jobId !== jobId) return;
    set((s) => ({ ...s, looksJob: null }));
    if (!outcome.ok) {
      const { error } = outcome;
      if (error.code !== 'job.cancelled') set((s) => withError(s, 'looks', error));
      return;
    }
    const { wrongAnswer, tokens } = outcome.value;
    const looks: TraceLooks = { methods, temperature, picture: kind, wrongAnswer, tokens };
    const looksFor = { answer: trace.input.answer, student };
    set((s) => (s.shown === shown ? withShown(s, { ...shown, looks, looksFor }) : s));
  }

  return { readLooks: read, stopLooks: stop };
}
