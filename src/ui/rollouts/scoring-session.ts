/** Scoring rollouts of a set with the loaded model: begun, followed, paused, gone on with, and looked at. */

import type { StoreApi } from 'zustand/vanilla';
import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { newId } from '../../base/new-id.ts';
import { unwrap } from '../../base/outcome.ts';
import type {
  ScoredRow,
  ScoringRecord,
  ScoringRequest,
  ScoringStart,
  TokenTableKind,
} from '../../contract/rollouts/rollout-scores.ts';
import type { OpenedRow } from '../../contract/rollouts/rollouts.ts';
import type { Engine } from '../engine/engine.ts';
import { saveBlob } from '../shared/save-file.ts';
import { saveJson } from '../shared/save-json.ts';
import { candidateOf, candidatesOf, outsideStudents } from '../shared/students.ts';
import type { RolloutsClient } from './client.ts';
import type { ErrorPlace, RolloutsState } from './state.ts';

export interface ScoringSession {
  /** Looks who can score: the loaded model, steps of kept runs, adapters that came with a log. */
  listStudents(): Promise<void>;
  /** Scores rows of the list, at most so many of them, evenly over it. */
  beginScoring(
    most: number | null,
    how: Pick<ScoringStart, 'leakage' | 'writer' | 'student'>,
  ): Promise<void>;
  goOnScoring(scoringId: string): Promise<void>;
  pauseScoring(): void;
  openScores(scoringId: string): Promise<void>;
  /** Whether they are gone. */
  removeScores(scoringId: string): Promise<boolean>;
  /** Hands the table of tokens, or the statistics, of the scoring that is looked at to the browser's downloads. */
  saveScores(as: TokenTableKind | 'statistics'): Promise<void>;
  givePictures(files: readonly File[]): void;
  /** A row as its file has it, planned by the method that was scored; null where it cannot be had. */
  rowOfScores(row: number): Promise<OpenedRow | null>;
}

interface Host {
  readonly store: StoreApi<RolloutsState>;
  readonly engine: Pick<Engine, 'api' | 'subscribe'>;
  readonly api: () => RolloutsClient['api'];
  readonly fail: (place: ErrorPlace, error: ErrorRecord) => void;
  readonly clear: (place: ErrorPlace) => void;
  readonly tried: (place: ErrorPlace, work: () => Promise<void>) => Promise<boolean>;
}

export function scoringSession({ store, engine, api, fail, clear, tried }: Host) {
  const { getState: get, setState: set } = store;

  engine.subscribe((event) => {
    const { scoring } = get();
    if (scoring === null) return;
    if (event.type === 'worker.died') {
      set({ scoring: null });
      void listScorings();
    } else if (event.type === 'scoring.progress' && event.scoringId === scoring.scoringId)
      set({ scoring: { ...scoring, progress: event.progress } });
  });

  async function listScorings(): Promise<void> {
    await tried('scores', async () => {
      const scorings = unwrap(await api().scorings());
      set({ scorings });
      const [newest] = scorings;
      if (newest !== undefined && get().scores === null) await openScores(newest.id);
    });
  }

  async function openScores(scoringId: string): Promise<void> {
    await tried('scores', async () => {
      const scores = unwrap(await api().openScores(scoringId));
      set({ scores });
      const { selected } = get();
      set({ scoredRow: selected === null ? null : await scoredRow(selected) });
    });
  }

  async function scoredRow(row: number): Promise<ScoredRow | null> {
    if (get().scores === null) return null;
    const outcome = await api().scoredRow(row);
    return outcome.ok ? outcome.value : null;
  }

  async function score(request: ScoringRequest): Promise<void> {
    const { scoringId, setId } = request;
    clear('scores');
    set({ scoring: { scoringId, setId, progress: null } });
    const face = engine.api();
    const outcome =
      face === null
        ? ({ ok: false, error: NO_MODEL } as const)
        : await face.scoreRollouts(request).catch((error: unknown) => ({
            ok: false as const,
            error: toErrorRecord(error, 'scores'),
          }));
    if (get().scoring?.scoringId !== scoringId) return;
    set({ scoring: null });
    // Another set may be looked at by now; its own scorings stay.
    if (get().record?.id === setId) {
      await listScorings();
      const there = get().scorings?.some(({ id }) => id === scoringId) === true;
      if (there) await openScores(scoringId);
    }
    if (!outcome.ok) fail('scores', outcome.error);
  }

  async function listStudents(): Promise<void> {
    const face = engine.api();
    if (face === null) return;
    const list = await face.listRuns().catch(() => null);
    // Without the list the model itself can score.
    if (list?.ok !== true) return;
    const fromFiles = outsideStudents(list.value);
    set({ students: candidatesOf({ runs: list.value.runs, fromFiles }) });
  }

  const session: ScoringSession = {
    listStudents,
    async beginScoring(most, how) {
      const { record, query, pictures } = get();
      if (record === null) return;
      let rows = new Uint32Array();
      const found = await tried('scores', async () => {
        rows = new Uint32Array(unwrap(await api().chosen(most)));
      });
      if (!found) return;
      if (rows.length === 0) return fail('scores', NO_ROWS);
      const begin = { ...how, rows, method: query.method };
      await score({ scoringId: newId(), setId: record.id, begin, student: null, pictures });
    },
    async goOnScoring(scoringId) {
      const { record, pictures, scorings } = get();
      const begun = scorings?.find(({ id }) => id === scoringId);
      if (record === null || begun === undefined) return;
      await listStudents();
      const candidate = candidateOf(begun, get().students);
      if (candidate === undefined) return fail('scores', studentGone(begun));
      const { choice: student } = candidate;
      await score({ scoringId, setId: record.id, begin: null, student, pictures });
    },
    pauseScoring() {
      const { scoring } = get();
      if (scoring !== null) void engine.api()?.pauseScoring(scoring.scoringId);
    },
    openScores,
    removeScores(scoringId) {
      return tried('scores', async () => {
        unwrap(await api().removeScores(scoringId));
        if (get().scores?.record.id === scoringId) set({ scores: null, scoredRow: null });
        await listScorings();
      });
    },
    async saveScores(as) {
      const { scores, record } = get();
      if (scores === null || record === null) return;
      const name = record.name.replace(/\.[^.]*$/, '');
      if (as === 'statistics') {
        saveJson(`${name}-scores.json`, { file: record.name, ...scores });
        return;
      }
      await tried('scores', async () => {
        saveBlob(unwrap(await api().tokenTable(as)), `${name}-tokens.${as}`);
      });
    },
    givePictures: (pictures) => set({ pictures }),
    async rowOfScores(row) {
      const { scores, query } = get();
      try {
        return unwrap(await api().row(row, scores?.record.method ?? query.method));
      } catch (error) {
        if (!(error instanceof PlaygroundError)) throw error;
        fail('scores', error.record);
        return null;
      }
    },
  };
  return { session, listScorings, scoredRow };
}

const NO_MODEL: ErrorRecord = {
  code: 'scores.no-model',
  message: 'No model is loaded, and only a model can score.',
  fix: 'Load one (top right), then score.',
  where: 'model',
};

const studentGone = ({ model }: ScoringRecord): ErrorRecord => ({
  code: 'scores.student-gone',
  message: `“${model.student?.label ?? model.name}” scored these rollouts so far, and its weights are no longer here.`,
  fix: 'Take its run or its adapter in again on the Train page, or score anew.',
  where: 'student',
});

const NO_ROWS: ErrorRecord = {
  code: 'scores.no-rows',
  message: 'The list shows no rollout.',
  fix: 'Take a filter away, then score.',
  where: 'rollouts',
};
