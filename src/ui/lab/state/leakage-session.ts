/** Measures the leakage of the rollout on the page, once for each wish; the last one wins. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { toErrorRecord } from '../../../base/errors.ts';
import type { TraceLeakage } from '../../../contract/trace/trace.ts';
import type { Engine } from '../../engine/engine.ts';
import { type OwnPicture, readOwnPicture } from '../pictures/own-picture.ts';
import {
  isAnswered,
  methodsNow,
  mismatchedPicture,
  whyNoLeakage,
  wrongAnswersNow,
} from './leakage.ts';
import { completionOf, measuring } from './measuring.ts';
import { inputOf } from './requests.ts';
import { withError, withoutErrors, withSettings, withShown } from './state.ts';
import type { LabStore } from './store.ts';

export interface LeakageSessionOptions {
  store: LabStore;
  engine: Engine;
}

export function leakageReading({ store, engine }: LeakageSessionOptions) {
  const { getState: get, setState: set } = store;
  const { stop, ask } = measuring({ store, engine }, 'leakage');
  const fail = (error: ErrorRecord) => set((s) => withError(s, 'leakage', error));

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
    const { width, height, data } = picture;
    const found = await ask((jobId) =>
      worker.leakage({
        jobId,
        input: inputOf(subject),
        methods,
        completion: completionOf(trace),
        wrongAnswers: wrongAnswersNow(settings, subject, trace.method).used,
        k: settings.wrongCount,
        mismatched: { width, height, data },
      }),
    );
    if (found === null) return;
    const { wrongAnswers, tokens } = found;
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
