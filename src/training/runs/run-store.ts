/**
 * All runs of this browser: in its private file system, or in memory where it has none.
 *
 * The folder of a run is named by its id; see `storedRun.ts` for what it holds.
 */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { newId } from '../../base/new-id.ts';
import { RUN_FORMAT, type RunLog, type RunRecord } from '../../contract/train/run-log.ts';
import { RUN_NAME_LENGTH } from '../../contract/train/run-name.ts';
import type {
  Checkpoint,
  Evaluation,
  ModelIdentity,
  StepRollouts,
} from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { type FileArea, MemoryFiles, type StorageEstimate } from '../../storage/file-area.ts';
import { openPrivateFiles } from '../../storage/private-files.ts';
import { browserLocks, isLocked, lockRun } from '../../storage/run-lock.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import {
  changeRecord,
  RECORD_COPY,
  RECORD_FILE,
  readRecord,
  withRecord,
  writeRecord,
} from './record-file.ts';
import { logLines, sortLog } from './run-log.ts';
import {
  type CheckpointEntry,
  listCheckpoints,
  readRunLog,
  readStored,
  StoredRun,
  storedRollouts,
} from './stored-run.ts';
import { type SoundRun, soundRun } from './wholeness.ts';

/** A run in the list. */
export type RunEntry =
  | {
      readonly ok: true;
      readonly record: RunRecord;
      readonly bytes: number;
      /** The last first. */
      readonly checkpoints: readonly CheckpointEntry[];
      /** A tab has it open. */
      readonly open: boolean;
    }
  /** Its record cannot be read; it can be deleted. */
  | {
      readonly ok: false;
      readonly id: string;
      readonly bytes: number;
      readonly error: ErrorRecord;
    };

export interface NewRun {
  readonly id: string;
  /** Gets a number where it is taken; `numbered` ones get the next number of their kind in any case. */
  readonly name: string;
  readonly numbered?: boolean;
  readonly settings: TrainSettings;
  readonly model: ModelIdentity;
  readonly backend: RunRecord['backend'];
}

/** A run as it comes from a file or another store. */
export interface RunContent {
  readonly record: RunRecord;
  readonly log: RunLog;
  readonly checkpoint: Checkpoint | null;
}

export class RunStore {
  readonly #area: FileArea;
  #line: Promise<unknown> = Promise.resolve();

  constructor(area: FileArea) {
    this.#area = area;
  }

  /** Whether what is saved outlives the tab. */
  get lasting(): boolean {
    return this.#area.lasting;
  }

  /** What was started, gone on with or taken in last comes first. */
  async list(): Promise<RunEntry[]> {
    const entries = await Promise.all((await this.#area.folders()).map((id) => this.#entry(id)));
    const there = entries.filter((entry) => entry.ok || entry.bytes > 0);
    return there.sort((a, b) => turnOf(b) - turnOf(a) || writtenAt(b) - writtenAt(a));
  }

  /** A new run, held by this tab until it is closed. */
  create({ numbered = false, ...run }: NewRun): Promise<StoredRun> {
    return this.#alone(async () => {
      const now = new Date().toISOString();
      return this.#add({
        ...run,
        format: RUN_FORMAT,
        name: await this.nameFor({ name: run.name, numbered }),
        createdAt: now,
        updatedAt: now,
        state: 'running',
        step: 0,
        turn: await this.#nextTurn(),
      });
    });
  }

  /**
   * Holds a stored run to go on with it. Throws {@link PlaygroundError} `run.missing`, `run.busy` (another tab has it; with
   * `takeOver` that tab loses it), `run.invalid` and `run.newer`.
   */
  async open(id: string, options: { takeOver?: boolean } = {}): Promise<StoredRun> {
    const lock = await lockRun(id, options.takeOver);
    try {
      const record = await readRecord(this.#area, id);
      // Written down with whatever is written first.
      return new StoredRun(this.#area, lock, { ...record, turn: await this.#nextTurn() });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** A run to look at or to export, whoever holds it. Throws `run.missing`, `run.damaged`, `run.invalid` and `run.newer`. */
  read(id: string): Promise<SoundRun> {
    return soundRun(this.#area, id);
  }

  /** The rollouts that are kept with a run; null without any. */
  rollouts(id: string): Promise<StepRollouts | null> {
    return storedRollouts(this.#area, id);
  }

  /** A run with the checkpoint after `step` steps; null where that is not kept, or the run is not. */
  async readAt(id: string, step: number): Promise<RunContent | null> {
    const entries = await listCheckpoints(this.#area, id);
    const file = entries.find((entry) => entry.step === step)?.file;
    const bytes = file === undefined ? null : await this.#area.read(id, file);
    if (file === undefined || bytes === null) return null;
    const checkpoint = await readCheckpoint(bytes, file);
    const record = await readRecord(this.#area, id);
    return { record, log: await readRunLog(this.#area, id), checkpoint };
  }

  /** What a run measured, without its weights. Throws `run.missing`, `run.invalid` and `run.newer`. */
  async log(id: string): Promise<RunLog> {
    await readRecord(this.#area, id);
    return readRunLog(this.#area, id);
  }

  /** The log's end of a run as the list has it. */
  async logEnd(id: string): Promise<{ evaluation: Evaluation | null; empty: boolean }> {
    const { lines, damaged } = await readStored(this.#area, id);
    const evaluation = sortLog(lines).evaluations.at(-1) ?? null;
    return { evaluation, empty: lines.length === 0 && damaged === 0 };
  }

  /** Stores a whole run, under its own id where that is free and a new one where not; held by this tab. */
  async add({ record, log, checkpoint }: RunContent): Promise<StoredRun> {
    const run = await this.#alone(async () => {
      const taken = (await this.#area.folders()).includes(record.id);
      const id = taken ? newId() : record.id;
      const name = await this.freeName(record.name);
      const turn = await this.#nextTurn();
      return this.#add({ ...record, id, name, turn, incoming: true });
    });
    const { id } = run;
    try {
      await run.append(logLines(log));
      if (checkpoint !== null) await run.saveCheckpoint({ ...checkpoint, runId: id });
      await run.update({ step: record.step, incoming: undefined });
    } catch (error) {
      await run.close();
      await this.#area.removeFolder(id);
      throw error;
    }
    return run;
  }

  /** Gives a run another name, whoever holds it; returns the name it got, which is no other run's. */
  rename(id: string, name: string): Promise<string> {
    return this.#alone(async () => {
      const change = { name: await this.freeName(name, id) };
      return (await changeRecord(this.#area, id, change)).name;
    });
  }

  /** Deletes a run for good. Throws `run.busy` where a tab has it open. */
  async delete(id: string): Promise<void> {
    const lock = await lockRun(id);
    try {
      // Nobody may be writing its record anew, which would bring the folder back.
      await this.clear(id);
    } finally {
      await lock.release();
    }
  }

  /** Removes what is stored under an id whose lock the caller has elsewhere. */
  clear(id: string): Promise<void> {
    return withRecord(id, () => this.#area.removeFolder(id));
  }

  estimate(): Promise<StorageEstimate | null> {
    return this.#area.estimate();
  }

  /** Whether a run, whole or not, is stored under this id. */
  async has(id: string): Promise<boolean> {
    return (await this.#area.folders()).includes(id);
  }

  /** The name that a new run would get. */
  nameFor({ name, numbered = false }: Pick<NewRun, 'name' | 'numbered'>): Promise<string> {
    return numbered ? this.#nextName(name) : this.freeName(name);
  }

  /** The name, with a number behind it where another run has it. */
  async freeName(name: string, except?: string): Promise<string> {
    const wanted = name.trim().slice(0, RUN_NAME_LENGTH) || 'Run';
    const others = await this.#names(except);
    if (!others.includes(wanted)) return wanted;
    const stem = wanted.replace(/ \(\d+\)$/, '').slice(0, RUN_NAME_LENGTH - 6);
    for (let number = 2; ; number++)
      if (!others.includes(`${stem} (${number})`)) return `${stem} (${number})`;
  }

  /** The name with the number after the highest that runs of this name have. */
  async #nextName(name: string): Promise<string> {
    const numbers = (await this.#names()).flatMap((other) => {
      const number = other.startsWith(`${name} `) ? other.slice(name.length + 1) : '';
      return /^\d+$/.test(number) ? [Number(number)] : [];
    });
    return `${name} ${Math.max(0, ...numbers) + 1}`;
  }

  async #nextTurn(): Promise<number> {
    return Math.max(0, ...(await this.list()).map(turnOf)) + 1;
  }

  /** Names and turns are given in one tab at a time, so that no two runs get the same. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = this.#area.lasting ? await browserLocks() : null;
    if (locks !== null) return locks.request('vigos-run-names', work);
    const turn = this.#line.then(work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  async #names(except?: string): Promise<string[]> {
    return (await this.list()).flatMap((entry) =>
      entry.ok && entry.record.id !== except ? [entry.record.name] : [],
    );
  }

  async #add(record: RunRecord): Promise<StoredRun> {
    const lock = await lockRun(record.id);
    try {
      await writeRecord(this.#area, record);
      return new StoredRun(this.#area, lock, record);
    } catch (error) {
      await lock.release();
      await this.#area.removeFolder(record.id).catch(() => undefined);
      throw error;
    }
  }

  async #entry(id: string): Promise<RunEntry> {
    const files = await this.#area.files(id);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    try {
      const record = await readRecord(this.#area, id);
      const checkpoints = await listCheckpoints(this.#area, id);
      return { ok: true, record, bytes, checkpoints, open: await isLocked(id) };
    } catch (caught) {
      const error = toErrorRecord(caught, id);
      // What broke off while the first record was written was no run yet.
      const begun = files.every(({ name }) => name === RECORD_FILE || name === RECORD_COPY);
      const nothing = begun && error.code === 'run.damaged';
      return { ok: false, id, bytes: nothing ? 0 : bytes, error };
    }
  }
}

const turnOf = (entry: RunEntry): number => (entry.ok ? (entry.record.turn ?? 0) : 0);

const writtenAt = (entry: RunEntry): number => (entry.ok ? Date.parse(entry.record.updatedAt) : 0);

/** Runs in memory alone. */
export function memoryRuns(): RunStore {
  return new RunStore(new MemoryFiles());
}

/** The runs of this browser; in memory, with the reason, where it keeps none. */
export async function openRuns(): Promise<{ runs: RunStore; problem: ErrorRecord | null }> {
  try {
    return { runs: new RunStore(await openPrivateFiles()), problem: null };
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    return { runs: memoryRuns(), problem: error.record };
  }
}
