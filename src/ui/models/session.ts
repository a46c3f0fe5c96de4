/** What the Models page can do: each method changes the store and, where it has to, asks the engine. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import { EXPORT_PRECISIONS } from '../../contract/models/model.ts';
import { DEFAULT_HUB } from '../../contract/models/model-hosts.ts';
import { type PlaceOptions, readPlace } from '../../contract/models/model-place.ts';
import {
  type Fetched,
  type KeptModel,
  type ModelLook,
  type ModelSource,
  type RemoteSource,
  sourceName,
  type WeightKind,
} from '../../contract/models/model-sources.ts';
import type { EngineFace } from '../engine/client.ts';
import type { Engine, LoadAs } from '../engine/engine.ts';
import { policyOrigins } from './policy-origins.ts';
import {
  type FormField,
  initialModels,
  type ModelsState,
  takesAdapter,
  withLook,
} from './state.ts';

export interface ModelsSession {
  readonly store: StoreApi<ModelsState>;
  /** Asks what is kept, and which known models run here; called whenever the page is shown. */
  refresh(): Promise<void>;
  fill(field: FormField, text: string): void;
  choosePlace(place: ModelsState['place']): void;
  /** Looks at what the form names. */
  lookAtPlace(): Promise<void>;
  /** Looks at a repository by its name on the hub of the form. */
  lookAtKnown(repo: string): Promise<void>;
  lookAt(source: ModelSource): Promise<void>;
  /** Looks at one of the models of a source that has several. */
  lookInside(inner: string): Promise<void>;
  chooseKind(kind: WeightKind): void;
  chooseAdapter(folder: string | null): void;
  chooseLength(length: number): void;
  /** Brings what was looked at here, then loads it; the model before goes on until then. */
  open(): Promise<void>;
  openKept(model: KeptModel): Promise<void>;
  /** Ends the look or the transfer under way; what has come is kept. */
  cancel(): Promise<void>;
  remove(model: KeptModel): Promise<void>;
  fail(error: unknown): void;
  dismiss(): void;
}

export function createModels(engine: Engine): ModelsSession {
  const store = createStore<ModelsState>(() => initialModels(DEFAULT_HUB));
  const { getState: get, setState: set } = store;
  /** What was looked at, until another is. */
  let asked: ModelSource | null = null;

  engine.subscribe((event) => {
    if (event.type === 'model.transfer') {
      const { type: _, ...transfer } = event;
      if (get().fetching !== null) set({ transfer });
    }
    if (event.type === 'models.changed') void listKept();
    if (event.type === 'worker.died' && (get().fetching !== null || get().looking !== null))
      set({
        fetching: null,
        transfer: null,
        looking: null,
        notice: 'The engine stopped. What has come is kept: open the model again to go on.',
      });
  });

  /** Null where there is no worker, which the page says elsewhere. */
  async function answerOf<T>(
    ask: (api: EngineFace) => Promise<Outcome<T>>,
  ): Promise<Outcome<T> | null> {
    const api = engine.api();
    if (api === null) return null;
    try {
      return await ask(api);
    } catch (error) {
      return { ok: false, error: toErrorRecord(error, 'engine') };
    }
  }

  async function listKept(): Promise<void> {
    const answer = await answerOf((api) => api.listModels() as Promise<Outcome<never>>);
    if (answer?.ok) set({ shelf: answer.value });
  }

  async function lookAt(source: ModelSource): Promise<void> {
    if (get().looking !== null || get().fetching !== null) return;
    asked = source;
    set({ looking: sourceName(source), look: null, error: null, notice: null });
    const answer = await answerOf((api) => api.lookAtModel(source));
    if (answer === null) return set({ looking: null });
    if (answer.ok) return set((s) => withLook(s, answer.value));
    set({ looking: null });
    failed(answer.error);
  }

  /** A place as somebody typed it; nobody is asked where it is none, or where the policy would not let it be asked. */
  async function lookAtTyped(typed: string, more: PlaceOptions): Promise<void> {
    const { hub, token } = get();
    try {
      const origins = policyOrigins();
      const own = { hub, origins, ...(token === '' ? {} : { token }) };
      await lookAt(readPlace(typed, { ...own, ...more }));
    } catch (error) {
      set({ error: toErrorRecord(error, 'model'), look: null });
    }
  }

  function failed(error: ErrorRecord): void {
    if (error.code === 'job.cancelled') set({ notice: 'Cancelled. What has come is kept.' });
    else set({ error });
  }

  /** Null where it did not come. */
  async function bring(source: RemoteSource, as: LoadAs): Promise<Fetched | null> {
    set({ fetching: sourceName(source), transfer: null, error: null, notice: null });
    // Only a page may ask, best after a click: what is kept then stays when space runs short.
    await navigator.storage?.persist?.().catch(() => false);
    const answer = await answerOf((api) => api.fetchModel({ source, ...as }));
    set({ fetching: null, transfer: null });
    void listKept();
    if (answer === null) return null;
    if (!answer.ok) {
      failed(answer.error);
      return null;
    }
    set({ notice: answer.value.notice });
    return answer.value;
  }

  /** What of it is kept has changed; nobody is asked, since its commit is known. */
  async function lookAgain(before: ModelLook): Promise<void> {
    const answer = await answerOf((api) => api.lookAtModel(before.source));
    if (answer?.ok && get().look === before) set({ look: answer.value });
  }

  async function open(): Promise<void> {
    const { look, kind, fetching, adapter } = get();
    if (look === null || kind === null || fetching !== null) return;
    if (takesAdapter(kind) && adapter === undefined) return;
    const precision =
      kind === 'safetensors-q4' ? 'q4' : EXPORT_PRECISIONS.find((name) => name === kind);
    const { source } = look;
    const as = {
      ...(precision === undefined ? {} : { precision }),
      ...(takesAdapter(kind) && look.adapters.length > 0 ? { adapter } : {}),
    };
    const remote = source.kind === 'hub' || source.kind === 'address';
    const fetched = remote ? await bring(source, as) : null;
    if (remote && fetched === null) return;
    await engine.takeModel(source, as, { here: fetched?.lasting === false });
    await Promise.all([listKept(), lookAgain(look)]);
  }

  return {
    store,
    async refresh() {
      await listKept();
      if (get().known !== null) return;
      const answer = await answerOf((api) => api.judgeKnownModels() as Promise<Outcome<never>>);
      if (answer?.ok) set({ known: answer.value });
    },
    fill: (field, text) => set({ [field]: text }),
    choosePlace: (place) => set({ place, error: null }),
    lookAtPlace: () => {
      const { place, text, address, revision } = get();
      if (place === 'address') return lookAtTyped(address, { hub: DEFAULT_HUB });
      return lookAtTyped(text, { revision });
    },
    lookAtKnown: (repo) => lookAtTyped(repo, {}),
    lookAt,
    async lookInside(inner) {
      if (asked?.kind === 'folder' || asked?.kind === 'hub') await lookAt({ ...asked, inner });
    },
    chooseKind: (kind) => set({ kind }),
    chooseAdapter: (adapter) => set({ adapter }),
    chooseLength: (length) => set({ length }),
    open,
    async openKept(model) {
      await lookAt(model.source);
      const { look } = get();
      if (look === null) return;
      const [whole] = model.whole;
      if (whole !== undefined) set({ kind: whole });
      await open();
    },
    async cancel() {
      await engine.api()?.cancelFetch();
    },
    async remove({ id }) {
      const answer = await answerOf((api) => api.deleteModel(id));
      if (answer !== null && !answer.ok) failed(answer.error);
      await listKept();
    },
    fail: (error) => set({ error: toErrorRecord(error, 'model') }),
    dismiss: () => set({ error: null, notice: null }),
  };
}
