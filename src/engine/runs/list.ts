/** Kept runs as a list shows them. */

import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import type { BrokenRun, StoredRun } from '../../contract/train/runs.ts';
import type { Checkpoint, Evaluation } from '../../contract/train/train-records.ts';
import type { RunEntry, RunStore } from '../../training/runs/run-store.ts';

/** The log's end of each run, as of a time of writing and a size: logs are read again only when they have grown. */
const ends = new Map<string, { readonly as: string; readonly end: LogEnd }>();

interface LogEnd {
  readonly evaluation: Evaluation | null;
  /** Nothing was measured. */
  readonly empty: boolean;
}

/** What this worker has of runs. */
export interface RunsHere {
  /** Whether it trains a run, or holds it. */
  holds(runId: string): boolean;
  /** The state of a run that could not be written; null where all is. */
  unwritten(runId: string): Checkpoint | null;
}

/**
 * Runs with nothing in them are left out, and cleared away where no tab has
 * them; one that cannot be read stands among the broken ones, and in nobody's way.
 */
export async function listOf(
  runs: RunStore,
  here: RunsHere,
): Promise<{ runs: StoredRun[]; broken: BrokenRun[] }> {
  const listed: StoredRun[] = [];
  const broken: BrokenRun[] = [];
  for (const entry of await runs.list()) {
    if (!entry.ok) {
      broken.push({ runId: entry.id, bytes: entry.bytes, error: entry.error });
      continue;
    }
    const { id } = entry.record;
    try {
      if (!(await isEmpty(runs, entry, here))) listed.push(await storedRun(runs, entry, here));
      else if (!entry.open) await runs.delete(id).catch(() => undefined);
    } catch (error) {
      broken.push({ runId: id, bytes: entry.bytes, error: toErrorRecord(error, id) });
    }
  }
  return { runs: listed, broken };
}

async function isEmpty(runs: RunStore, entry: Kept, here: RunsHere): Promise<boolean> {
  if (here.unwritten(entry.record.id) !== null) return false;
  if (entry.record.incoming) return true;
  if (entry.record.step > 0 || entry.checkpoints.length > 0) return false;
  return (await endOf(runs, entry)).empty;
}

/** Throws `run.missing`, and the error of a run that cannot be read. */
export async function summaryOf(runs: RunStore, runId: string, here: RunsHere): Promise<StoredRun> {
  const entries = await runs.list();
  const found = entries.find((entry) => (entry.ok ? entry.record.id : entry.id) === runId);
  if (found?.ok) return storedRun(runs, found, here);
  if (found !== undefined) throw new PlaygroundError(found.error);
  throw new PlaygroundError({
    code: 'run.missing',
    message: 'This run is not stored here.',
    fix: 'It may have been deleted in another tab; pick one from the list, or import it.',
    where: runId,
  });
}

type Kept = Extract<RunEntry, { ok: true }>;

async function storedRun(runs: RunStore, entry: Kept, here: RunsHere): Promise<StoredRun> {
  const { record, bytes, checkpoints, open } = entry;
  const { id, name, settings, model, backend, updatedAt, unverified = false } = record;
  const unwritten = here.unwritten(id);
  const step = unwritten?.step ?? record.step;
  const last = unwritten?.evaluations.at(-1) ?? (await endOf(runs, entry)).evaluation;
  return {
    runId: id,
    name,
    settings,
    model,
    backend,
    step,
    earlier: checkpoints.find((own) => own.step < step)?.step ?? null,
    evaluation: last,
    elsewhere: open && !here.holds(id),
    savedAt: Date.parse(updatedAt),
    bytes,
    unverified,
    lasting: runs.lasting && unwritten === null,
  };
}

async function endOf(runs: RunStore, { record, bytes }: Kept): Promise<LogEnd> {
  const { id, updatedAt } = record;
  const as = `${updatedAt} ${bytes}`;
  const known = ends.get(id);
  if (known?.as === as) return known.end;
  const end = await runs.logEnd(id);
  ends.set(id, { as, end });
  return end;
}
