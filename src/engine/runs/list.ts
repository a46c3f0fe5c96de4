/** Kept runs as a list shows them. */

import { PlaygroundError } from '../../base/errors.ts';
import type { RunEntry, RunStore } from '../../training/runs/runStore.ts';
import type { Evaluation } from '../../training/types.ts';
import type { BrokenRun, StoredRun } from '../runsContract.ts';

/** The log's end of each run, as of a time of writing and a size: logs are read again only when they have grown. */
const ends = new Map<string, { readonly as: string; readonly end: LogEnd }>();

interface LogEnd {
  readonly evaluation: Evaluation | null;
  /** Nothing was measured. */
  readonly empty: boolean;
}

/** `holds` tells which runs this worker trains. Runs with nothing in them are left out, and cleared away where no tab has them. */
export async function listOf(
  runs: RunStore,
  holds: (runId: string) => boolean,
): Promise<{ runs: StoredRun[]; broken: BrokenRun[] }> {
  const listed: StoredRun[] = [];
  const broken: BrokenRun[] = [];
  for (const entry of await runs.list())
    if (!entry.ok) broken.push({ runId: entry.id, bytes: entry.bytes, error: entry.error });
    else if (!(await isEmpty(runs, entry))) listed.push(await storedRun(runs, entry, holds));
    else if (!entry.open) await runs.delete(entry.record.id).catch(() => undefined);
  listed.sort((a, b) => b.savedAt - a.savedAt);
  return { runs: listed, broken };
}

async function isEmpty(runs: RunStore, entry: Kept): Promise<boolean> {
  if (entry.record.step > 0 || entry.checkpoints.length > 0) return false;
  return (await endOf(runs, entry)).empty;
}

/** Throws `run.missing`, and the error of a run that cannot be read. */
export async function summaryOf(
  runs: RunStore,
  runId: string,
  holds: (runId: string) => boolean,
): Promise<StoredRun> {
  const entries = await runs.list();
  const found = entries.find((entry) => (entry.ok ? entry.record.id : entry.id) === runId);
  if (found?.ok) return storedRun(runs, found, holds);
  if (found !== undefined) throw new PlaygroundError(found.error);
  throw new PlaygroundError({
    code: 'run.missing',
    message: 'This run is not stored here.',
    fix: 'It may have been deleted in another tab; pick one from the list, or import it.',
    where: runId,
  });
}

type Kept = Extract<RunEntry, { ok: true }>;

async function storedRun(
  runs: RunStore,
  entry: Kept,
  holds: (runId: string) => boolean,
): Promise<StoredRun> {
  const { record, bytes, checkpoints, open } = entry;
  const { id, name, settings, model, backend, step, updatedAt, unverified = false } = record;
  return {
    runId: id,
    name,
    settings,
    model,
    backend,
    step,
    earlier: checkpoints.find((own) => own.step < step)?.step ?? null,
    evaluation: (await endOf(runs, entry)).evaluation,
    elsewhere: open && !holds(id),
    savedAt: Date.parse(updatedAt),
    bytes,
    unverified,
  };
}

async function endOf(runs: RunStore, { record, bytes }: Kept): Promise<LogEnd> {
  const { id, updatedAt } = record;
  const as = `${updatedAt} ${bytes}`;
  const known = ends.get(id);
  if (known?.as === as) return known.end;
  const { metrics, evaluations } = await runs.log(id);
  const empty = metrics.length === 0 && evaluations.length === 0;
  const end = { evaluation: evaluations.at(-1) ?? null, empty };
  ends.set(id, { as, end });
  return end;
}
