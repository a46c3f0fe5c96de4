/**
 * What a model has scored of a set, in the set's own folder: `scores-ID.json` says what of it was asked of whom,
 * `scores-ID.rows` which rows in which order, `scores-ID.bin` holds those that were come to.
 */

import { crc32 } from '../base/crc32.ts';
import { PlaygroundError } from '../base/errors.ts';
import {
  SCORES_FORMAT,
  type ScoredRow,
  type ScoringRecord,
} from '../contract/rollouts/rollout-scores.ts';
import type { FileArea } from '../storage/file-area.ts';
import { holdName, isHeld, type Release } from '../storage/name-lock.ts';
import { scoredRows, writeScoredRow } from './scored-rows.ts';

const fileOf = (id: string, kind: 'json' | 'rows' | 'bin') => `scores-${id}.${kind}`;
const lockOf = (id: string): string => `vigos-scoring:${id}`;
const RECORD = /^scores-(.+)\.json$/;

export class ScoreStore {
  readonly #files: FileArea;

  constructor(files: FileArea) {
    this.#files = files;
  }

  /** Those of a set, the one that was written last first; one that nobody is at is not running. */
  async list(setId: string): Promise<ScoringRecord[]> {
    const records: ScoringRecord[] = [];
    for (const { name } of await this.#files.files(setId)) {
      const [, id] = RECORD.exec(name) ?? [];
      const record = id === undefined ? null : await this.record(setId, id);
      if (record !== null) records.push(record);
    }
    return records.sort((a, b) => b.updatedAt - a.updatedAt);
  }

  /** Null where it is not there, or is not whole. */
  async record(setId: string, id: string): Promise<ScoringRecord | null> {
    const bytes = await this.#files.read(setId, fileOf(id, 'json'));
    if (bytes === null) return null;
    const record = readRecord(bytes);
    if (record === null || record.state !== 'running' || (await isHeld(lockOf(id)))) return record;
    return { ...record, state: 'paused' };
  }

  /** Writes down which rows are asked. */
  async begin({ setId, id }: ScoringRecord, rows: Uint32Array): Promise<void> {
    await this.#files.write(setId, fileOf(id, 'rows'), withSum(rows));
  }

  /** Nobody else works on it before it is let go. Throws `scores.busy`. */
  async hold(id: string): Promise<Release> {
    const release = await holdName(lockOf(id), 'exclusive');
    if (release === null) throw busy(id);
    return release;
  }

  async write(record: ScoringRecord): Promise<void> {
    const text = JSON.stringify({ ...record, crc: crc32(encoded(JSON.stringify(record))) });
    await this.#files.write(record.setId, fileOf(record.id, 'json'), encoded(text));
  }

  async append({ setId, id }: ScoringRecord, rows: readonly ScoredRow[]): Promise<void> {
    for (const row of rows) await this.#files.append(setId, fileOf(id, 'bin'), writeScoredRow(row));
  }

  /** The rows that were asked, in their order. Throws `scores.damaged`. */
  async asked({ setId, id }: ScoringRecord): Promise<Uint32Array> {
    const bytes = await this.#files.read(setId, fileOf(id, 'rows'));
    const rows = bytes === null ? null : withoutSum(bytes);
    if (rows === null) throw damaged(id);
    return rows;
  }

  /** What was scored, empty where nothing was. */
  async scored({ setId, id }: ScoringRecord): Promise<Blob> {
    return (await this.#files.blob(setId, fileOf(id, 'bin'))) ?? new Blob([]);
  }

  /** How many rows are whole, and how many of them lack something; what follows them is cut off, so that more can be added. */
  async mend(record: ScoringRecord): Promise<{ done: number; lacking: number }> {
    const blob = await this.scored(record);
    let done = 0;
    let lacking = 0;
    let end = 0;
    for await (const { row, to } of scoredRows(blob)) {
      done++;
      if (row.lacks !== null) lacking++;
      end = to;
    }
    if (end < blob.size) {
      const whole = new Uint8Array(await blob.slice(0, end).arrayBuffer());
      await this.#files.write(record.setId, fileOf(record.id, 'bin'), whole);
    }
    return { done, lacking };
  }

  /** Throws `scores.busy` while it is under way. */
  async remove(setId: string, id: string): Promise<void> {
    const release = await this.hold(id);
    try {
      for (const kind of ['json', 'rows', 'bin'] as const)
        await this.#files.remove(setId, fileOf(id, kind));
    } finally {
      await release();
    }
  }
}

const encoded = (text: string) => new TextEncoder().encode(text);

function readRecord(bytes: Uint8Array): ScoringRecord | null {
  try {
    const { crc, ...record } = JSON.parse(new TextDecoder().decode(bytes)) as ScoringRecord & {
      crc: number;
    };
    const whole = crc32(encoded(JSON.stringify(record))) === crc;
    return whole && record.format === SCORES_FORMAT ? record : null;
  } catch {
    return null;
  }
}

/** Numbers with their CRC-32 behind them. */
function withSum(rows: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const all = new Uint32Array(rows.length + 1);
  all.set(rows);
  all[rows.length] = crc32(bytes);
  return new Uint8Array(all.buffer);
}

function withoutSum(bytes: Uint8Array): Uint32Array | null {
  if (bytes.length < 4 || bytes.length % 4 !== 0) return null;
  const all = new Uint32Array(bytes.slice().buffer);
  const rows = all.slice(0, -1);
  return crc32(new Uint8Array(rows.buffer)) === all[rows.length] ? rows : null;
}

function busy(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'scores.busy',
    message: 'These rollouts are being scored, here or in another tab.',
    fix: 'Pause it there, or wait until it is done.',
    where: id,
  });
}

function damaged(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'scores.damaged',
    message: 'Which rows were to be scored is no longer as it was written.',
    fix: 'Delete this scoring and begin another.',
    where: id,
  });
}
