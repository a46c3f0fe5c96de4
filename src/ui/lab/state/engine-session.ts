/** The engine's worker and its model: started, loaded, cancelled, replaced, and started again when it dies. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { EngineStatus, LoadRequest, Outcome } from '../../../contract/engine.ts';
import type { EngineClient, EngineListeners } from '../../shared/engine-client.ts';
import type { Death } from '../../shared/start-worker.ts';
import { asFailure, loadCancelled, workerDied } from './requests.ts';
import {
  type LabState,
  withEngineFailed,
  withEngineStarting,
  withError,
  withEvent,
  withNotice,
  withoutErrors,
  withSettings,
} from './state.ts';
import type { LabStore } from './store.ts';

type ModelSource = LoadRequest['source'];

/** How long a worker may take to hear that its load is cancelled before it is ended, ms. */
const PATIENCE_MS = 1000;

/** A load under way. */
interface Loading {
  readonly own: EngineClient;
  readonly source: ModelSource;
  /** Resolves with its outcome; null where the worker died. */
  readonly outcome: Promise<Outcome<EngineStatus> | null>;
  /** Gives it an outcome that the worker will not. */
  readonly end: (outcome: Outcome<EngineStatus> | null) => void;
  /** Asked for once it is cancelled. */
  builtInNext: boolean;
}

export interface EngineSessionOptions {
  store: LabStore;
  startEngine: (listeners: EngineListeners) => EngineClient;
  /** The built-in one. */
  model: ModelSource;
  /** Ends the job under way. */
  cancel: () => void;
  /** A worker has its model: `again` where one was started anew, else another model was chosen. */
  ready: (how: 'again' | 'other-model', status: EngineStatus) => Promise<void>;
}

export type EngineSession = ReturnType<typeof engineSession>;

export function engineSession({ store, startEngine, model, cancel, ready }: EngineSessionOptions) {
  const { getState: get, setState: set } = store;
  let client: EngineClient | null = null;
  let source = model;
  let loading: Loading | null = null;
  /** A folder with several checkpoints, until one of them or another model is chosen. */
  let undecided: Extract<ModelSource, { kind: 'folder' }> | null = null;

  const started = (): EngineClient => {
    client ??= startEngine({ onEvent: (event) => set((s) => withEvent(s, event)), onDeath });
    return client;
  };

  /** Null where the worker died meanwhile, which is dealt with elsewhere. */
  async function loaded(own: EngineClient, wanted: ModelSource) {
    let end: Loading['end'] = () => undefined;
    const ended = new Promise<Outcome<EngineStatus> | null>((resolve) => {
      end = resolve;
    });
    const { backend } = get().settings;
    const answer = own.api.load({ source: wanted, backend }).catch(asFailure);
    const outcome = Promise.race([answer, ended]);
    const mine: Loading = { own, source: wanted, outcome, end, builtInNext: false };
    loading = mine;
    const result = await outcome;
    if (loading === mine) loading = null;
    return result && { result, builtInNext: mine.builtInNext };
  }

  /** The worker is gone: start another; the rollout lives here, so only the job is lost. */
  function onDeath({ reason, notLoaded }: Death) {
    const { work, engine } = get();
    client = null;
    loading?.end(null);
    loading = null;
    set((s) => ({ ...s, work: null, live: null }));
    const error = notLoaded ?? workerDied(engine.phase === 'ready', work !== null, reason);
    if (engine.phase !== 'ready') return set((s) => withEngineFailed(s, error));
    set((s) => withError(s, 'engine', error));
    void load({ keepError: true });
  }

  const isReady = ({ model: there, backend }: EngineStatus) => {
    if (there !== null && backend !== null)
      set((s) => withEvent(s, { type: 'model.ready', model: there, backend }));
  };

  async function load({ keepError = false } = {}): Promise<void> {
    if (!keepError) set((s) => withoutErrors(s, 'engine'));
    const own = source !== model;
    set((s) => withEngineStarting(named(s, own ? source.name : null), { opening: null }));
    const kept = get().errors.engine;
    const loadedNow = await loaded(started(), source);
    if (loadedNow === null) return;
    const { result, builtInNext } = loadedNow;
    if (builtInNext && own) {
      source = model;
      return load();
    }
    if (!result.ok) {
      // A worker in which ONNX Runtime did not come refuses it for good; the next try has one of its own.
      if (result.error.code === 'model.runtime-unreachable') {
        client?.stop();
        client = null;
      }
      const error = isCancelled(result.error) ? loadCancelled(source.name) : result.error;
      return set((s) => withEngineFailed(s, error));
    }
    isReady(result.value);
    await ready('again', result.value);
    if (keepError && kept !== undefined) {
      const error = { ...kept, fix: 'It has been started again and is ready.' };
      set((s) => withError(s, 'engine', error));
    }
  }

  /** Loads another model, null for the built-in one; if it cannot be had, the one before goes on. */
  async function takeModel(folder: ModelSource | null): Promise<void> {
    const before = get().engine;
    if (before.phase === 'loading') {
      // The built-in one is always at hand.
      if (folder === null) await cancelLoad(true);
      return;
    }
    const next = folder ?? model;
    undecided = null;
    cancel();
    set((s) =>
      withEngineStarting(withoutErrors(s, 'engine'), {
        label: 'Opening the model',
        opening: folder?.name ?? null,
      }),
    );
    const loadedNow = await loaded(started(), next);
    if (loadedNow === null) return;
    const { result, builtInNext } = loadedNow;
    if (!result.ok) {
      const cancelled = isCancelled(result.error);
      if (result.error.code === 'model.several' && next.kind === 'folder') undecided = next;
      if (builtInNext) source = model;
      const said = `Opening “${next.name}” was cancelled.`;
      if (cancelled) set((s) => withNotice(s, said));
      // Its worker heard nothing and was ended.
      if (client === null) return load();
      if (builtInNext && before.ownModel) {
        set((s) => ({ ...s, engine: before }));
        return takeModel(null);
      }
      if (before.phase === 'failed') {
        const error = cancelled ? loadCancelled(next.name) : result.error;
        return set((s) => withEngineFailed({ ...s, engine: before }, error));
      }
      return set((s) => {
        const back = { ...s, engine: before };
        return cancelled ? back : withError(back, 'engine', result.error);
      });
    }
    source = next;
    set((s) => named(s, folder?.name ?? null));
    isReady(result.value);
    await ready('other-model', result.value);
  }

  /** Loads one of the checkpoints of the folder that had several, by its path inside it. */
  async function takeInner(inner: string): Promise<void> {
    if (undecided !== null) await takeModel({ ...undecided, inner });
  }

  /** Ends the load under way: politely, and if the worker does not hear it, with the worker. */
  async function cancelLoad(builtInNext = false): Promise<void> {
    const mine = loading;
    if (mine === null) return;
    mine.builtInNext = builtInNext;
    set((s) => ({ ...s, engine: { ...s.engine, label: 'Cancelling' } }));
    void mine.own.api.cancelLoad().catch(() => undefined);
    await Promise.race([mine.outcome, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    if (loading !== mine) return;
    loading = null;
    client = null;
    mine.own.stop();
    set((s) => ({ ...s, work: null, live: null }));
    mine.end({ ok: false, error: loadCancelled(mine.source.name) });
  }

  async function switchBackend(): Promise<void> {
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
    api: () => client?.api ?? null,
    load,
    takeModel,
    takeInner,
    cancelLoad: () => cancelLoad(),
    switchBackend,
    stop() {
      client?.stop();
      client = null;
    },
  };
}

/** Whose model it is, for the page and for the address. */
const named = (state: LabState, own: string | null): LabState =>
  withSettings({ ...state, engine: { ...state.engine, ownModel: own !== null } }, { model: own });

const isCancelled = ({ code }: ErrorRecord): boolean =>
  code === 'job.cancelled' || code === 'model.load-cancelled';
