/**
 * Evaluations of this browser: in its private file system, or in memory where it has none. The folder of each is named
 * by its id and holds `evaluation.json` and, in the order in which they were found, `lines.jsonl`.
 */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import type { BrokenEvaluation } from '../../contract/evaluation/evaluation.ts';
import {
  readEvaluationLine,
  readEvaluationRecord,
} from '../../contract/evaluation/evaluation-log.ts';
import type {
  EvaluationLine,
  EvaluationRecord,
} from '../../contract/evaluation/evaluation-records.ts';
import { readCheckedLines, writeCheckedLines } from '../../storage/checked-lines.ts';
import { type FileArea, MemoryFiles } from '../../storage/file-area.ts';
import { openPrivateFiles } from '../../storage/private-files.ts';
import { browserLocks } from '../../storage/run-lock.ts';

const RECORD_FILE = 'evaluation.json';
const LINES_FILE = 'lines.jsonl';

export class EvaluationStore {
  readonly #area: FileArea;
  /** Evaluations whose last line may be cut off. */
  readonly #torn = new Set<string>();

  constructor(area: FileArea) {
    this.#area = area;
  }

  /** The one written last comes first. */
  async list(): Promise<{ records: EvaluationRecord[]; broken: BrokenEvaluation[] }> {
    const records: EvaluationRecord[] = [];
    const broken: BrokenEvaluation[] = [];
    for (const id of await this.#area.folders())
      try {
        const record = await this.record(id);
        if (record !== null) records.push(record);
      } catch (error) {
        const files = await this.#area.files(id);
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        broken.push({ evaluationId: id, bytes, error: toErrorRecord(error, id) });
      }
    records.sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
    return { records, broken };
  }

  /** Null where nothing is stored under the id. Throws `evaluation.invalid`. */
  async record(id: string): Promise<EvaluationRecord | null> {
    const bytes = await this.#area.read(id, RECORD_FILE);
    return bytes === null ? null : readEvaluationRecord(parsed(bytes), `${id}/${RECORD_FILE}`);
  }

  /** The lines that are as they were written; the others are as if they had never been found. */
  async lines(id: string): Promise<EvaluationLine[]> {
    const bytes = await this.#area.read(id, LINES_FILE);
    if (bytes === null) return [];
    const text = new TextDecoder().decode(bytes);
    if (!text.endsWith('\n') && text !== '') this.#torn.add(id);
    return readCheckedLines(text, (json) => readEvaluationLine(json, LINES_FILE)).lines;
  }

  async write(record: EvaluationRecord): Promise<void> {
    await this.#area.write(record.id, RECORD_FILE, encoded(`${JSON.stringify(record, null, 2)}\n`));
  }

  async append(id: string, lines: readonly EvaluationLine[]): Promise<void> {
    const text = `${this.#torn.has(id) ? '\n' : ''}${writeCheckedLines(lines)}`;
    this.#torn.add(id);
    await this.#area.append(id, LINES_FILE, encoded(text));
    this.#torn.delete(id);
  }

  async remove(id: string): Promise<void> {
    await this.#area.removeFolder(id);
  }
}

/** The evaluations of this browser; in memory, with the reason, where it keeps none. */
export async function openEvaluations(): Promise<{
  store: EvaluationStore;
  problem: ErrorRecord | null;
}> {
  try {
    const store = new EvaluationStore(await openPrivateFiles('evaluations'));
    return { store, problem: null };
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    return { store: new EvaluationStore(new MemoryFiles()), problem: error.record };
  }
}

const lockName = (id: string) => `vigos-evaluation:${id}`;

/** Work on an evaluation while no other tab is at it. Throws {@link PlaygroundError} `evaluation.busy`. */
export async function holding<T>(id: string, work: () => Promise<T>): Promise<T> {
  const locks = await browserLocks();
  if (locks === null) return work();
  return locks.request(lockName(id), { ifAvailable: true }, (lock) => {
    if (lock === null) throw busy(id);
    return work();
  });
}

/** Whether some tab is at it. */
export async function isHeld(id: string): Promise<boolean> {
  const { held = [] } = (await (await browserLocks())?.query()) ?? {};
  return held.some(({ name }) => name === lockName(id));
}

function busy(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.busy',
    message: 'This evaluation is under way, here or in another tab.',
    fix: 'Pause it there, or wait until it is done.',
    where: id,
  });
}

/** Text that is no JSON is no record either; the reader names it. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const encoded = (text: string) => new TextEncoder().encode(text);
