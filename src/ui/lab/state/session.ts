/** What the page can do: each method changes the store and, where it has to, asks the engine. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { EngineEvent, LoadRequest, ScoreRequest } from '../../../engine/contract.ts';
import type { MethodConfig } from '../../../method/types.ts';
import type { EngineClient, EngineListeners } from '../../shared/engine-client.ts';
import type { RolloutOffer, StudentOffer } from '../../shared/playground.tsx';
import { fileTaking } from './files.ts';
import { linkNote } from './link-words.ts';
import { methodOf, otherMethodOf, sameMethod } from './method.ts';
import { overridesOf, perturbationOf, samePerturbation } from './perturbation.ts';
import { recordedRollouts } from './recorded-session.ts';
import { withoutRecording } from './recordings.ts';
import {
  asFailure,
  inputOf,
  missing,
  otherModel,
  otherTokens,
  pictureAbsent,
  samplingOf,
  workerDied,
} from './requests.ts';
import type { LabSettings } from './settings.ts';
import {
  type ErrorPlace,
  type Shown,
  UNTOUCHED,
  withBatch,
  withEngineFailed,
  withEngineStarting,
  withError,
  withEvent,
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
} from './state.ts';
import type { LabStore } from './store.ts';
import { pictureKey, type ScenePlace, type Subject, subjectNow } from './subject.ts';
import { trainedStudents } from './trained-session.ts';
import type { Link } from './url.ts';

/** Settings that change who supervises a rollout, but not the rollout. */
const SCORE_KEYS = [
  'method',
  'reading',
  'validity',
  'ablation',
  'clip',
  'opener',
  'boundary',
  'teacherImage',
  'imageOf',
  'compare',
  'answer',
] as const;

export interface SessionOptions {
  store: LabStore;
  startEngine: (listeners: EngineListeners) => EngineClient;
  model: LoadRequest['source'];
}

export type Session = ReturnType<typeof createSession>;

export function createSession({ store, startEngine, model }: SessionOptions) {
  const { getState: get, setState: set } = store;
  let client: EngineClient | null = null;
  let source = model;
  let jobs = 0;
  /** Counts what the page was asked to be about, so that a slow read never replaces a later wish. */
  let wishes = 0;

  /** A new wish; what is being read for an earlier one is no longer waited for. */
  function wish(readingPicture = false): () => boolean {
    const own = ++wishes;
    set((s) => withReading(withNotice(s, ''), readingPicture));
    return () => own === wishes;
  }

  const subject = () => subjectNow(get());
  const fail = (place: ErrorPlace, error: ErrorRecord) => set((s) => withError(s, place, error));

  function onEvent(event: EngineEvent) {
    set((s) => withEvent(s, event));
  }

  const api = () => client?.api ?? null;
  const trained = trainedStudents({ store, api, wish, cancel, run, score, settle });

  /** The worker is gone: start another; the rollout lives here, so only the job is lost. */
  function onDeath(reason: string) {
    const { work, engine } = get();
    client = null;
    set((s) => ({ ...s, work: null, live: null }));
    const error = workerDied(engine.phase === 'ready', work !== null, reason);
    if (engine.phase !== 'ready') return set((s) => withEngineFailed(s, error));
    fail('engine', error);
    void load({ keepError: true });
  }

  async function load({ keepError = false } = {}) {
    if (!keepError) set((s) => withoutErrors(s, 'engine'));
    set((s) => withEngineStarting(s));
    const own = client ?? startEngine({ onEvent, onDeath });
    client = own;
    const kept = get().errors.engine;
    const outcome = await own.api
      .load({ source, backend: get().settings.backend })
      .catch(asFailure);
    if (client !== own) return;
    if (!outcome.ok) return set((s) => withEngineFailed(s, outcome.error));
    const { model: loaded, backend } = outcome.value;
    if (loaded !== null && backend !== null)
      set((s) => withEvent(s, { type: 'model.ready', model: loaded, backend }));
    const gone = await trained.retake();
    await trained.takeLinked();
    if (keepError && kept !== undefined)
      fail('engine', { ...kept, fix: 'It has been started again and is ready.' });
    const { shown } = get();
    if (shown === null || shown.recorded) await begin();
    else await settle();
    if (gone !== null) fail('run', gone);
  }

  /** Loads another model, null for the built-in one; if it cannot be had, the one before goes on. */
  async function takeModel(folder: LoadRequest['source'] | null) {
    const before = get().engine;
    const own = client;
    if (own === null || before.phase === 'loading') return;
    const next = folder ?? model;
    cancel();
    set((s) => withEngineStarting(withoutErrors(s, 'engine'), 'Opening the model'));
    const outcome = await own.api
      .load({ source: next, backend: get().settings.backend })
      .catch(asFailure);
    if (client !== own) return;
    if (!outcome.ok)
      return set((s) => withError({ ...s, engine: before }, 'engine', outcome.error));
    source = next;
    const { model: loaded, backend } = outcome.value;
    set((s) => {
      const name = folder?.name ?? null;
      const marked = withSettings(
        { ...s, engine: { ...s.engine, ownModel: folder !== null } },
        { model: name },
      );
      if (loaded === null || backend === null) return marked;
      return withEvent(marked, { type: 'model.ready', model: loaded, backend });
    });
    const gone = await trained.retake();
    await run();
    if (gone !== null) fail('run', gone);
  }

  /** What a link asks for: a rollout, or the scores of a typed one. */
  const begin = () => {
    const { typed } = get().settings;
    return typed === null ? run() : scoreTyped(typed);
  };

  const ready = () =>
    client !== null && get().engine.phase === 'ready' && get().work?.kind !== 'rollout';

  /** Says what an address could not bring. */
  function sayOf(link: Link, page: string | null = null) {
    const note = linkNote(link, page, get().settings.model);
    if (note !== null) fail('link', note);
  }

  /** Says what the subject lacks, if anything. */
  function lacks(about: Subject): boolean {
    if (about.absent !== null && !about.absent.none) {
      fail('picture', pictureAbsent(about.absent));
      return true;
    }
    const empty = (['question', 'answer'] as const).find((what) => about[what].trim() === '');
    if (empty !== undefined) fail(empty, missing(empty));
    return empty !== undefined;
  }

  function startJob(kind: 'rollout' | 'score'): string {
    const { work } = get();
    if (work !== null) void client?.api.cancel(work.jobId);
    const jobId = `${kind}-${++jobs}`;
    set((s) => withJob(s, jobId, kind));
    return jobId;
  }

  /** Samples rollouts of what is on the page now; a run under way makes this do nothing. */
  async function run() {
    const about = subject();
    if (client === null || !ready() || lacks(about)) return;
    set((s) => withSettings(s, { typed: null, from: 'here' }));
    const { settings } = get();
    const jobId = startJob('rollout');
    const outcome = await client.api
      .rollout({
        jobId,
        input: inputOf(about),
        sampling: samplingOf(settings),
        method: methodOf(settings),
        score: true,
      })
      .catch(asFailure);
    if (get().work?.jobId !== jobId) return;
    if (outcome.ok) {
      const { rollouts, timings } = outcome.value;
      const { student } = get();
      const batch = rollouts.map(({ trace }) => ({
        ...UNTOUCHED,
        student,
        writer: student,
        trace,
        subject: about,
        timings,
      }));
      set((s) => withoutErrors(withBatch(s, batch), 'engine', 'picture'));
    } else if (outcome.error.code !== 'job.cancelled') fail('run', outcome.error);
    set((s) => withoutJob(s, jobId));
    await settle();
  }

  /** One scoring job to its end; null if it brought nothing or is no longer wanted. */
  async function score(request: Omit<ScoreRequest, 'jobId'>) {
    if (client === null) return null;
    const jobId = startJob('score');
    const outcome = await client.api.score({ ...request, jobId }).catch(asFailure);
    if (get().work?.jobId !== jobId) return null;
    set((s) => withoutJob(s, jobId));
    if (outcome.ok) return outcome.value;
    if (outcome.error.code !== 'job.cancelled') fail('run', outcome.error);
    return null;
  }

  /** Scores what a person typed, as if the student had written it. */
  async function scoreTyped(text: string) {
    const about = subject();
    if (!ready() || lacks(about)) return;
    set((s) => withSettings(s, { typed: text, from: 'here' }));
    const scored = await score({
      input: inputOf(about),
      completion: { kind: 'text', text },
      method: methodOf(get().settings),
    });
    if (scored === null) return;
    const { trace, timings } = scored;
    const { student } = get();
    set((s) => withBatch(s, [{ ...UNTOUCHED, student, trace, subject: about, timings }]));
    await settle();
  }

  /** Scores the rollout on the page again where its method, answer or picture is not the page's any more. */
  async function settle() {
    const { settings, shown, work, student } = get();
    if (!ready() || shown === null || shown.subject === null) return;
    const now = subject();
    const answer =
      pictureKey(now) === pictureKey(shown.subject) ? now.answer : shown.subject.answer;
    const about = { ...shown.subject, answer };
    const seen = perturbationOf(settings);
    const method = methodOf(settings);
    const input = shown.subject.answer === answer && samePerturbation(shown.seen, seen);
    if (!input || shown.student !== student || !sameMethod(shown.trace.method, method)) {
      if (answer.trim() === '') return fail('answer', missing('answer'));
      const scored = await scoreAgain(shown, about, method);
      if (scored === null) return;
      const { trace, timings } = scored;
      const before = shown.trace;
      set((s) =>
        withShown(s, {
          ...shown,
          trace,
          timings,
          subject: about,
          seen,
          before,
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
      return;
    }
    const other = wanted === null ? null : await scoreAgain(shown, about, wanted);
    if (wanted !== null && other === null) return;
    set((s) => (s.shown === shown ? withShown(s, { ...shown, other: other?.trace ?? null }) : s));
  }

  /** The same tokens once more; null, with the reason, for an opened trace whose ids are another model's. */
  async function scoreAgain(shown: Shown, about: Subject, method: MethodConfig) {
    const { trace } = shown;
    const foreign = otherModel(shown, get().engine.model);
    if (foreign !== null) return failed(foreign);
    const scored = await score({
      input: inputOf(about),
      completion: {
        kind: 'ids',
        ids: trace.tokens.map((token) => token.id),
        sampling: trace.sampling,
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
    if (work === null || client === null) return;
    void client.api.cancel(work.jobId);
    set((s) => withoutJob(s, work.jobId));
  }

  async function change(patch: Partial<LabSettings>) {
    set((s) => withSettings(s, patch));
    if (SCORE_KEYS.some((key) => key in patch)) await settle();
    if (patch.backend !== undefined) await switchBackend();
  }

  async function switchBackend() {
    const { engine, settings } = get();
    if (client === null || engine.phase === 'failed') return load();
    if (engine.phase === 'loading') return;
    const outcome = await client.api.setBackend(settings.backend).catch(asFailure);
    if (outcome.ok) {
      const backend = outcome.value;
      set((s) => withoutErrors(withEvent(s, { type: 'backend.changed', backend }), 'engine'));
    } else {
      const choice = engine.backend?.choice ?? 'auto';
      set((s) => withError(withSettings(s, { backend: choice }), 'engine', outcome.error));
    }
  }

  /** Does what the person asks for; once that has brought a rollout, an earlier file's error is old. */
  async function asked(what: () => Promise<void>) {
    const { shown, errors } = get();
    await what();
    if (get().shown !== shown && get().errors.trace === errors.trace)
      set((s) => withoutErrors(s, 'trace'));
  }

  const files = fileTaking({
    store,
    wish,
    cancel,
    settle,
    importTrace: async (text) => (client === null ? null : client.api.importTrace(text)),
  });

  return {
    ...files,
    store,
    load,
    takeModel,
    run: () => asked(run),
    cancel,
    change,
    scoreTyped: (text: string) => asked(() => scoreTyped(text)),
    ...recordedRollouts({ store, wish }),
    takeStudent: trained.takeStudent,
    askStudent: (offer: StudentOffer) => asked(() => trained.askStudent(offer)),
    openRollout: (offer: RolloutOffer) => asked(() => trained.openRollout(offer)),
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
      await asked(run);
    },
    /** Goes back to settings of before, a scene of the history; the backend stays as it is now. */
    async restore(link: Link) {
      wish();
      cancel();
      set((s) => withLink(s, link.settings));
      sayOf(link);
      if (ready()) await trained.takeLinked();
      await asked(begin);
    },
    sayOf,
    /** Takes the GPU device away as a driver reset would, to see the recovery. */
    async loseDevice() {
      await client?.api.loseDevice();
    },
    /** Lets the walk through the rollout go on by itself, or halts it. */
    setPlaying(playing: boolean) {
      if (get().playing !== playing) set((s) => ({ ...s, playing }));
    },
    dismiss(place: ErrorPlace) {
      set((s) => withoutErrors(s, place));
    },
    stop() {
      client?.stop();
      client = null;
    },
  };
}
