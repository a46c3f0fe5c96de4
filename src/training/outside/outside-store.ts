/**
 * Runs of trainers elsewhere in the browser's storage, a folder each, apart from those that were made here: `run.jsonl`,
 * written last, says what it is, `series.jsonl` holds its figures, `adapter.zip` its adapter.
 */

import { PlaygroundError } from '../../base/errors.ts';
import { newId } from '../../base/new-id.ts';
import type {
  OutsideCurves,
  OutsideRun,
  OutsideSeries,
} from '../../contract/train/outside-runs.ts';
import type { BrokenRun } from '../../contract/train/runs.ts';
import { readCheckedLines, writeCheckedLines } from '../../storage/checked-lines.ts';
import { type FileArea, MemoryFiles } from '../../storage/file-area.ts';
import { openPrivateFiles } from '../../storage/private-files.ts';
import { lastStep, type OutsideContent } from './outside-file.ts';

const RECORD = 'run.jsonl';
const SERIES = 'series.jsonl';
const ADAPTER = 'adapter.zip';

type Written = Omit<OutsideRun, 'bytes' | 'lasting'>;

export class OutsideStore {
  readonly #area: FileArea;

  constructor(area: FileArea) {
    this.#area = area;
  }

  /** The one that came last first. */
  async list(): Promise<{ runs: OutsideRun[]; broken: BrokenRun[] }> {
    const runs: OutsideRun[] = [];
    const broken: BrokenRun[] = [];
    for (const id of await this.#area.folders()) {
      const files = await this.#area.files(id);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const record = await this.#area.read(id, RECORD);
      // What broke off while it was taken in was none yet.
      if (record === null) await this.#area.removeFolder(id);
      else {
        const [written] = linesOf<Written>(record).lines;
        if (written?.runId === id) runs.push({ ...written, bytes, lasting: this.#area.lasting });
        else broken.push({ runId: id, bytes, error: damaged(id).record });
      }
    }
    return { runs: runs.sort((a, b) => b.importedAt - a.importedAt), broken };
  }

  /** Nothing of it stays where that fails. Throws `storage.full` and `storage.refused`. */
  async add({ log, adapter }: OutsideContent): Promise<string> {
    const runId = newId();
    const { name, what, axis, series, skipped } = log;
    const taken = new Set((await this.list()).runs.map((run) => run.name));
    const record: Written = {
      runId,
      name: freeName(name, taken),
      what,
      axis,
      step: lastStep(log),
      keys: series.map(({ key }) => key),
      skipped,
      adapter: adapter === null ? null : { path: adapter.path, base: adapter.base },
      importedAt: Date.now(),
    };
    try {
      if (adapter !== null) {
        const bytes = new Uint8Array(await adapter.file.arrayBuffer());
        await this.#area.write(runId, ADAPTER, bytes);
      }
      await this.#area.write(runId, SERIES, encoded(writeCheckedLines(series)));
      await this.#area.write(runId, RECORD, encoded(writeCheckedLines([record])));
    } catch (error) {
      await this.#area.removeFolder(runId).catch(() => undefined);
      throw error;
    }
    return runId;
  }

  /** Throws `outside.missing` and `outside.damaged`. */
  async curves(runId: string): Promise<OutsideCurves> {
    const { name, keys } = await this.#record(runId);
    const bytes = await this.#area.read(runId, SERIES);
    const { lines, damaged: lost } = linesOf<OutsideSeries>(bytes ?? new Uint8Array());
    if (lost > 0 || lines.length !== keys.length) throw damaged(runId);
    return { runId, name, series: lines };
  }

  /** The adapter in a zip file, under the run's name. Throws `outside.missing` and `outside.no-adapter`. */
  async adapter(runId: string): Promise<File> {
    const { name } = await this.#record(runId);
    const blob = await this.#area.blob(runId, ADAPTER);
    if (blob === null) throw noAdapter(name);
    return new File([blob], `${name} (from outside).zip`);
  }

  async remove(runId: string): Promise<void> {
    await this.#area.removeFolder(runId);
  }

  async #record(runId: string): Promise<Written> {
    const bytes = await this.#area.read(runId, RECORD);
    if (bytes === null) throw missing(runId);
    const [record] = linesOf<Written>(bytes).lines;
    if (record?.runId !== runId) throw damaged(runId);
    return record;
  }
}

/** Those of this browser; in memory where it keeps none. */
export async function openOutside(): Promise<OutsideStore> {
  try {
    return new OutsideStore(await openPrivateFiles('outside'));
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    return new OutsideStore(new MemoryFiles());
  }
}

const encoded = (text: string) => new TextEncoder().encode(text);
const linesOf = <T>(bytes: Uint8Array) =>
  readCheckedLines(new TextDecoder().decode(bytes), (json) => json as T);

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++)
    if (!taken.has(`${name} (${number})`)) return `${name} (${number})`;
}

function missing(where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'outside.missing',
    message: 'This run from outside is no longer in this browser.',
    fix: 'It may have been deleted in another tab; take in its log again.',
    where,
  });
}

function damaged(where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'outside.damaged',
    message: 'What is stored of this run from outside is no longer as it was written.',
    fix: 'Delete it and take in its log again.',
    where,
  });
}

function noAdapter(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'outside.no-adapter',
    message: `No adapter came with “${name}”, so there is no student to ask.`,
    fix: 'Take in a zip file of the trainer’s folder, with adapter_config.json and adapter_model.safetensors beside trainer_state.json.',
    where: name,
  });
}
