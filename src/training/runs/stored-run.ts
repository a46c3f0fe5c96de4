/**
 * One run in storage, held by whoever trains it. Its folder holds `run.json` with a copy, `metrics.jsonl`,
 * checkpoints and the rollouts of the last step that was written.
 *
 * Every checkpoint is a new file that carries its own checksum, and older ones go only after it is written: whatever
 * breaks off, the one before is still there.
 */

import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import {
  type LogLine,
  type RunLog,
  type RunRecord,
  readLogLine,
} from '../../contract/train/run-log.ts';
import type { Checkpoint, StepRollouts, TrainState } from '../../contract/train/train-records.ts';
import { readCheckedLines, writeCheckedLines } from '../../storage/checked-lines.ts';
import type { FileArea } from '../../storage/file-area.ts';
import type { RunLock } from '../../storage/run-lock.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts';
import { changeRecord, type RunChange } from './record-file.ts';
import { ROLLOUTS_FILE, readRollouts, writeRollouts } from './rollouts-file.ts';
import { joinedLogs, logLines, logUntil, sortLog } from './run-log.ts';

export const LOG_FILE = 'metrics.jsonl';

/** Checkpoints that are kept. */
const KEPT = 2;

export interface CheckpointEntry {
  readonly file: string;
  readonly step: number;
  readonly bytes: number;
}

export class StoredRun {
  readonly id: string;
  readonly #area: FileArea;
  readonly #lock: RunLock;
  #record: RunRecord;
  /** Part of the last lines may stand at the log's end. */
  #torn = false;

  constructor(area: FileArea, lock: RunLock, record: RunRecord) {
    this.id = record.id;
    this.#area = area;
    this.#lock = lock;
    this.#record = record;
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** Whether what is saved outlives the tab. */
  get lasting(): boolean {
    return this.#area.lasting;
  }

  /** Calls back when another tab asks for this run, to write it down and close it soon, or has taken it already. */
  onWanted(give: () => void): void {
    this.#lock.onWanted(give);
  }

  /** False once another tab took the run over: nothing more can be written from here. */
  get held(): boolean {
    return this.#lock.held;
  }

  /** Adds lines to the log. Throws `storage.full`, `storage.refused` and `run.taken-over`, as all that writes does. */
  async append(lines: readonly LogLine[]): Promise<void> {
    this.#checkLock();
    const text = `${this.#torn ? '\n' : ''}${writeCheckedLines(lines)}`;
    this.#torn = true;
    await this.#area.append(this.id, LOG_FILE, new TextEncoder().encode(text));
    this.#torn = false;
  }

  log(): Promise<RunLog> {
    return readRunLog(this.#area, this.id);
  }

  /** Writes the record anew; a name that was given elsewhere meanwhile stays. */
  async update(change: RunChange): Promise<RunRecord> {
    this.#checkLock();
    const { turn } = this.#record;
    const whole = turn === undefined ? change : { ...change, turn };
    this.#record = await changeRecord(this.#area, this.id, whole);
    return this.#record;
  }

  /**
   * Saves a state and keeps the last {@link KEPT} checkpoints. Where space has run out, older ones make
   * room first, but never the last.
   */
  async saveCheckpoint(state: Checkpoint): Promise<void> {
    this.#checkLock();
    const bytes = await writeCheckpoint(state);
    const before = await this.checkpoints();
    const file = checkpointName(sequenceOf(before[0]?.file) + 1, state.step);
    const write = () => this.#write(file, bytes);
    try {
      await write();
    } catch (error) {
      const full = error instanceof PlaygroundError && error.record.code === 'storage.full';
      if (!full || before.length < 2) throw error;
      await this.#prune(before, 1);
      await write();
    }
    await this.update({ step: state.step });
    await this.#prune(await this.checkpoints(), KEPT);
  }

  /** Keeps the rollouts of a step in place of those before. */
  async saveRollouts(rollouts: StepRollouts): Promise<void> {
    this.#checkLock();
    await this.#area.write(this.id, ROLLOUTS_FILE, await writeRollouts(rollouts));
  }

  /** The last first. */
  checkpoints(): Promise<CheckpointEntry[]> {
    return listCheckpoints(this.#area, this.id);
  }

  /** The last state that is whole, and the files after it that are not; null without one. */
  latest(): Promise<{ state: Checkpoint; damaged: readonly string[] } | null> {
    return latestCheckpoint(this.#area, this.id);
  }

  /** The last whole state of an earlier step than the last one's; null without one. */
  async earlier(): Promise<Checkpoint | null> {
    const last = await this.latest();
    if (last === null) return null;
    return (await latestCheckpoint(this.#area, this.id, last.state.step))?.state ?? null;
  }

  /**
   * Makes the stored run what it was after `step` steps, before training goes on from there: lines of later steps go,
   * and so do later and damaged checkpoints. What the log lacks is taken from the checkpoint of that step.
   */
  async rewind(step: number, settings = this.#record.settings): Promise<void> {
    this.#checkLock();
    const found = await latestCheckpoint(this.#area, this.id, step + 1);
    const damaged = found?.damaged ?? [];
    const { lines } = await readStored(this.#area, this.id);
    const log = sortLog(logUntil(lines, step));
    const whole = found?.state.step === step ? joinedLogs(log, found.state) : log;
    for (const entry of await this.checkpoints())
      if (entry.step > step || damaged.includes(entry.file))
        await this.#area.remove(this.id, entry.file);
    const rollouts = await storedRollouts(this.#area, this.id);
    if (rollouts !== null && rollouts.step > step) await this.#area.remove(this.id, ROLLOUTS_FILE);
    const text = new TextEncoder().encode(writeCheckedLines(logLines(whole)));
    // Full storage takes nothing anew; where nothing changes, nothing is written.
    const before = await this.#area.read(this.id, LOG_FILE).catch(() => null);
    if (before === null ? text.length > 0 : !isSame(before, text))
      await this.#area.write(this.id, LOG_FILE, text);
    const next = { step, settings };
    const known = { step: this.#record.step, settings: this.#record.settings };
    if (JSON.stringify(next) !== JSON.stringify(known)) await this.update(next);
  }

  /** Lets others have the run. What was saved stays. */
  async close(state?: TrainState): Promise<void> {
    try {
      if (state !== undefined && this.#lock.held) await this.update({ state });
    } finally {
      await this.#lock.release();
    }
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#area.write(this.id, file, bytes);
    } catch (error) {
      // An empty or cut file must not stand for a checkpoint; if it stays, its checksum tells it.
      await this.#area.remove(this.id, file).catch(() => undefined);
      throw error;
    }
  }

  async #prune(entries: readonly CheckpointEntry[], keep: number): Promise<void> {
    for (const { file } of entries.slice(keep)) await this.#area.remove(this.id, file);
  }

  #checkLock(): void {
    if (this.#lock.held) return;
    throw new PlaygroundError({
      code: 'run.taken-over',
      message:
        'Another tab has taken this run over, or it was closed; nothing more is saved from here.',
      fix: 'Go on in the other tab, or open the run here again.',
      where: this.id,
    });
  }
}

/** What a stored log has of a run; `damaged` lines are left out. A log that is not there, or no file, is empty. */
export async function readStored(
  area: FileArea,
  id: string,
): Promise<{ lines: readonly LogLine[]; damaged: number }> {
  try {
    const bytes = await area.read(id, LOG_FILE);
    return bytes === null
      ? { lines: [], damaged: 0 }
      : readCheckedLines(new TextDecoder().decode(bytes), (json) => readLogLine(json, 'line'));
  } catch (error) {
    if (toErrorRecord(error).code !== 'storage.not-a-file') throw error;
    return { lines: [], damaged: 1 };
  }
}

export async function readRunLog(area: FileArea, id: string): Promise<RunLog> {
  return sortLog((await readStored(area, id)).lines);
}

/** The rollouts that are kept with a run; null without any that are whole. */
export async function storedRollouts(area: FileArea, id: string): Promise<StepRollouts | null> {
  const bytes = await area.read(id, ROLLOUTS_FILE).catch(() => null);
  return bytes === null ? null : readRollouts(bytes);
}

/** Checkpoints of a run, the last first. */
export async function listCheckpoints(area: FileArea, id: string): Promise<CheckpointEntry[]> {
  const entries = (await area.files(id)).flatMap(({ name, bytes }) => {
    const step = CHECKPOINT_NAME.exec(name)?.[2];
    return step === undefined ? [] : [{ file: name, step: Number(step), bytes }];
  });
  return entries.sort((a, b) => sequenceOf(b.file) - sequenceOf(a.file));
}

const PASSED_OVER = [
  'checkpoint.damaged',
  'checkpoint.not-finite',
  'run.invalid',
  'storage.not-a-file',
];

/** The last state that can be gone on from, of a step below `before`, and the files after it that cannot. */
export async function latestCheckpoint(
  area: FileArea,
  id: string,
  before = Number.POSITIVE_INFINITY,
): Promise<{ state: Checkpoint; damaged: readonly string[] } | null> {
  const damaged: string[] = [];
  for (const { file, step } of await listCheckpoints(area, id)) {
    if (step >= before) continue;
    try {
      const bytes = await area.read(id, file);
      if (bytes !== null) return { state: await readCheckpoint(bytes, file), damaged };
    } catch (error) {
      if (!PASSED_OVER.includes(toErrorRecord(error).code)) throw error;
      damaged.push(file);
    }
  }
  return null;
}

/** `checkpoint-SEQUENCE-step-STEP.safetensors`: the sequence orders files, since a step can be reached twice. */
const CHECKPOINT_NAME = /^checkpoint-(\d+)-step-(\d+)\.safetensors$/;

function checkpointName(sequence: number, step: number): string {
  return `checkpoint-${String(sequence).padStart(6, '0')}-step-${step}.safetensors`;
}

function sequenceOf(file: string | undefined): number {
  return Number(CHECKPOINT_NAME.exec(file ?? '')?.[1] ?? 0);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
