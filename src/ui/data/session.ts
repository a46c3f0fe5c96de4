/** What a person can do on the Data page; the work is the engine's. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { toErrorRecord } from '../../base/errors.ts';
import { newId } from '../../base/new-id.ts';
import { type Outcome, unwrap } from '../../base/outcome.ts';
import type {
  DataExport,
  DataMapping,
  GivenFile,
  WorldExport,
} from '../../contract/data/data-sets.ts';
import type { EngineFace } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { placedErrors } from '../shared/placed-errors.ts';
import { saveBlob } from '../shared/save-file.ts';
import { type DataState, type ErrorPlace, initialState, PAGE_ITEMS } from './state.ts';

export interface DataSession {
  readonly store: StoreApi<DataState>;
  /** Reads what is stored; called whenever the page is shown and when the engine is there. */
  refresh(): Promise<void>;
  /** Looks at files that belong together; nothing is imported yet. */
  take(files: readonly GivenFile[], name: string): Promise<void>;
  setMapping(mapping: DataMapping): Promise<void>;
  importLooked(): Promise<void>;
  dropLooked(): void;
  cancel(importId: string): void;
  /** Null shows none. */
  show(id: string | null): Promise<void>;
  turnTo(page: number): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  /** Whether it is gone. */
  remove(id: string): Promise<boolean>;
  save(id: string, as: DataExport): Promise<void>;
  saveWorld(world: WorldExport, as: DataExport): Promise<void>;
  dismiss(place: ErrorPlace): void;
}

export function createDataSession(engine: Pick<Engine, 'api' | 'subscribe'>): DataSession {
  const store = createStore<DataState>(() => initialState);
  const { getState: get, setState: set } = store;
  /** Counts looks, so that a slow one never replaces a later one. */
  let looks = 0;

  engine.subscribe((event) => {
    if (event.type === 'data.progress') {
      const { importId, progress } = event;
      set(({ importing }) => ({
        importing: importing.map((one) => (one.importId === importId ? { ...one, progress } : one)),
      }));
    }
    if (event.type === 'worker.died' && (get().importing.length > 0 || get().busy !== null))
      set({
        importing: [],
        busy: null,
        notice:
          'The engine stopped, and the import with it; nothing of it was kept. Choose the file again.',
      });
  });

  const { fail, clear } = placedErrors<ErrorPlace, DataState>(store);

  /** The answer; null where it is an error, which is shown in its place, or there is no engine yet. */
  async function ask<T>(
    place: ErrorPlace,
    work: (api: EngineFace) => Promise<Outcome<T>>,
  ): Promise<T | null> {
    const api = engine.api();
    if (api === null) return null;
    try {
      const value = unwrap(await work(api));
      clear(place);
      return value;
    } catch (error) {
      fail(place, toErrorRecord(error, 'data'));
      return null;
    }
  }

  async function refresh(): Promise<void> {
    const shelf = await ask('sets', (api) => api.listData());
    if (shelf === null) return;
    const { shown } = get();
    const now = shelf.sets.find(({ id }) => id === shown?.id) ?? null;
    set({ shelf, shown: now, ...(now === null ? { items: null } : {}) });
    if (shelf.undone.length > 0)
      set({
        notice: `An import was broken off and has been undone: ${shelf.undone.join(', ')}. Choose the file again.`,
      });
  }

  async function look(
    files: readonly GivenFile[],
    name: string,
    mapping: DataMapping | null,
  ): Promise<void> {
    const own = ++looks;
    set({ busy: `Looking at ${name}` });
    const found = await ask('import', (api) => api.lookAtData(files, mapping));
    if (own !== looks) return;
    set({ busy: null });
    if (found !== null)
      set({ looked: { name, files, look: found, byHand: mapping !== null }, shown: null });
  }

  async function turnTo(page: number): Promise<void> {
    const { shown } = get();
    if (shown === null) return;
    set({ page });
    const from = page * PAGE_ITEMS;
    const items = await ask('items', (api) => api.dataItems(shown.id, from, from + PAGE_ITEMS));
    if (get().shown?.id === shown.id && get().page === page) set({ items });
  }

  async function show(id: string | null): Promise<void> {
    const shown = get().shelf?.sets.find((own) => own.id === id) ?? null;
    clear('items');
    set({ shown, looked: null, items: null, page: 0 });
    await turnTo(0);
  }

  return {
    store,
    refresh,
    async take(files, name) {
      if (files.length === 0) return;
      clear('import');
      set({ notice: '', looked: null });
      await look(files, name, null);
    },
    async setMapping(mapping) {
      const { looked } = get();
      if (looked !== null) await look(looked.files, looked.name, mapping);
    },
    async importLooked() {
      const { looked } = get();
      if (looked === null) return;
      const { name, files, byHand, look: seen } = looked;
      const importId = newId();
      looks++;
      set(({ importing }) => ({
        looked: null,
        notice: '',
        importing: [...importing, { importId, name, progress: null }],
      }));
      const mapping = byHand ? seen.mapping : null;
      const record = await ask('import', (api) =>
        api.importData({ importId, name, files, mapping }),
      );
      set(({ importing }) => ({
        importing: importing.filter((one) => one.importId !== importId),
      }));
      const { import: error } = get().errors;
      if (record === null && error?.code === 'job.cancelled') {
        clear('import');
        set({ notice: `The import of ${name} was cancelled; nothing of it was kept.` });
      }
      await refresh();
      if (record !== null) await show(record.id);
    },
    dropLooked() {
      looks++;
      set({ looked: null, busy: null });
    },
    cancel(importId) {
      void engine.api()?.cancelData(importId);
    },
    show,
    turnTo,
    async rename(id, name) {
      await ask('sets', (api) => api.renameData(id, name));
      await refresh();
    },
    async remove(id) {
      if (get().shown?.id === id) set({ shown: null, items: null });
      await ask('sets', (api) => api.deleteData(id));
      await refresh();
      return get().shelf?.sets.every((own) => own.id !== id) === true;
    },
    async save(id, as) {
      set({ busy: 'Packing the set' });
      const file = await ask('sets', (api) => api.exportData(id, as));
      set({ busy: null });
      if (file !== null) saveBlob(file.data, file.name);
    },
    async saveWorld(world, as) {
      set({ busy: 'Drawing and packing the pictures' });
      const file = await ask('world', (api) => api.exportWorld(world, as));
      set({ busy: null });
      if (file !== null) saveBlob(file.data, file.name);
    },
    dismiss: clear,
  };
}
