/** What the page can do: each method changes the store and, where it has to, asks the engine. */

import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type {
  EngineEvent,
  LoadRequest,
  Outcome,
  RolloutInput,
  SamplingConfig,
} from '../../../engine/contract.ts';
import type { MethodConfig } from '../../../method/types.ts';
import type { EngineClient, EngineListeners } from '../../shared/engine-client.ts';
import type { OwnPicture } from '../scene/own-picture.ts';
import { methodOf } from './method.ts';
import type { LabSettings } from './settings.ts';
import {
  type ErrorPlace,
  withEngineFailed,
  withEngineStarting,
  withError,
  withEvent,
  withJob,
  withOwnPicture,
  withoutErrors,
  withoutJob,
  withScene,
  withSettings,
  withShown,
} from './state.ts';
import type { LabStore } from './store.ts';
import { MODEL_EDGE, pictureKey, pictureOf, type Subject, subjectOf } from './subject.ts';

/** Settings that change who supervises a rollout, but not the rollout. */
const METHOD_KEYS = ['method', 'reading', 'validity'] as const;

export interface SessionOptions {
  store: LabStore;
  startEngine: (listeners: EngineListeners) => EngineClient;
  model: LoadRequest['source'];
}

const missing = (what: 'question' | 'answer'): ErrorRecord =>
  what === 'question'
    ? {
        code: 'lab.question-empty',
        message: 'There is no question.',
        fix: 'Type a question about the picture, then run again.',
        where: 'question',
      }
    : {
        code: 'lab.answer-empty',
        message: 'There is no reference answer, and three of the teachers need one.',
        fix: 'Type the right answer, or a wrong one to see who follows it.',
        where: 'reference answer',
      };

export function samplingOf(settings: LabSettings): SamplingConfig {
  const { temperature, topP, topK, seed, maxTokens } = settings;
  return { temperature, topP, topK, seed, maxNewTokens: maxTokens, count: 1 };
}

export function inputOf(subject: Subject): RolloutInput {
  const { question, answer } = subject;
  const image = pictureOf(subject, MODEL_EDGE);
  if (image === null) return { image, question, answer };
  const { width, height, data } = image;
  return { image: { width, height, data }, question, answer };
}

const sameMethod = (a: MethodConfig, b: MethodConfig): boolean =>
  a.name === b.name && a.reading === b.reading && a.validity === b.validity;

export type Session = ReturnType<typeof createSession>;

export function createSession({ store, startEngine, model }: SessionOptions) {
  const { getState: get, setState: set } = store;
  let client: EngineClient | null = null;
  let source = model;
  let jobs = 0;

  const subject = () => subjectOf(get().settings, get().own);
  const fail = (place: ErrorPlace, error: ErrorRecord) => set((s) => withError(s, place, error));

  function onEvent(event: EngineEvent) {
    set((s) => withEvent(s, event));
  }

  /** The worker is gone: start another; the rollout lives here, so only the job is lost. */
  function onDeath(reason: string) {
    const { work, engine } = get();
    client = null;
    set((s) => ({ ...s, work: null, live: null }));
    const error: ErrorRecord = {
      code: 'engine.worker-died',
      message:
        engine.phase === 'ready'
          ? `The engine stopped${work === null ? '' : ' in the middle of its work'}. Your rollout is kept.`
          : 'The engine stopped while it was starting.',
      fix:
        engine.phase === 'ready'
          ? 'It is being started again; run again when it is ready.'
          : 'Start it again; if that fails too, close other tabs to free memory.',
      where: 'engine worker',
      detail: { reason },
    };
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
    if (keepError && kept !== undefined) fail('engine', kept);
    if (get().shown === null) await run();
    else await settle();
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
      const marked = { ...s, engine: { ...s.engine, ownModel: folder !== null } };
      if (loaded === null || backend === null) return marked;
      return withEvent(marked, { type: 'model.ready', model: loaded, backend });
    });
    await run();
  }

  /** Samples a rollout of what is on the page now; a rollout under way makes this do nothing. */
  async function run() {
    const { engine, work, settings } = get();
    if (client === null || engine.phase !== 'ready' || work?.kind === 'rollout') return;
    const about = subject();
    for (const what of ['question', 'answer'] as const)
      if (about[what].trim() === '') return fail(what, missing(what));
    if (work !== null) void client.api.cancel(work.jobId);
    const jobId = `rollout-${++jobs}`;
    set((s) => withJob(s, jobId, 'rollout'));
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
      const { trace } = rollouts[0];
      set((s) => withShown(s, { trace, subject: about, timings, file: null }));
    } else if (outcome.error.code !== 'job.cancelled') fail('run', outcome.error);
    set((s) => withoutJob(s, jobId));
    await settle();
  }

  /** Scores the rollout on the page again if its method or reference answer is not the page's any more. */
  async function settle() {
    const { engine, work, settings, shown, own } = get();
    if (client === null || engine.phase !== 'ready' || work?.kind === 'rollout') return;
    if (shown === null || shown.subject === null) return;
    const now = subjectOf(settings, own);
    const method = methodOf(settings);
    const answer =
      pictureKey(now) === pictureKey(shown.subject) ? now.answer : shown.subject.answer;
    if (sameMethod(shown.trace.method, method) && shown.subject.answer === answer) {
      if (work !== null) cancel();
      return;
    }
    if (answer.trim() === '') return fail('answer', missing('answer'));
    if (work !== null) void client.api.cancel(work.jobId);
    const jobId = `score-${++jobs}`;
    const about = { ...shown.subject, answer };
    set((s) => withJob(s, jobId, 'score'));
    const { tokens, sampling } = shown.trace;
    const outcome = await client.api
      .score({
        jobId,
        input: inputOf(about),
        completion: { kind: 'ids', ids: tokens.map((token) => token.id), sampling },
        method,
      })
      .catch(asFailure);
    if (get().work?.jobId !== jobId) return;
    if (outcome.ok) {
      const { trace, timings } = outcome.value;
      set((s) => withShown(s, { trace, subject: about, timings, file: null }));
    } else if (outcome.error.code !== 'job.cancelled') fail('run', outcome.error);
    set((s) => withoutJob(s, jobId));
  }

  function cancel() {
    const { work } = get();
    if (work === null || client === null) return;
    void client.api.cancel(work.jobId);
    set((s) => withoutJob(s, work.jobId));
  }

  async function change(patch: Partial<LabSettings>) {
    set((s) => withSettings(s, patch));
    if (METHOD_KEYS.some((key) => key in patch) || 'answer' in patch) await settle();
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

  return {
    store,
    load,
    takeModel,
    run,
    cancel,
    change,
    /** Goes to a scene of the world and rolls it out. */
    async choose(place: Pick<LabSettings, 'split' | 'index'>) {
      cancel();
      set((s) => withScene(s, place));
      await run();
    },
    /** Reads an image file as the picture; the person then asks and runs. */
    async takePicture(read: () => Promise<OwnPicture>) {
      try {
        const own = await read();
        cancel();
        set((s) => withOwnPicture(s, own));
      } catch (error) {
        fail('picture', toErrorRecord(error, 'picture'));
      }
    },
    async openTrace(file: File) {
      if (client === null) return;
      const text = await file.text().catch(() => '');
      const outcome = await client.api.importTrace(text).catch(asFailure);
      if (!outcome.ok) return fail('trace', outcome.error);
      cancel();
      const shown = { trace: outcome.value, subject: null, timings: null, file: file.name };
      set((s) => withoutErrors(withShown(s, shown), 'trace', 'run'));
    },
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

function asFailure(error: unknown): Outcome<never> {
  return { ok: false, error: toErrorRecord(error, 'engine') };
}
