/** What the page can do: each method changes the store and, where it has to, asks the engine. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { EngineStatus, ScoreRequest } from '../../../contract/engine.ts';
import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import type { Wording } from '../../../contract/trace/wording.ts';
import type { MethodConfig } from '../../../method/types.ts';
import type { Engine } from '../../engine/engine.ts';
import { asFailure } from '../../engine/errors.ts';
import { fileTaking } from './files.ts';
import { groupReading } from './group-session.ts';
import { keptWording } from './kept-wording.ts';
import { leakageReading } from './leakage-session.ts';
import { linkNote } from './link-words.ts';
import { looksReading } from './looks-session.ts';
import { completionOf } from './measuring.ts';
import { otherMethodOf } from './method.ts';
import { keepModelNamed } from './model-named.ts';
import { offeredCompletions } from './offered-completion.ts';
import { overridesOf, perturbationOf, samePerturbation } from './perturbation.ts';
import { recordedRollouts } from './recorded-session.ts';
import { withoutRecording } from './recordings.ts';
import { inputOf, lackOf, missing, otherModel, otherTokens, samplingOf } from './requests.ts';
import { rolledOut } from './rolled-out.ts';
import { scoringPart, whyNotChanged, withoutKeys } from './scoring-gate.ts';
import type { LabSettings } from './settings.ts';
import {
  asScored,
  type ErrorPlace,
  type Shown,
  UNTOUCHED,
  withBatch,
  withError,
  withEvent,
  withFailure,
  withJob,
  withLink,
  withNotice,
  withoutErrors,
  withoutJob,
  withPick,
  withReading,
  withScene,
  withSettings,
  withShown,
  withUndone,
} from './state.ts';
import type { LabStore } from './store.ts';
import { pictureKey, type ScenePlace, type Subject, subjectNow } from './subject.ts';
import { swapping } from './swap.ts';
import { trainedStudents } from './trained-session.ts';
import { undoing } from './undo.ts';
import type { Link } from './url.ts';
import { waitingRun } from './waiting.ts';

export interface SessionOptions {
  store: LabStore;
  engine: Engine;
}

export type Session = ReturnType<typeof createSession>;

export function createSession({ store, engine }: SessionOptions) {
  const { getState: get, setState: set } = store;
  const { api } = engine;
  let jobs = 0;
  /** Counts what the page was asked to be about, so that a slow read never replaces a later wish. */
  let wishes = 0;

  /** A new wish; what is being read for an earlier one is no longer waited for. */
  function wish(readingPicture = false): () => boolean {
    const own = ++wishes;
    waiting.taken();
    set((s) => withReading(withNotice(s, ''), readingPicture));
    return () => own === wishes;
  }

  const subject = () => subjectNow(get());
  const fail = (place: ErrorPlace, error: ErrorRecord) => set((s) => withError(s, place, error));
  const say = (notice: string) => set((s) => withNotice(s, notice));

  const isReady = () => engine.store.getState().phase === 'ready';
  const waiting = waitingRun({ store, engine });
  const trained = trainedStudents({ store, engine, wish, cancel, run, score, settle });

  /** Once there is a model: the student, and the rollout of before or a new one. */
  async function ready(how: 'again' | 'other-model', { model: loaded }: EngineStatus) {
    const wanted = waiting.taken();
    const gone = await trained.retake();
    await trained.takeLinked();
    const { shown } = get();
    // A trace whose model this is can be scored now; anything else is rolled out by another model.
    const its = shown !== null && shown.file !== null && otherModel(shown, loaded) === null;
    if (loaded !== null && !its && (how === 'other-model' || shown === null || shown.recorded))
      set((s) => ({ ...s, wording: keptWording(loaded.name) }));
    if (how === 'other-model') await (its && !wanted ? settle() : run());
    else if (wanted) await run();
    else await (shown === null || shown.recorded ? begin() : settle());
    if (gone !== null) fail('run', gone);
  }

  /** What a link asks for: a rollout, or the scores of a typed one. */
  const begin = () => {
    const { typed } = get().settings;
    return typed === null ? run() : scoreTyped(typed);
  };

  const beginOrRecorded = () => begin().then(recordings.meanwhile);
  const idle = () => api() !== null && isReady() && get().work?.kind !== 'rollout';

  /** Says what an address could not bring. */
  function sayOf(link: Link, page: string | null = null) {
    const note = linkNote(link, page, get().settings.model);
    if (note !== null) fail('link', note);
  }

  /** Says what the subject lacks, if anything. */
  function lacks(about: Subject): boolean {
    const lack = lackOf(about);
    if (lack !== null) fail(lack.place, lack.error);
    return lack !== null;
  }

  function startJob(kind: 'rollout' | 'score'): string {
    const { work } = get();
    if (work !== null) void api()?.cancel(work.jobId);
    leakage.stopLeakage();
    looks.stopLooks();
    group.stopGroup();
    const jobId = `${kind}-${++jobs}`;
    set((s) => withJob(s, jobId, kind));
    return jobId;
  }

  /** Samples rollouts of what is on the page now, once there is a model; a run under way makes this do nothing. */
  async function run() {
    const about = subject();
    const worker = api();
    if (waiting.waits() || worker === null || !idle() || lacks(about)) return;
    set((s) => withSettings(s, { typed: null, from: 'here' }));
    const { settings } = get();
    const jobId = startJob('rollout');
    const outcome = await worker
      .rollout({
        jobId,
        input: inputOf(about),
        sampling: samplingOf(settings),
        method: settings.method,
        score: true,
      })
      .catch(asFailure);
    if (get().work?.jobId !== jobId) return;
    if (outcome.ok) {
      const batch = rolledOut(outcome.value, get().student, about);
      set((s) => withoutErrors(withBatch(s, batch), 'picture'));
      engine.dismissError();
    } else if (outcome.error.code !== 'job.cancelled') {
      fail('run', outcome.error);
      set(withFailure);
    }
    set((s) => withoutJob(s, jobId));
    await settle();
  }

  /** One scoring job to its end; null if it brought nothing or is no longer wanted. */
  async function score(request: Omit<ScoreRequest, 'jobId'>) {
    const worker = api();
    if (worker === null) return null;
    const jobId = startJob('score');
    const outcome = await worker.score({ ...request, jobId }).catch(asFailure);
    if (get().work?.jobId !== jobId) return null;
    set((s) => withoutJob(s, jobId));
    if (outcome.ok) return outcome.value;
    if (outcome.error.code !== 'job.cancelled') fail('run', outcome.error);
    return null;
  }

  /** Scores what a person typed, as if the student had written it. */
  async function scoreTyped(text: string) {
    const about = subject();
    if (!idle() || lacks(about)) return;
    set((s) => withSettings(s, { typed: text, from: 'here' }));
    const scored = await score({
      input: inputOf(about),
      completion: { kind: 'text', text },
      method: get().settings.method,
    });
    if (scored === null) return;
    const { trace, timings } = scored;
    const { student } = get();
    set((s) => withBatch(s, [{ ...UNTOUCHED, student, trace, subject: about, timings }]));
    await settle();
  }

  /** Scores the rollout on the page again where its method, answer or picture is not the page's any more. */
  async function settle(): Promise<'settled' | 'failed' | 'left'> {
    const { settings, shown, work, student } = get();
    if (!idle() || shown === null || shown.subject === null) return 'left';
    const now = subject();
    const answer =
      pictureKey(now) === pictureKey(shown.subject) ? now.answer : shown.subject.answer;
    const about = { ...shown.subject, answer };
    const seen = perturbationOf(settings);
    const { method } = settings;
    const input = shown.subject.answer === answer && samePerturbation(shown.seen, seen);
    if (!input || shown.student !== student || !sameMethod(shown.trace.method, method)) {
      if (answer.trim() === '') {
        fail('answer', missing('answer'));
        return 'left';
      }
      const scored = await scoreAgain(shown, about, method);
      if (scored === null) return get().errors.run === undefined ? 'left' : 'failed';
      const { trace, timings } = scored;
      set((s) =>
        withShown(s, {
          ...shown,
          trace,
          timings,
          subject: about,
          seen,
          before: asScored(shown),
          other: null,
          claim: null,
          recorded: false,
          student,
        }),
      );
      return settle();
    }
    const wanted = settings.compare ? otherMethodOf(settings) : null;
    const has = shown.other?.method ?? null;
    if (wanted === null ? has === null : has !== null && sameMethod(has, wanted)) {
      if (work !== null) cancel();
      return 'settled';
    }
    const other = wanted === null ? null : await scoreAgain(shown, about, wanted);
    if (wanted !== null && other === null)
      return get().errors.run === undefined ? 'left' : 'failed';
    set((s) => (s.shown === shown ? withShown(s, { ...shown, other: other?.trace ?? null }) : s));
    return 'settled';
  }

  /** The same tokens once more; null, with the reason, for an opened trace whose ids are another model's. */
  async function scoreAgain(shown: Shown, about: Subject, method: MethodConfig) {
    const { trace } = shown;
    const foreign = otherModel(shown, engine.store.getState().model);
    if (foreign !== null) return failed(foreign);
    const scored = await score({
      input: inputOf(about),
      completion: {
        ...completionOf(trace),
        ...(trace.asRead && { asRead: trace.asRead }),
      },
      method,
      overrides: overridesOf(about, perturbationOf(get().settings)),
    });
    const unlike = scored === null ? null : otherTokens(shown, scored.trace);
    return unlike === null ? scored : failed(unlike);
  }

  function failed(error: ErrorRecord): null {
    fail('run', error);
    return null;
  }

  function cancel() {
    const { work } = get();
    const worker = api();
    if (work === null || worker === null) return;
    void worker.cancel(work.jobId);
    set((s) => withoutJob(s, work.jobId));
  }

  /** A change that cannot be made says why, and the control stays; so does one whose scoring fails. */
  async function change(patch: Partial<LabSettings>) {
    const { settings, shown } = get();
    const asked = scoringPart(settings, patch);
    const why = whyNotChanged(get(), engine.store.getState(), patch);
    if (why !== null) fail('answer' in asked ? 'answer' : 'run', why);
    const made = why === null ? patch : withoutKeys(patch, asked);
    set((s) => withSettings(s, made));
    if (why === null && Object.keys(asked).length > 0) {
      if (shown?.recorded && !isReady()) await recordings.showRecorded();
      else if ('answer' in asked && (await trained.answered())) return;
      else if (await offered.answered()) return;
      else if ((await settle()) === 'failed') set((s) => withUndone(s, settings, asked));
    }
  }

  /** Does what the person asks for; once that has brought a rollout, an earlier file's error is old. */
  async function asked(what: () => Promise<void>) {
    const { shown, errors } = get();
    await what();
    if (get().shown !== shown && get().errors.trace === errors.trace)
      set((s) => withoutErrors(s, 'trace'));
  }

  const askedFor =
    <T>(what: (offer: T) => Promise<void>) =>
    (offer: T) =>
      asked(() => what(offer));

  const leakage = leakageReading({ store, engine });
  const looks = looksReading({ store, engine });
  const group = groupReading({ store, engine, run: () => asked(run) });
  const offered = offeredCompletions({ store, wish, cancel, begin });
  const recordings = recordedRollouts({ store, wish, isReady });
  const files = fileTaking({
    store,
    wish,
    cancel,
    settle,
    begin,
    importTrace: async (text) => (await api()?.importTrace(text)) ?? null,
  });

  engine.subscribe((event) => {
    if (event.type !== 'worker.died') set((s) => withEvent(s, event));
  });
  engine.serve({
    busy: () => get().work !== null,
    leave: cancel,
    lost: () => set(withFailure),
    told: say,
    stays: () => void (waiting.taken() && run()),
    ready,
  });
  keepModelNamed({ store, engine });

  /** Another scene is rolled out again; what is left is scored, or waits for the next run. */
  const undo = undoing({
    store,
    async apply(patch, otherScene) {
      if (!otherScene) return change(patch);
      wish();
      cancel();
      set((s) => withLink(s, { ...s.settings, token: null, ...patch }));
      await asked(beginOrRecorded);
    },
  });

  return {
    ...files,
    steps: undo.steps,
    undo: undo.undo,
    redo: undo.redo,
    swap: swapping({ store, change, say }),
    store,
    run: () => asked(run),
    cancel,
    change,
    scoreTyped: (text: string) => asked(() => scoreTyped(text)),
    ...recordings,
    ...leakage,
    ...looks,
    ...group,
    takeStudent: trained.takeStudent,
    askStudent: askedFor(trained.askStudent),
    openRollout: askedFor(trained.openRollout),
    openGroup: askedFor(trained.openGroup),
    openCompletion: askedFor(offered.openCompletion),
    openQuestion: offered.openQuestion,
    /** Puts another rollout of the batch on the page. */
    async pick(index: number) {
      set((s) => withPick(s, index));
      await settle();
    },
    /** Goes to a scene of the world and rolls it out. */
    async choose(place: ScenePlace) {
      wish();
      cancel();
      set((s) => withScene(withSettings(s, withoutRecording(s.settings)), place));
      await asked(beginOrRecorded);
    },
    /** Goes back to settings of before, a scene of the history; the backend stays as it is now. */
    async restore(link: Link) {
      wish();
      cancel();
      set((s) => withLink(s, link.settings));
      sayOf(link);
      if (idle()) await trained.takeLinked();
      await asked(beginOrRecorded);
    },
    sayOf,
    /** Lets the walk through the rollout go on by itself, or halts it. */
    setPlaying(playing: boolean) {
      if (get().playing !== playing) set((s) => ({ ...s, playing }));
    },
    /** The words that the next rollout is asked with. */
    setWording(wording: Wording) {
      set((s) => ({ ...s, wording }));
    },
    dismiss(place: ErrorPlace) {
      set((s) => withoutErrors(s, place));
    },
  };
}
