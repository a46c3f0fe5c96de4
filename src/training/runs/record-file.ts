/**
 * The record of a stored run: `run.json` and, word for word, `run.copy.json`.
 *
 * Both carry their own checksum and are written one after the other: whatever breaks off, or changes one file
 * afterwards, one of them is whole.
 */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { outcomeOf } from '../../base/outcome.ts';
import { check, type RunRecord, readRunRecord } from '../../contract/train/run-log.ts';
import type { FileArea } from '../../storage/file-area.ts';
import { browserLocks } from '../../storage/run-lock.ts';
import { isAsSealed, sealed, withPlace } from './seal.ts';

export const RECORD_FILE = 'run.json';
export const RECORD_COPY = 'run.copy.json';

/** What a person or the training changes in a record. */
export type RunChange = Partial<
  Pick<RunRecord, 'name' | 'state' | 'step' | 'settings' | 'turn' | 'incoming'>
>;

/** Told at once: the copy says the same, or cannot be read either. */
const FINAL = ['run.newer', 'storage.refused'];

/** The record of a stored run. Throws `run.missing`, `run.damaged`, `run.invalid`, `run.newer` and `storage.refused`. */
export async function readRecord(area: FileArea, id: string): Promise<RunRecord> {
  const first = await outcomeOf(() => readFile(area, id, RECORD_FILE));
  if (first.ok && first.value !== null) return first.value;
  if (!first.ok && FINAL.includes(first.error.code)) throw new PlaygroundError(first.error);
  const second = await outcomeOf(() => readFile(area, id, RECORD_COPY));
  if (second.ok && second.value !== null) return second.value;
  if (!first.ok) throw new PlaygroundError(first.error);
  if (!second.ok) throw new PlaygroundError(second.error);
  if ((await area.files(id)).length > 0) throw damaged(id, 'is gone');
  throw new PlaygroundError({
    code: 'run.missing',
    message: 'This run is not stored here.',
    fix: 'It may have been deleted in another tab; pick one from the list, or import it.',
    where: id,
  });
}

/** Writes both files, the one that may be damaged first: a whole one is always there. */
export async function writeRecord(area: FileArea, record: RunRecord): Promise<void> {
  const text = await sealed(`${JSON.stringify(withPlace(record), null, 2)}\n`);
  const bytes = new TextEncoder().encode(text);
  const found = await outcomeOf(() => readFile(area, record.id, RECORD_FILE));
  const names = [RECORD_COPY, RECORD_FILE];
  if (!found.ok) names.reverse();
  for (const name of names) await area.write(record.id, name, bytes);
}

/** Reads, changes and writes a record, one tab at a time. */
export function changeRecord(area: FileArea, id: string, change: RunChange): Promise<RunRecord> {
  return withRecord(id, async () => {
    const before = await readRecord(area, id);
    // A name says nothing about when the run was last trained.
    const updatedAt =
      Object.keys(change).join() === 'name' ? before.updatedAt : new Date().toISOString();
    const record = { ...before, ...change, updatedAt };
    await writeRecord(area, record);
    return record;
  });
}

/** Work on a run's record, while no other tab is at it. */
export async function withRecord<T>(id: string, work: () => Promise<T>): Promise<T> {
  const locks = await browserLocks();
  return locks === null ? work() : locks.request(`vigos-record:${id}`, work);
}

const seal = v.object({ checksum: v.optional(v.string()) });

/** Null where the file is not there. */
async function readFile(area: FileArea, id: string, name: string): Promise<RunRecord | null> {
  const bytes = await area.read(id, name);
  if (bytes === null) return null;
  const where = `${id}/${name}`;
  const text = new TextDecoder().decode(bytes);
  const json = parse(text);
  if (json === undefined) throw damaged(where, 'was cut off or changed after it was written');
  // Records of earlier versions have no checksum. It is looked at first: a damaged format is no later version.
  const { checksum } = check(seal, json, where);
  if (checksum !== undefined && !(await isAsSealed(text, checksum)))
    throw damaged(where, 'was changed after it was written');
  const record = readRunRecord(json, where);
  if (record.id !== id) throw damaged(where, 'is that of another run');
  return record;
}

function damaged(where: string, what: string): PlaygroundError {
  return new PlaygroundError({
    code: 'run.damaged',
    message: `The record of the run in ${where} ${what}, and its copy is no better.`,
    fix: 'Import the run again if you have exported it; what else is stored of it stays until you delete it.',
    where,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
