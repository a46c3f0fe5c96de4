/** What the page can do with recorded rollouts, before the model has loaded. */

import { perturbationOf } from './perturbation.ts';
import { fetchRecording, type Recording, recordedSettings, recordingFor } from './recordings.ts';
import { UNTOUCHED, withBatch, withScene, withSettings } from './state.ts';
import type { LabStore } from './store.ts';
import { subjectNow } from './subject.ts';

/** A recording of before, by its own figures. */
const UNSCORED = { seen: UNTOUCHED.seen, student: null, claim: null };

interface Lab {
  store: LabStore;
  /** Says that the page is asked to be about something else. */
  wish: () => unknown;
  /** The engine has its model. */
  isReady: () => boolean;
}

export function recordedRollouts({ store, wish, isReady }: Lab) {
  const { getState: get, setState: set } = store;

  async function show(recording: Recording) {
    const { id, swapOf } = recording;
    const [trace, base] = await Promise.all([
      fetchRecording(id),
      swapOf === undefined ? null : fetchRecording(swapOf),
    ]);
    const { live, own, absent, settings } = get();
    // By now the model may be ready, or the person elsewhere.
    if (trace === null || live !== null || own !== null || absent !== null) return;
    if (isReady()) return;
    if (recordingFor(settings)?.id !== recording.id) return;
    const subject = subjectNow(get());
    const seen = perturbationOf(settings);
    const before = base === null ? null : { ...UNSCORED, trace: base };
    const looks = (base ?? trace).looks ?? null;
    const shown = { ...UNTOUCHED, trace, subject, timings: null, recorded: true };
    set((s) => withBatch(s, [{ ...shown, seen, before, looks }]));
  }

  return {
    /** Shows the recorded rollout of what the page is about, if there is one, while the model loads. */
    async showRecorded() {
      const recording = recordingFor(get().settings);
      if (recording !== null) await show(recording);
    },
    /** While the model loads, what is recorded of another wish stands there, and nothing that is recorded of the one before. */
    async meanwhile() {
      const { settings, shown } = get();
      if (isReady() || shown?.recorded !== true) return;
      const recording = recordingFor(settings);
      if (recording === null) set((s) => ({ ...s, shown: null, batch: [] }));
      else await show(recording);
    },
    /** Goes to a recorded rollout; once the model is ready it is rolled out anew. */
    async openRecording(recording: Recording) {
      wish();
      set((s) => withSettings(withScene(s, recording.place), recordedSettings(s, recording)));
      await show(recording);
    },
  };
}
