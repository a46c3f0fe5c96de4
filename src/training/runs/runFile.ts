/**
 * A run as one file, `vigos-run/1`, to keep elsewhere or to give away.
 *
 * Whole: a zip archive of `run.json`, `metrics.jsonl` and, where there is one, `checkpoint.safetensors` (the last state)
 * and the folder `adapter/` in PEFT's layout. Figures alone: one JSON object, the record's fields and `log`.
 */

import * as v from 'valibot';
import { adapterFiles } from '../adapters/peft.ts';
import { adapterOf } from '../adapters/student.ts';
import { type ExportFile, textFile } from '../exportFiles.ts';
import { isZip, unzip } from '../importFiles.ts';
import { readCheckpoint, writeCheckpoint } from './checkpointFile.ts';
import { check, invalid, readRunRecord, runLog } from './records.ts';
import { logLines, readLog, sortLog, writeLog } from './runLog.ts';
import type { RunContent } from './runStore.ts';
import { LOG_FILE, RECORD_FILE } from './storedRun.ts';

const CHECKPOINT_FILE = 'checkpoint.safetensors';

/** Figures of a run as one JSON text. */
export function runJson({ record, log }: Pick<RunContent, 'record' | 'log'>): string {
  return `${JSON.stringify({ ...record, log })}\n`;
}

/** The files of a whole run, for `zipStream`. The checkpoint is made here, since its checksum takes a promise. */
export async function runFiles({ record, log, checkpoint }: RunContent): Promise<ExportFile[]> {
  const files = [
    textFile(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`),
    textFile(LOG_FILE, writeLog(logLines(log))),
  ];
  if (checkpoint === null) return files;
  const { trainable: tensors, settings, model, step } = checkpoint;
  const bytes = await writeCheckpoint(checkpoint);
  files.push({ path: CHECKPOINT_FILE, bytes: () => bytes });
  if (settings.trainable.kind === 'full' || settings.trainable.vision) return files;
  const adapter = adapterOf({ trainable: settings.trainable, tensors });
  const origin = { base: model, run: { settings, step } };
  const beside = adapterFiles(adapter, origin).map(({ path, bytes: make }) => ({
    path: `adapter/${path}`,
    bytes: make,
  }));
  return [...files, ...beside];
}

/**
 * A run from the bytes of either form. Nothing of it is stored yet; `RunStore.add` does that.
 * Throws {@link PlaygroundError} `run.newer`, `run.invalid` (naming the file and the field or line), `import.archive`,
 * `checkpoint.damaged`, and what `validateTrainSettings` throws.
 */
export async function readRunFile(bytes: Uint8Array, where = 'the file'): Promise<RunContent> {
  if (isZip(bytes)) return readArchive(bytes, where);
  const json = parse(new TextDecoder().decode(bytes), where);
  const record = readRunRecord(json, where);
  const { log } = check(v.object({ log: runLog }), json, where);
  return { record, log, checkpoint: null };
}

async function readArchive(bytes: Uint8Array, where: string): Promise<RunContent> {
  const wanted = [RECORD_FILE, LOG_FILE, CHECKPOINT_FILE];
  const inside = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const files = new Map(
    [...unzip(bytes, (path) => wanted.includes(inside(path)))].map(([path, content]) => [
      inside(path),
      content,
    ]),
  );
  const text = (name: string) => {
    const content = files.get(name);
    if (content === undefined) throw invalid(where, `the archive has no ${name}`, name);
    return new TextDecoder().decode(content);
  };
  const record = readRunRecord(parse(text(RECORD_FILE), RECORD_FILE), RECORD_FILE);
  const log = sortLog(readLog(text(LOG_FILE), LOG_FILE));
  const content = files.get(CHECKPOINT_FILE);
  const checkpoint = content === undefined ? null : await readCheckpoint(content, CHECKPOINT_FILE);
  if (checkpoint !== null && checkpoint.model.fingerprint !== record.model.fingerprint)
    throw invalid(
      where,
      `${CHECKPOINT_FILE} belongs to another model than ${RECORD_FILE}`,
      'model',
    );
  return { record, log, checkpoint };
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(where, 'it is neither a zip archive nor whole JSON', '', cause);
  }
}
