/** Measures whether the teachers of the rollout on the page look, once for each wish; the last one wins. */

import type { TraceLooks } from '../../../contract/trace/trace.ts';
import { blankPicture, WORLD_EDGE } from '../../../world/render.ts';
import type { Engine } from '../../engine/engine.ts';
import { methodsNow, proposedAnswers } from './leakage.ts';
import { looksNow, looksPicture, whyNoLooks } from './looks.ts';
import { completionOf, measuring } from './measuring.ts';
import { swapped } from './perturbation.ts';
import { inputOf } from './requests.ts';
import { withShown } from './state.ts';
import type { LabStore } from './store.ts';
import { pictureOf } from './subject.ts';

interface Lab {
  store: LabStore;
  engine: Engine;
}

export function looksReading({ store, engine }: Lab) {
  const { getState: get, setState: set } = store;
  const { stop, ask } = measuring({ store, engine }, 'looks');

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
    const found = await ask((jobId) =>
      worker.looks({
        jobId,
        input: inputOf(subject),
        methods,
        completion: completionOf(trace),
        wrongAnswers: proposedAnswers(settings, subject),
        mismatched: { width, height, data },
        temperature,
      }),
    );
    if (found === null) return;
    const { wrongAnswer, tokens } = found;
    const looks: TraceLooks = { methods, temperature, picture: kind, wrongAnswer, tokens };
    const looksFor = { answer: trace.input.answer, student };
    set((s) => (s.shown === shown ? withShown(s, { ...shown, looks, looksFor }) : s));
  }

  return { readLooks: read, stopLooks: stop };
}
