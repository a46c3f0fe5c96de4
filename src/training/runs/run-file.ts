/**
 * A run as one file, `vigos-run/2`, to keep elsewhere or to give away.
 *
 * Whole: a zip archive of `run.json`, `metrics.jsonl` and, where there is one, `checkpoint.safetensors` (the last state)
 * and the folder `adapter/` in PEFT's layout. Figures alone: one JSON object, the record's fields and `log`.
 * Both say how they can be told from changed ones: `files` has the SHA-256 of every other member, `checksum` that of
 * the JSON text itself with 64 zeros in its own place.
 */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import {
  check,
  invalid,
  type RunRecord,
  readRunRecord,
  runLog,
} from '../../contract/train/run-log.ts';
import type { Checkpoint } from '../../contract/train/train-records.ts';
import { adapterFiles } from '../../model/adapters/peft.ts';
import { adapterOf } from '../../model/adapters/trained-tensors.ts';
import { isZip, unzip, zipPaths } from '../../storage/zip-read.ts';
import { type ExportFile, textFile } from '../../storage/zip-write.ts';
import { sha256 } from '../fingerprint.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts';
import { RECORD_FILE } from './record-file.ts';
import { runFault } from './run-fault.ts';
import { logLines, readLog, sortLog, writeLog } from './run-log.ts';
import type { RunContent } from './run-store.ts';
import { isAsSealed, sealed, withPlace } from './seal.ts';
import { LOG_FILE } from './stored-run.ts';

const CHECKPOINT_FILE = 'checkpoint.safetensors';
const ADAPTER_FOLDER = 'adapter';

/** Far above any record; it is read before anything else of an archive is. */
const MAX_RECORD_BYTES = 2 ** 20;

/** The files of a whole run, for `zipStream`. They are made here, since their checksums take promises. */
export async function runFiles({ record, log, checkpoint }: RunContent): Promise<ExportFile[]> {
  const files = [textFile(LOG_FILE, writeLog(logLines(log)))];
  if (checkpoint !== null) {
    const bytes = await writeCheckpoint(checkpoint);
    files.push({ path: CHECKPOINT_FILE, bytes: () => bytes }, ...adapterOfRun(checkpoint));
  }
  const sums = await Promise.all(
    files.map(async (file) => [file.path, await sha256(file.bytes())]),
  );
  const json = { ...withPlace(record), files: Object.fromEntries(sums) };
  return [textFile(RECORD_FILE, await sealed(`${JSON.stringify(json, null, 2)}\n`)), ...files];
}

function adapterOfRun({ trainable: tensors, settings, model, step }: Checkpoint): ExportFile[] {
  if (settings.trainable.kind === 'full' || settings.trainable.vision) return [];
  const adapter = adapterOf({ trainable: settings.trainable, tensors });
  const origin = { base: model, run: { settings, step } };
  return adapterFiles(adapter, origin).map(({ path, bytes }) => ({
    path: `${ADAPTER_FOLDER}/${path}`,
    bytes,
  }));
}

/**
 * A run from the bytes of either form. Nothing of it is stored yet; `RunStore.add` does that. One written before there
 * were checksums is marked as `unverified`.
 * Throws {@link PlaygroundError} `run.newer`, `run.invalid` (naming the file and the field or line), `run.changed` for
 * what is not as it was written, `import.archive`, `checkpoint.damaged`, and what `validateTrainSettings` throws.
 */
export async function readRunFile(bytes: Uint8Array, where = 'the file'): Promise<RunContent> {
  if (isZip(bytes)) return readArchive(bytes, where);
  const { record, json } = await readHead(bytes, where);
  const { log } = check(v.object({ log: runLog }), json, where);
  return whole({ record, log: sortLog(logLines(log)), checkpoint: null }, where);
}

async function readArchive(bytes: Uint8Array, where: string): Promise<RunContent> {
  const folder = folderOf(zipPaths(bytes), where);
  const member = (name: string, most?: number) => {
    const path = folder + name;
    const found = unzip(bytes, (own) => own === path, most).get(path);
    if (found === undefined) throw invalid(where, `the archive has no ${name}`, name);
    return found;
  };
  const { record, sums } = await readHead(member(RECORD_FILE, MAX_RECORD_BYTES), RECORD_FILE);
  const has = zipPaths(bytes).includes(folder + CHECKPOINT_FILE);
  if (sums !== null && has !== Object.hasOwn(sums, CHECKPOINT_FILE)) throw changed(CHECKPOINT_FILE);
  const files = new Map<string, Uint8Array>();
  for (const name of [LOG_FILE, ...(has ? [CHECKPOINT_FILE] : [])]) files.set(name, member(name));
  for (const [name, sum] of Object.entries(sums ?? {}))
    if ((await sha256(files.get(name) ?? member(name))) !== sum) throw changed(name);
  const log = sortLog(readLog(new TextDecoder().decode(files.get(LOG_FILE)), LOG_FILE));
  const weights = files.get(CHECKPOINT_FILE);
  const checkpoint = weights === undefined ? null : await readCheckpoint(weights, CHECKPOINT_FILE);
  return whole({ record, log, checkpoint }, where);
}

/** The folder of the one record, '' or with its `/`; what belongs to it is there and nowhere else. */
function folderOf(paths: readonly string[], where: string): string {
  const named = (name: string) => paths.filter((path) => path.split('/').at(-1) === name);
  for (const name of [RECORD_FILE, LOG_FILE, CHECKPOINT_FILE])
    if (named(name).length > 1)
      throw invalid(
        where,
        `the archive has ${named(name).length} files ${name}, and a run has one`,
      );
  const [record] = named(RECORD_FILE);
  if (record === undefined) throw invalid(where, `the archive has no ${RECORD_FILE}`, RECORD_FILE);
  const folder = record.slice(0, -RECORD_FILE.length);
  const [weights] = named(CHECKPOINT_FILE);
  if (weights !== undefined && weights !== folder + CHECKPOINT_FILE)
    throw invalid(where, `${CHECKPOINT_FILE} lies in another folder than ${RECORD_FILE}`);
  return folder;
}

/** SHA-256 of the other members; null in what was written without. */
type Sums = Readonly<Record<string, string>> | null;

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256'));
const seal = v.object({
  checksum: v.optional(digest),
  files: v.optional(v.record(v.string(), digest)),
});

/** The record in a JSON text, once the text is known to be as it was written. */
async function readHead(
  bytes: Uint8Array,
  where: string,
): Promise<{ record: RunRecord; json: unknown; sums: Sums }> {
  const text = new TextDecoder().decode(bytes);
  const json = parse(text, where);
  const record = readRunRecord(json, where);
  const { checksum, files } = check(seal, json, where);
  if (checksum === undefined) {
    if (files !== undefined) throw changed(where);
    return { record: { ...record, unverified: true }, json, sums: null };
  }
  if (!(await isAsSealed(text, checksum))) throw changed(where);
  return { record, json, sums: files ?? {} };
}

/** What is of one piece; throws where its parts are not of one run. */
function whole(content: RunContent, where: string): RunContent {
  const broken = runFault(content);
  if (broken !== null) throw invalid(where, broken);
  return content;
}

function changed(where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'run.changed',
    message: `${where} is not as it was written: it does not have the checksum that was written with it.`,
    fix: 'Take the file unchanged as this page exported it; if you changed run.json on purpose, remove its checksum and files, and the run opens as unverified.',
    where,
  });
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(where, 'it is neither a zip archive nor whole JSON', '', cause);
  }
}
