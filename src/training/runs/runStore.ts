/**
 * All runs of this browser: in its private file system, or in memory where it has none.
 *
 * The folder of a run is named by its id; see `storedRun.ts` for what it holds.
 */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { RUN_NAME_LENGTH } from '../../method/run-name.ts';
import type { TrainSettings } from '../../method/train-settings.ts';
import type { CheckpointState, ModelIdentity } from '../types.ts';
import { readCheckpoint } from './checkpointFile.ts';
import { type FileArea, MemoryFiles, type StorageEstimate } from './fileArea.ts';
import { openPrivateFiles } from './privateFiles.ts';
import { RUN_FORMAT, type RunLog, type RunRecord } from './records.ts';
import { isLocked, lockRun } from './runLock.ts';
import { logLines } from './runLog.ts';
import {
  type CheckpointEntry,
  changeRecord,
  latestCheckpoint,
  listCheckpoints,
  readRecord,
  readRunLog,
  StoredRun,
  writeRecord,
} from './storedRun.ts';

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
  readonly checkpoint: CheckpointState | null;
}

export class RunStore {
  readonly #area: FileArea;

  constructor(area: FileArea) {
    this.#area = area;
  }

  /** Whether what is saved outlives the tab. */
  get lasting(): boolean {
    return this.#area.lasting;
  }

  /** The newest first. */
  async list(): Promise<RunEntry[]> {
    const entries = await Promise.all((await this.#area.folders()).map((id) => this.#entry(id)));
    const there = entries.filter((entry) => entry.ok || entry.bytes > 0);
    const created = (entry: RunEntry) => (entry.ok ? entry.record.createdAt : '');
    return there.sort((a, b) => (created(a) < created(b) ? 1 : -1));
  }

  /** A new run, held by this tab until it is closed. */
  async create({
    id,
    name,
    numbered = false,
    settings,
    model,
    backend,
  }: NewRun): Promise<StoredRun> {
    const now = new Date().toISOString();
    return this.#add({
      format: RUN_FORMAT,
      id,
      name: await (numbered ? this.#nextName(name) : this.freeName(name)),
      createdAt: now,
      updatedAt: now,
      state: 'running',
      step: 0,
      settings,
      model,
      backend,
      best: null,
    });
  }

  /**
   * Holds a stored run to go on with it. Throws {@link PlaygroundError} `run.missing`, `run.busy` (another tab has it; with
   * `takeOver` that tab loses it), `run.invalid` and `run.newer`.
   */
  async open(id: string, options: { takeOver?: boolean } = {}): Promise<StoredRun> {
    const lock = await lockRun(id, options.takeOver);
    try {
      return new StoredRun(this.#area, lock, await readRecord(this.#area, id));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** A run to look at or to export, whoever holds it. Throws `run.missing`, `run.invalid` and `run.newer`. */
  async read(id: string): Promise<RunContent> {
    const [record, log, latest] = await Promise.all([
      readRecord(this.#area, id),
      readRunLog(this.#area, id),
      latestCheckpoint(this.#area, id),
    ]);
    return { record, log, checkpoint: latest?.state ?? null };
  }

  /** The same with the checkpoint after `step` steps; null where that is not kept, or the run is not. */
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

  /** Stores a whole run, under its own id where that is free and a new one where not; held by this tab. */
  async add({ record, log, checkpoint }: RunContent): Promise<StoredRun> {
    const taken = (await this.#area.folders()).includes(record.id);
    const id = taken ? newRunId() : record.id;
    const name = await this.freeName(record.name);
    const run = await this.#add({ ...record, id, name, best: null });
    try {
      await run.append(logLines(log));
      if (checkpoint !== null) await run.saveCheckpoint({ ...checkpoint, runId: id });
    } catch (error) {
      await run.close();
      await this.#area.removeFolder(id);
      throw error;
    }
    return run;
  }

  /** Gives a run another name, whoever holds it; returns the name it got, which is no other run's. */
  async rename(id: string, name: string): Promise<string> {
    const { name: given } = await changeRecord(this.#area, id, {
      name: await this.freeName(name, id),
    });
    return given;
  }

  /** Deletes a run for good. Throws `run.busy` where a tab has it open. */
  async delete(id: string): Promise<void> {
    const lock = await lockRun(id);
    try {
      await this.#area.removeFolder(id);
    } finally {
      await lock.release();
    }
  }

  estimate(): Promise<StorageEstimate | null> {
    return this.#area.estimate();
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
    } catch (error) {
      return { ok: false, id, bytes, error: toErrorRecord(error, id) };
    }
  }
}

/** An id that no other run has; also where a page without encryption has no `randomUUID`. */
export function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

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

/**
 * Goes on without storage after it failed: the run with all it measured so far, in memory, held in place of the stored
 * one. What storage still has of it stays there.
 */
export async function continueInMemory(run: StoredRun, log: RunLog): Promise<StoredRun> {
  const { record } = run;
  await run.close();
  return memoryRuns().add({ record, log, checkpoint: null });
}
