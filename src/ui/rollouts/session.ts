/** What a person can do on the Rollouts page; the work is its worker's. */

import * as Comlink from 'comlink';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { newId } from '../../base/new-id.ts';
import { OUT_OF_MEMORY } from '../../base/out-of-memory.ts';
import { unwrap } from '../../base/outcome.ts';
import { DEFAULT_MODEL } from '../../contract/models/built-in-models.ts';
import {
  ALL_ROWS,
  type ImportProgress,
  type RolloutMapping,
  type RowQuery,
  type RowSummary,
} from '../../contract/rollouts/rollouts.ts';
import type { Engine } from '../engine/engine.ts';
import type { Death } from '../engine/start-worker.ts';
import { dataAddress } from '../shared/own-files.ts';
import { placedErrors } from '../shared/placed-errors.ts';
import { type RolloutsClient, startRollouts } from './client.ts';
import { type ReportSession, reportSession } from './report/report-session.ts';
import { type ScoringSession, scoringSession } from './scoring-session.ts';
import { type ErrorPlace, initialState, type RolloutsState } from './state.ts';

export interface RolloutsSession extends ScoringSession, ReportSession {
  readonly store: StoreApi<RolloutsState>;
  /** Reads what is stored, once. */
  begin(): Promise<void>;
  take(files: readonly File[]): Promise<void>;
  setMapping(mapping: RolloutMapping): void;
  importMapped(): Promise<void>;
  dropMapping(): void;
  cancel(importId: string): void;
  openSet(id: string): Promise<void>;
  /** Whether it is gone. */
  removeSet(id: string): Promise<boolean>;
  ask(change: Partial<RowQuery>): Promise<void>;
  /** Rows `[from, to)` of the list; null where they could not be had. */
  rows(from: number, to: number): Promise<readonly RowSummary[] | null>;
  select(row: number | null): Promise<void>;
  /** The list's rollouts beside those of a set, or of some of its steps. */
  compare(setId: string, steps: RowQuery['steps']): Promise<void>;
  dismiss(place: ErrorPlace): void;
}

type Start = (onDeath: (death: Death) => void) => RolloutsClient;

export const createRollouts = (engine: Engine): RolloutsSession =>
  rolloutsSession(startRollouts, engine);

export function rolloutsSession(
  start: Start,
  engine: Pick<Engine, 'api' | 'subscribe'>,
): RolloutsSession {
  const store = createStore<RolloutsState>(() => initialState);
  const { getState: get, setState: set } = store;
  let client: RolloutsClient | null = null;
  let begun: Promise<void> | null = null;
  /** Counts what was asked, so that a slow answer never replaces a later one. */
  let asked = 0;

  const { fail, clear } = placedErrors<ErrorPlace, RolloutsState>(store);

  /** Whether it went well; an error is shown where it belongs. */
  async function tried(place: ErrorPlace, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      fail(place, toErrorRecord(error, 'rollouts'));
      return false;
    }
  }

  function worker(): RolloutsClient {
    client ??= start(died);
    return client;
  }

  const scoring = scoringSession({ store, engine, api: () => worker().api, fail, clear, tried });

  async function refresh(): Promise<void> {
    const { name } = DEFAULT_MODEL;
    const shelf = unwrap(await worker().api.open(dataAddress(`models/${name}/`), name));
    const { undone } = shelf;
    set({ shelf, ...(undone.length === 0 ? {} : { notice: undoneWords(undone) }) });
  }

  /** The worker is gone, and with it what was under way; what was stored is still there. */
  function died({ reason, notLoaded }: Death): void {
    client = null;
    begun = null;
    const full = OUT_OF_MEMORY.test(reason);
    const { record, importing } = get();
    set({
      importing: [],
      answer: null,
      opened: null,
      selected: null,
      scores: null,
      scoredRow: null,
    });
    fail(
      importing.length > 0 ? 'import' : 'sets',
      notLoaded ?? {
        code: 'rollouts.worker-died',
        message: `The reader of rollouts ${full ? 'ran out of memory' : 'stopped'}.`,
        fix: `What was stored is still there; ${importing.length > 0 ? 'import the file again' : 'open the set again'}.`,
        where: 'worker',
        detail: { original: reason },
      },
    );
    if (record !== null) set({ record: null });
  }

  async function importFiles(files: readonly File[], mapping: RolloutMapping | null) {
    const importId = newId();
    const name = nameOf(files);
    set(({ importing }) => ({
      importing: [...importing, { importId, name, progress: null }],
      notice: '',
    }));
    const onProgress = Comlink.proxy((progress: ImportProgress) =>
      set(({ importing }) => ({
        importing: importing.map((one) => (one.importId === importId ? { ...one, progress } : one)),
      })),
    );
    const outcome = await worker()
      .api.importSet({ importId, name, files, mapping }, onProgress)
      .catch((error: unknown) => ({ ok: false as const, error: toErrorRecord(error, name) }));
    set(({ importing }) => ({
      importing: importing.filter((one) => one.importId !== importId),
    }));
    if (!outcome.ok) {
      const { error } = outcome;
      if (error.code === 'job.cancelled')
        return set({ notice: `The import of ${name} was cancelled; nothing of it was kept.` });
      return fail('import', error);
    }
    await refresh();
    await openSet(outcome.value.id);
  }

  async function openSet(id: string): Promise<void> {
    set({ opening: id, opened: null, selected: null });
    clear('sets');
    const well = await tried('sets', async () => {
      const record = unwrap(await worker().api.openSet(id));
      const nothing = { answer: null, beside: null, scorings: null, scores: null, scoredRow: null };
      set({ chosen: [] });
      set(({ version }) => ({ record, query: ALL_ROWS, version: version + 1, ...nothing }));
    });
    set({ opening: null });
    if (!well) return set({ record: null, answer: null });
    await ask({});
    await scoring.listScorings();
  }

  async function ask(change: Partial<RowQuery>): Promise<void> {
    const query = { ...get().query, ...change };
    const own = ++asked;
    set({ query });
    await tried('rows', async () => {
      const answer = unwrap(await worker().api.query(query));
      if (own !== asked) return;
      clear('rows');
      set(({ version }) => ({ answer, version: version + 1 }));
    });
    // A row that is looked at is planned by the method that is asked.
    const { selected } = get();
    if (change.method !== undefined && selected !== null) await select(selected);
  }

  async function select(row: number | null): Promise<void> {
    set({ selected: row, ...(row === null ? { opened: null } : {}) });
    clear('row');
    if (row === null) return;
    await tried('row', async () => {
      const opened = unwrap(await worker().api.row(row, get().query.method));
      const scoredRow = await scoring.scoredRow(row);
      if (get().selected === row) set({ opened, scoredRow });
    });
  }

  return {
    store,
    ...scoring.session,
    ...reportSession({ store, api: () => worker().api, tried, clear }),
    begin() {
      begun ??= tried('sets', async () => {
        await refresh();
        const [newest] = get().shelf?.sets ?? [];
        if (newest !== undefined && get().record === null) await openSet(newest.id);
      }).then(() => undefined);
      return begun;
    },
    async take(files) {
      if (files.length === 0) return;
      clear('import');
      set({ unmapped: null });
      await begun;
      await tried('import', async () => {
        const look = unwrap(await worker().api.look(files));
        if (look.shape === null) set({ unmapped: { files, look, mapping: look.mapping } });
        else await importFiles(files, null);
      });
    },
    setMapping(mapping) {
      set(({ unmapped }) => (unmapped === null ? {} : { unmapped: { ...unmapped, mapping } }));
    },
    async importMapped() {
      const { unmapped } = get();
      if (unmapped === null) return;
      set({ unmapped: null });
      await importFiles(unmapped.files, unmapped.mapping);
    },
    dropMapping() {
      set({ unmapped: null });
    },
    cancel(importId) {
      void worker().api.cancel(importId);
    },
    openSet,
    async removeSet(id) {
      return tried('sets', async () => {
        if (get().record?.id === id)
          set({ record: null, answer: null, opened: null, selected: null });
        unwrap(await worker().api.remove(id));
        await refresh();
      });
    },
    ask,
    async rows(from, to) {
      try {
        return unwrap(await worker().api.rows(from, to));
      } catch (error) {
        // A set that was closed meanwhile has no rows to show.
        if (error instanceof PlaygroundError && error.record.code !== 'rollouts.not-opened')
          fail('rows', error.record);
        return null;
      }
    },
    select,
    async compare(setId, steps) {
      clear('beside');
      await tried('beside', async () => {
        set({ beside: unwrap(await worker().api.compare(setId, steps)) });
      });
    },
    dismiss: clear,
  };
}

function nameOf(files: readonly File[]): string {
  const [first] = files;
  return files.length === 1 ? first.name : `${first.name} and ${files.length - 1} more`;
}

const undoneWords = (names: readonly string[]) =>
  `An import was broken off and has been undone: ${names.join(', ')}. Choose the file again.`;
