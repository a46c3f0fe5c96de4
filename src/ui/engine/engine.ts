/** The engine of the app: its worker and its model, started, loaded, cancelled, replaced, and started again when it dies. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ErrorRecord } from '../../base/errors.ts';
import type { BackendChoice } from '../../contract/backend.ts';
import type { EngineEvent, EngineStatus, LoadRequest, Outcome } from '../../contract/engine.ts';
import { builtInModel } from '../../contract/models/built-in-models.ts';
import { isLarge, sourceName } from '../../contract/models/model-sources.ts';
import type { EngineClient, EngineFace, EngineListeners } from './client.ts';
import { asFailure, loadCancelled, workerDied } from './errors.ts';
import { type FolderChoice, folderChoices } from './folder-choices.ts';
import type { Death } from './start-worker.ts';
import { type EngineState, initialEngine, withEvent, withFailure, withStart } from './state.ts';

type ModelSource = LoadRequest['source'];
/** What of a source is taken, and with what. */
export type LoadAs = Pick<LoadRequest, 'precision' | 'adapter'>;

export interface TakeOptions {
  /** Its files are in the memory of the worker at work, and nowhere else. */
  readonly here?: boolean;
}

/** What the worker says, and that it said its last. */
export type SharedEvent = EngineEvent | { readonly type: 'worker.died'; readonly reason: string };

/** Whoever has work of its own at the engine; all are asked before the engine does what touches it. */
export interface EngineUser {
  /** It waits for the worker. */
  readonly busy: () => boolean;
  /** Another model is asked for: ends what it wants of the one before. */
  readonly leave: () => void;
  /** The worker is gone, and with it all that was asked of it. */
  readonly lost: () => void;
  /** What became of a wish, in words. */
  readonly told: (notice: string) => void;
  /** Another model was asked for and did not come: the one before goes on. */
  readonly stays: () => void;
  /** A worker has its model: `again` where one was started anew, else another model was chosen. */
  readonly ready: (how: 'again' | 'other-model', status: EngineStatus) => Promise<void>;
}

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

export interface EngineOptions {
  startEngine: (listeners: EngineListeners) => EngineClient;
  /** The built-in one that is always at hand. */
  model: ModelSource;
  /** The built-in one to open first, `model` where it is not given. */
  first?: ModelSource;
  choice?: BackendChoice;
}

export interface Engine {
  readonly store: StoreApi<EngineState>;
  /** The running worker, null while there is none. */
  api(): EngineFace | null;
  /** Adds a listener; the answer takes it away again. */
  subscribe(listener: (event: SharedEvent) => void): () => void;
  /** Adds one that has work of its own here. */
  serve(user: EngineUser): void;
  /** Starts the worker where there is none, and loads the model that was last chosen. */
  load(): Promise<void>;
  /**
   * Loads another model, null for the built-in one that opens by itself; if it cannot be had, the one before goes on. A
   * large one is loaded in a worker of its own, beside the model before, which ends when it is ready.
   */
  takeModel(wanted: ModelSource | null, as?: LoadAs, options?: TakeOptions): Promise<void>;
  /** Loads the folder again that asked which of its models, or adapters, is meant. */
  choose(what: FolderChoice): Promise<void>;
  /** Ends the load under way: politely, and if the worker does not hear it, with the worker. */
  cancelLoad(): Promise<void>;
  setBackend(choice: BackendChoice): Promise<void>;
  /** Takes the GPU device away as a driver reset would, to see the recovery. */
  loseDevice(): Promise<void>;
  dismissError(): void;
}

export function createEngine({ startEngine, model, first, choice }: EngineOptions): Engine {
  const store = createStore<EngineState>(() => initialEngine(choice));
  const { getState: get, setState: set } = store;
  /** What was chosen of a source. */
  const chosen = new WeakMap<ModelSource, LoadAs>();
  const users = new Set<EngineUser>();
  const listeners = new Set<(event: SharedEvent) => void>();
  let client: EngineClient | null = null;
  let source = first === undefined || isSame(first, model) ? model : first;
  let loading: Loading | null = null;
  /** What asked which of its models or adapters is meant, until that or another model is chosen. */
  let undecided: ModelSource | null = null;

  const all = (act: (user: EngineUser) => void) => users.forEach(act);
  const tell = (event: SharedEvent) => {
    for (const listener of listeners) listener(event);
  };
  const begun = (): EngineClient => {
    const own: EngineClient = startEngine({
      onEvent: (event) => heard(own, event),
      onDeath: (death) => onDeath(own, death),
    });
    return own;
  };
  const started = (): EngineClient => {
    client ??= begun();
    return client;
  };

  /** Of a worker that loads beside the one at work nothing is taken but how far it is. */
  function heard(own: EngineClient, event: EngineEvent): void {
    if (own !== client && !(loading?.own === own && event.type === 'model.progress')) return;
    set((s) => withEvent(s, event));
    if (own === client) tell(event);
  }

  /** Ends the worker; what was asked of it will not be answered. */
  function end(): void {
    const own = client;
    client = null;
    own?.stop();
    if (own !== null) tell({ type: 'worker.died', reason: 'The page ended it.' });
  }

  /** Null where the worker died meanwhile, which is dealt with elsewhere. */
  async function loaded(own: EngineClient, wanted: ModelSource) {
    let finish: Loading['end'] = () => undefined;
    const ended = new Promise<Outcome<EngineStatus> | null>((resolve) => {
      finish = resolve;
    });
    const request = { source: wanted, backend: get().choice, ...chosen.get(wanted) };
    const answer = own.api.load(request).catch(asFailure);
    const outcome = Promise.race([answer, ended]);
    const mine: Loading = { own, source: wanted, outcome, end: finish, builtInNext: false };
    loading = mine;
    const result = await outcome;
    if (loading === mine) loading = null;
    return result && { result, builtInNext: mine.builtInNext };
  }

  /** The worker is gone: start another; rollouts live in the page, so only the work under way is lost. */
  function onDeath(own: EngineClient, { reason, notLoaded }: Death) {
    const { phase } = get();
    const working = [...users].some((user) => user.busy());
    const isLoading = loading?.own === own;
    if (own !== client) {
      // The model before has not noticed.
      const error = notLoaded ?? workerDied(false, false, reason);
      if (isLoading) loading?.end({ ok: false, error });
      return;
    }
    client = null;
    if (isLoading) loading?.end(null);
    tell({ type: 'worker.died', reason });
    all((user) => user.lost());
    const error = notLoaded ?? workerDied(phase === 'ready', working, reason);
    // Another model is on its way in a worker of its own; without it the one before is loaded again.
    if (loading !== null && !isLoading) return set({ error });
    loading = null;
    if (phase !== 'ready') return set((s) => withFailure(s, error));
    set({ error });
    void load({ keepError: true });
  }

  /** A worker has its model; a backend that was chosen meanwhile is not the one it loaded with. */
  async function became(how: 'again' | 'other-model', status: EngineStatus): Promise<void> {
    const { model: there, backend } = status;
    if (there !== null && backend !== null) {
      set((s) => withEvent(s, { type: 'model.ready', model: there, backend }));
      const { choice: wanted } = get();
      if (wanted !== backend.choice) await setBackend(wanted);
    }
    await Promise.all([...users].map((user) => user.ready(how, status)));
  }

  async function load({ keepError = false } = {}): Promise<void> {
    if (!keepError) set({ error: null });
    const own = source !== model;
    set((s) => withStart({ ...s, ownModel: own ? nameOf(source) : null }));
    const kept = get().error;
    const loadedNow = await loaded(started(), source);
    if (loadedNow === null) return;
    const { result, builtInNext } = loadedNow;
    if (builtInNext && own) {
      source = model;
      return load();
    }
    if (!result.ok) {
      // A worker in which ONNX Runtime did not come refuses it for good; the next try has one of its own.
      if (result.error.code === 'model.runtime-unreachable') end();
      const error = isCancelled(result.error) ? loadCancelled(sourceName(source)) : result.error;
      return set((s) => withFailure(s, error));
    }
    await became('again', result.value);
    if (keepError && kept !== null)
      set({ error: { ...kept, fix: 'It has been started again and is ready.' } });
  }

  async function takeModel(
    wanted: ModelSource | null,
    as?: LoadAs,
    { here = false }: TakeOptions = {},
  ): Promise<void> {
    if (wanted !== null && as !== undefined) chosen.set(wanted, as);
    const before = get();
    if (before.phase === 'loading') {
      // The built-in one is always at hand.
      if (wanted === null) await cancelLoad(true);
      return;
    }
    const next = wanted === null || isSame(wanted, model) ? model : wanted;
    undecided = null;
    all((user) => user.leave());
    const opening = next === model ? null : nameOf(next);
    set((s) => withStart({ ...s, error: null }, { label: 'Opening the model', opening }));
    // Threads of a runtime stay as its first model wants them, and its memory as its largest had it.
    const apart = client !== null && !here && (isLarge(next) || isLarge(source));
    const own = apart ? begun() : started();
    const loadedNow = await loaded(own, next);
    if (loadedNow === null) return;
    const { result, builtInNext } = loadedNow;
    if (!result.ok) {
      if (own !== client) own.stop();
      return notTaken(next, before, result.error, builtInNext);
    }
    source = next;
    set({ ownModel: opening });
    if (own !== client) takeOver(own, result.value);
    await became('other-model', result.value);
  }

  /** A worker that has loaded its model beside the one before takes its place. */
  function takeOver(own: EngineClient, { model: there, backend }: EngineStatus): void {
    end();
    all((user) => user.lost());
    client = own;
    if (there !== null && backend !== null) tell({ type: 'model.ready', model: there, backend });
  }

  /** Another model did not come: the one before goes on, as far as there is one. */
  async function notTaken(
    next: ModelSource,
    before: EngineState,
    error: ErrorRecord,
    builtInNext: boolean,
  ): Promise<void> {
    const cancelled = isCancelled(error);
    if (folderChoices(error).length > 0) undecided = next;
    if (builtInNext) source = model;
    if (cancelled) all((user) => user.told(`Opening “${sourceName(next)}” was cancelled.`));
    // Its worker heard nothing and was ended.
    if (client === null) return load();
    const back = { ...before, choice: get().choice, error: null };
    set(back);
    if (builtInNext && before.ownModel !== null) return takeModel(null);
    if (before.phase === 'failed')
      return set((s) => withFailure(s, cancelled ? loadCancelled(sourceName(next)) : error));
    all((user) => user.stays());
    if (!cancelled) set({ error });
  }

  async function cancelLoad(builtInNext = false): Promise<void> {
    const mine = loading;
    if (mine === null) return;
    mine.builtInNext = builtInNext;
    if (mine.own !== client) {
      mine.end({ ok: false, error: loadCancelled(sourceName(mine.source)) });
      return;
    }
    set({ label: 'Cancelling' });
    void mine.own.api.cancelLoad().catch(() => undefined);
    await Promise.race([mine.outcome, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    if (loading !== mine) return;
    loading = null;
    end();
    all((user) => user.lost());
    mine.end({ ok: false, error: loadCancelled(sourceName(mine.source)) });
  }

  async function setBackend(wanted: BackendChoice): Promise<void> {
    set({ choice: wanted });
    const { phase } = get();
    if (client === null || phase === 'failed') return load();
    if (phase === 'loading') return;
    const outcome = await client.api.setBackend(wanted).catch(asFailure);
    if (outcome.ok) set({ backend: outcome.value, error: null });
    else set(({ backend }) => ({ choice: backend?.choice ?? 'auto', error: outcome.error }));
  }

  return {
    store,
    api: () => client?.api ?? null,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    serve: (user) => void users.add(user),
    load: () => load(),
    takeModel,
    async choose(what) {
      if (undecided === null) return;
      const as = chosen.get(undecided);
      if ('adapter' in what) return takeModel({ ...undecided }, { ...as, adapter: what.adapter });
      if (undecided.kind === 'folder' || undecided.kind === 'hub')
        await takeModel({ ...undecided, inner: what.inner }, as);
    },
    cancelLoad: () => cancelLoad(),
    setBackend,
    async loseDevice() {
      await client?.api.loseDevice();
    },
    dismissError: () => set({ error: null }),
  };
}

/** A folder is never called as a built-in model is: addresses open that one by its name. */
function nameOf(source: ModelSource): string {
  const name = sourceName(source);
  return source.kind !== 'bundled' && builtInModel(name) ? `${name} (a folder)` : name;
}

const isSame = (a: ModelSource, b: ModelSource): boolean =>
  a.kind === 'bundled' && b.kind === 'bundled' && a.name === b.name;

const isCancelled = ({ code }: ErrorRecord): boolean =>
  code === 'job.cancelled' || code === 'model.load-cancelled';
