/** What the page can do with students that were trained: ask them, and look at their rollouts. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { outcomeOf } from '../../../base/outcome.ts';
import type { ScoreRequest, ScoreResult } from '../../../contract/engine.ts';
import { VIGOS_PAPER } from '../../../method/named-methods.ts';
import type { Engine } from '../../engine/engine.ts';
import { asFailure } from '../../engine/errors.ts';
import type { GroupOffer, RolloutOffer, StudentOffer } from '../../shared/offers.ts';
import {
  fileStudent,
  linkedStudent,
  otherStudent,
  studentMissing,
  studentName,
} from './linked-student.ts';
import { withMethod } from './method.ts';
import { inputOf, missing, notReady, samplingOf } from './requests.ts';
import { whyNotScored } from './scoring-gate.ts';
import { SETTINGS } from './settings.ts';
import {
  type Shown,
  UNTOUCHED,
  withBatch,
  withError,
  withLinkNote,
  withoutErrors,
  withSettings,
  withStudent,
} from './state.ts';
import type { LabStore } from './store.ts';
import { subjectNow } from './subject.ts';
import { placing } from './trained.ts';

interface Lab {
  store: LabStore;
  engine: Engine;
  wish: () => () => boolean;
  cancel: () => void;
  run: () => Promise<void>;
  score: (request: Omit<ScoreRequest, 'jobId'>) => Promise<ScoreResult | null>;
  /** Scores the rollout on the page again where it is not the student's any more. */
  settle: () => Promise<unknown>;
}

export function trainedStudents({ store, engine, wish, cancel, run, score, settle }: Lab) {
  const { getState: get, setState: set } = store;
  const { api } = engine;
  const isReady = () => engine.store.getState().phase === 'ready';

  /** An opened rollout whose file has no reference answer. */
  let waiting: { readonly offer: RolloutOffer; readonly stillWanted: () => boolean } | null = null;

  /** Their names in the address. */
  const names = new Map<StudentOffer, string>();

  /** Null once the engine took the student, else why not. */
  async function given(offer: StudentOffer | null): Promise<ErrorRecord | null> {
    const worker = api();
    if (worker === null || !isReady()) return notReady();
    const outcome = await worker.takeStudent(offer?.choice ?? null).catch(asFailure);
    if (!outcome.ok) return outcome.error;
    const wanted = offer?.fingerprint;
    if (offer !== null && wanted !== undefined && outcome.value?.fingerprint !== wanted) {
      await worker.takeStudent(get().student?.choice ?? null).catch(asFailure);
      return otherStudent(offer);
    }
    const named = outcome.value === null ? null : studentName(outcome.value);
    if (offer !== null && named !== null) names.set(offer, named);
    set((s) => withoutErrors(withStudent(s, offer, named), 'run'));
    return null;
  }

  /** Whether the engine took the student. */
  async function take(offer: StudentOffer | null): Promise<boolean> {
    if (isReady() && api() !== null && get().student === offer) return true;
    const why = await given(offer);
    if (why !== null) set((s) => withError(s, 'run', why));
    return why === null;
  }

  /** The student that an address names. Throws nothing; answers with why it cannot be had. */
  async function takeNamed(name: string): Promise<string | null> {
    const known = [...names].find(([, named]) => named === name)?.[0];
    const choice = known?.choice ?? keptAs(name);
    if (choice === null)
      return fileStudent(name) === null
        ? 'Its name is not one that this page writes.'
        : 'An address holds no files.';
    const worker = api();
    if (worker === null) return notReady().message;
    const outcome = await worker.takeStudent(choice).catch(asFailure);
    if (!outcome.ok)
      return outcome.error.code === 'run.missing'
        ? 'Its run is not in this browser.'
        : outcome.error.message;
    if (outcome.value === null || studentName(outcome.value) !== name) {
      await worker.takeStudent(null).catch(asFailure);
      return 'The run that is here under its name has other weights.';
    }
    const offer = known ?? { label: outcome.value.label, choice };
    names.set(offer, name);
    set((s) => withStudent(s, offer, name));
    return null;
  }

  return {
    /**
     * An engine that was started again, or has another model, begins with the base: it is given the
     * student anew. One that cannot be had is no longer offered; the answer says why.
     */
    async retake(): Promise<ErrorRecord | null> {
      const { student } = get();
      if (student === null) return null;
      set((s) => withStudent(s, null, null));
      const why = await given(student);
      if (why === null) return null;
      set((s) => ({ ...s, students: s.students.filter((offer) => offer !== student) }));
      const message = `“${student.label}” left with the engine, so the base answers now. ${why.message}`;
      return { ...why, message };
    },
    /** Asks the student that the address names, or says that it cannot be had and that the base answers. */
    async takeLinked(): Promise<void> {
      const { settings, student } = get();
      const { student: wanted } = settings;
      if (wanted === (student === null ? null : (names.get(student) ?? null))) return;
      if (wanted === null) return void (await given(null));
      const why = await takeNamed(wanted);
      if (why === null) return;
      await given(null);
      set((s) => withLinkNote(withStudent(s, null, null), studentMissing(wanted, why)));
    },
    /** Null is the base. The rollout on the page is scored again under the new student. */
    async takeStudent(offer: StudentOffer | null) {
      const why = whyNotScored(get(), engine.store.getState());
      if (why !== null) return set((s) => withError(s, 'run', why));
      if (await take(offer)) await settle();
    },
    /** Rolls out what is on the page with this student, whoever was asked before. */
    async askStudent(offer: StudentOffer) {
      const stillWanted = wish();
      cancel();
      set((s) => withSettings(s, { view: 'all' }));
      if ((await take(offer)) && stillWanted()) await run();
    },
    openRollout,
    openGroup,
    /** The reference answer that an opened rollout waits for is there: it is scored. False where none waits. */
    async answered(): Promise<boolean> {
      const waits = waiting;
      waiting = null;
      if (waits === null || !waits.stillWanted()) return false;
      await put(waits.offer, waits.stillWanted);
      return true;
    },
  };

  /** Puts a rollout that was made elsewhere on the page, scored with the student that made it. */
  async function openRollout(offer: RolloutOffer) {
    const { rollout, sampling: drawn, method, student, evaluated } = offer;
    const stillWanted = wish();
    cancel();
    waiting = null;
    if (!(await take(student)) || !stillWanted()) return;
    const placed = await outcomeOf(() => placing(offer), 'picture');
    if (!stillWanted()) return;
    if (!placed.ok) return set((s) => withError(s, 'run', placed.error));
    set((s) => {
      const { maxNewTokens: maxTokens, ...more } = drawn;
      const sampling = { ...more, maxTokens };
      const leaks = (evaluated?.leakage ?? null) !== null;
      const before = leaks ? { ...s.settings, ...BOTH_PUBLISHED } : s.settings;
      return withSettings(placed.value(s), {
        ...withMethod(before, method ?? VIGOS_PAPER),
        ...sampling,
        count: 1,
        from: 'training',
        teacherImage: 'same',
        imageOf: 'all',
        view: 'all',
      });
    });
    if (rollout.answer.trim() !== '') return put(offer, stillWanted);
    waiting = { offer, stillWanted };
    set((s) => withError(s, 'answer', missing('answer')));
  }

  /** Puts a step's rollouts of one question on the page, read with the first of its students that is still here. */
  async function openGroup(group: GroupOffer) {
    const { rollouts, picture, pick, sampling: drawn, terms, students } = group;
    const stillWanted = wish();
    cancel();
    waiting = null;
    const whys: (ErrorRecord | null)[] = [];
    for (const student of students) {
      whys.push(await given(student));
      if (!stillWanted()) return;
      if (whys.at(-1) === null) break;
    }
    // The first one made the rollouts: what is to be said is why that one is gone.
    if (whys.at(-1) !== null) return set((s) => withError(s, 'run', whys[0] ?? notReady()));
    const [first] = rollouts;
    const { question, answer, ids } = first;
    const rollout = picture === undefined ? first : { question, answer, ids, picture };
    const offer = { rollout, sampling: drawn, method: null, student: null };
    const placed = await outcomeOf(() => placing(offer), 'picture');
    if (!stillWanted()) return;
    if (!placed.ok) return set((s) => withError(s, 'run', placed.error));
    const { maxNewTokens: maxTokens, ...more } = drawn;
    set((s) => ({
      ...withSettings(placed.value(s), {
        ...withMethod(s.settings, VIGOS_PAPER),
        ...{ ...more, ...terms, maxTokens, pick },
        count: Math.min(rollouts.length, SETTINGS.count.max),
        from: 'training',
        teacherImage: 'same',
        imageOf: 'all',
        view: 'all',
        level: 'group',
      }),
      students: [...s.students, ...students.slice(whys.length)],
    }));
    const about = { ...subjectNow(get()), wording: {} };
    const { student } = get();
    const batch: Shown[] = [];
    for (const { ids, policy } of rollouts) {
      const scored = await score({
        input: inputOf(about),
        completion: { kind: 'ids', ids, sampling: samplingOf(get().settings) },
        method: get().settings.method,
      });
      if (scored === null || !stillWanted()) return;
      const { trace, timings } = scored;
      const logProbs = policy?.logProbs ?? null;
      const shown = { ...UNTOUCHED, student, writer: students[0], trace, subject: about, timings };
      batch.push({ ...shown, logProbs, elsewhere: true });
    }
    set((s) => withBatch(s, batch));
    await settle();
  }

  /** Scores an opened rollout about what is on the page. */
  async function put(
    { rollout, method, student, evaluated }: RolloutOffer,
    stillWanted: () => boolean,
  ) {
    const trainedWith = evaluated === undefined ? method : null;
    // A run asks with the model's own prompts.
    const about = { ...subjectNow(get()), wording: {} };
    const scored = await score({
      input: inputOf(about),
      completion: { kind: 'ids', ids: rollout.ids, sampling: samplingOf(get().settings) },
      method: get().settings.method,
    });
    if (scored === null || !stillWanted()) return;
    const { trace, timings } = scored;
    const shown = { ...UNTOUCHED, student, writer: student, trace, subject: about, timings };
    set((s) => withBatch(s, [{ ...shown, trainedWith, elsewhere: true }]));
    await settle();
  }
}

/** Leakage is measured under both methods, neither as a person changed it. */
const BOTH_PUBLISHED = { method: VIGOS_PAPER, other: null } as const;

/** The choice that a name in the address stands for; null for a file's, and for none at all. */
function keptAs(name: string): StudentOffer['choice'] | null {
  const linked = linkedStudent(name);
  return linked && { kind: 'kept', runId: linked.runId, step: linked.step };
}
