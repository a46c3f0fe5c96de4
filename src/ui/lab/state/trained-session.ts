/** What the page can do with students that were trained: ask them, and look at their rollouts. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { outcomeOf } from '../../../base/outcome.ts';
import type { ScoreRequest, ScoreResult } from '../../../engine/contract.ts';
import type { EngineFace } from '../../shared/engine-view.ts';
import type { RolloutOffer, StudentOffer } from '../../shared/playground.tsx';
import { methodOf } from './method.ts';
import { asFailure, inputOf, notReady, samplingOf } from './requests.ts';
import {
  UNTOUCHED,
  withBatch,
  withError,
  withoutErrors,
  withScene,
  withSettings,
  withStudent,
} from './state.ts';
import type { LabStore } from './store.ts';
import { subjectNow } from './subject.ts';
import { sceneOf, switchesOf } from './trained.ts';

interface Lab {
  store: LabStore;
  api: () => EngineFace | null;
  wish: () => () => boolean;
  cancel: () => void;
  run: () => Promise<void>;
  score: (request: Omit<ScoreRequest, 'jobId'>) => Promise<ScoreResult | null>;
  /** Scores the rollout on the page again where it is not the student's any more. */
  settle: () => Promise<void>;
}

export function trainedStudents({ store, api, wish, cancel, run, score, settle }: Lab) {
  const { getState: get, setState: set } = store;

  /** Whether the engine took the student. */
  async function take(offer: StudentOffer | null): Promise<boolean> {
    const engine = api();
    if (engine === null || get().engine.phase !== 'ready') {
      set((s) => withError(s, 'run', notReady()));
      return false;
    }
    if (get().student === offer) return true;
    const outcome = await engine.takeStudent(offer?.choice ?? null).catch(asFailure);
    set((s) =>
      outcome.ok ? withoutErrors(withStudent(s, offer), 'run') : withError(s, 'run', outcome.error),
    );
    return outcome.ok;
  }

  return {
    /**
     * An engine that was started again, or has another model, begins with the base: it is given the
     * student anew. One that cannot be had is no longer offered; the answer says why.
     */
    async retake(): Promise<ErrorRecord | null> {
      const { student } = get();
      if (student === null) return null;
      set((s) => withStudent(s, null));
      if (await take(student)) return null;
      set((s) => ({ ...s, students: s.students.filter((offer) => offer !== student) }));
      const why = get().errors.run;
      if (why === undefined) return null;
      const message = `“${student.label}” left with the engine, so the base answers now. ${why.message}`;
      return { ...why, message };
    },
    /** Null is the base. The rollout on the page is scored again under the new student. */
    async takeStudent(offer: StudentOffer | null) {
      if (await take(offer)) await settle();
    },
    /** Rolls out what is on the page with this student, whoever was asked before. */
    async askStudent(offer: StudentOffer) {
      const stillWanted = wish();
      cancel();
      if ((await take(offer)) && stillWanted()) await run();
    },
    /** Puts a training step's rollout on the page, scored with the student that made it. */
    async openRollout({ rollout, settings, student }: RolloutOffer) {
      const stillWanted = wish();
      cancel();
      if (!(await take(student)) || !stillWanted()) return;
      const scene = await outcomeOf(() => sceneOf(rollout), 'scene');
      if (!scene.ok) return set((s) => withError(s, 'run', scene.error));
      set((s) => {
        const { temperature, topP, topK, maxNewTokens } = settings.sampling;
        const sampling = { temperature, topP, topK, maxTokens: maxNewTokens, seed: settings.seed };
        return withSettings(withScene(s, scene.value), {
          ...scene.value,
          ...switchesOf(settings),
          ...sampling,
          count: 1,
          from: 'training',
          teacherImage: 'same',
          imageOf: 'all',
        });
      });
      const about = subjectNow(get());
      const scored = await score({
        input: inputOf(about),
        completion: { kind: 'ids', ids: rollout.ids, sampling: samplingOf(get().settings) },
        method: methodOf(get().settings),
      });
      if (scored === null || !stillWanted()) return;
      const { trace, timings } = scored;
      const shown = { ...UNTOUCHED, student, writer: student, trace, subject: about, timings };
      set((s) => withBatch(s, [{ ...shown, trainedWith: settings.method }]));
      await settle();
    },
  };
}
