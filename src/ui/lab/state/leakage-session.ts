/** Measures the leakage of the rollout on the page, once for each wish; the last one wins. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { toErrorRecord } from '../../../base/errors.ts';
import type { TraceLeakage } from '../../../contract/trace.ts';
import type { Engine } from '../../engine/engine.ts';
import { asFailure } from '../../engine/errors.ts';
import { type OwnPicture, readOwnPicture } from '../pictures/own-picture.ts';
import {
  isAnswered,
  methodsNow,
  mismatchedPicture,
  whyNoLeakage,
  wrongAnswersNow,
} from './leakage.ts';
import { inputOf } from './requests.ts';
import { withError, withoutErrors, withSettings, withShown } from './state.ts';
import type { LabStore } from './store.ts';

export interface LeakageSessionOptions {
  store: LabStore;
  engine: Engine;
}

export function leakageReading({ store, engine }: LeakageSessionOptions) {
  const { getState: get, setState: set } = store;
  let jobs = 0;
  const fail = (error: ErrorRecord) => set((s) => withError(s, 'leakage', error));

  /** Ends the measurement under way, if any. */
  function stop() {
    const job = get().leakageJob;
    if (job === null) return;
    void engine.api()?.cancel(job.jobId);
    set((s) => ({ ...s, leakageJob: null }));
  }

  /** Measures what is on the page, where it shows leakage and has not been measured as it asks. */
  async function read() {
    const state = get();
    const { shown, settings, work, live } = state;
    const worker = engine.api();
    stop();
    if (settings.level !== 'leakage' || shown?.subject == null || work !== null || live !== null)
      return;
    const { leakage: there } = shown.trace;
    if (there !== undefined && isAnswered(state, shown)) {
      // ε changes no measurement: only what the trace says of it.
      const { epsilon } = settings;
      if (there.epsilon !== epsilon)
        set((s) =>
          withShown(s, { ...shown, trace: { ...shown.trace, leakage: { ...there, epsilon } } }),
        );
      return;
    }
    if (worker === null) return;
    if (whyNoLeakage(state, engine.store.getState()) !== null) return;
    const { trace, subject } = shown;
    const methods = methodsNow(shown, settings);
    const picture = mismatchedPicture(subject, settings, state.mismatched);
    if (picture === null) return;
    const jobId = `leakage-${++jobs}`;
    set((s) => withoutErrors({ ...s, leakageJob: { jobId, done: 0, total: 0 } }, 'leakage'));
    const { width, height, data } = picture;
    const outcome = await worker
      .leakage({
        jobId,
        input: inputOf(subject),
        methods,
        completion: {
          kind: 'ids',
          ids: trace.tokens.map(({ id }) => id),
          sampling: trace.sampling,
        },
        wrongAnswers: wrongAnswersNow(settings, subject, trace.method).used,
        k: settings.wrongCount,
        mismatched: { width, height, data },
      })
      .catch(asFailure);
    if (get().leakageJob?.jobId !== jobId) return;
    set((s) => ({ ...s, leakageJob: null }));
    if (!outcome.ok) {
      if (outcome.error.code !== 'job.cancelled') fail(outcome.error);
      return;
    }
    const { wrongAnswers, tokens } = outcome.value;
    const leakage: TraceLeakage = {
      methods,
      wrongAnswers: [...wrongAnswers],
      picture: settings.mismatched,
      epsilon: settings.epsilon,
      tokens,
    };
    set((s) =>
      s.shown === shown
        ? withShown(s, { ...shown, trace: { ...trace, leakage }, mismatched: state.mismatched })
        : s,
    );
  }

  /** Another picture of a person's own for the teachers. */
  async function takeMismatched(file: File) {
    try {
      const own: OwnPicture = await readOwnPicture(file, get().settings.megapixels * 1e6);
      set((s) =>
        withoutErrors(withSettings({ ...s, mismatched: own }, { mismatched: 'own' }), 'leakage'),
      );
    } catch (error) {
      fail(toErrorRecord(error, 'other picture'));
    }
  }

  return { readLeakage: read, stopLeakage: stop, takeMismatched };
}
