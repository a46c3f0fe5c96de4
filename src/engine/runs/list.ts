/** Kept runs as a list shows them. */

import { PlaygroundError } from '../../base/errors.ts';
import type { RunEntry, RunStore } from '../../training/runs/runStore.ts';
import type { Evaluation } from '../../training/types.ts';
import type { BrokenRun, StoredRun } from '../runsContract.ts';

/** The last evaluation of each run, as of a time of writing: logs are read again only when they have grown. */
const evaluations = new Map<string, { readonly at: string; readonly last: Evaluation | null }>();

export async function listOf(runs: RunStore): Promise<{ runs: StoredRun[]; broken: BrokenRun[] }> {
  const listed: StoredRun[] = [];
  const broken: BrokenRun[] = [];
  for (const entry of await runs.list())
    if (entry.ok) listed.push(await storedRun(runs, entry));
    else broken.push({ runId: entry.id, bytes: entry.bytes, error: entry.error });
  listed.sort((a, b) => b.savedAt - a.savedAt);
  return { runs: listed, broken };
}

/** Throws `run.missing`, and the error of a run that cannot be read. */
export async function summaryOf(runs: RunStore, runId: string): Promise<StoredRun> {
  const entries = await runs.list();
  const found = entries.find((entry) => (entry.ok ? entry.record.id : entry.id) === runId);
  if (found?.ok) return storedRun(runs, found);
  if (found !== undefined) throw new PlaygroundError(found.error);
  throw new PlaygroundError({
    code: 'run.missing',
    message: 'This run is not stored here.',
    fix: 'It may have been deleted in another tab; pick one from the list, or import it.',
    where: runId,
  });
}

async function storedRun(
  runs: RunStore,
  { record, bytes, checkpoints }: Extract<RunEntry, { ok: true }>,
): Promise<StoredRun> {
  const { id, name, settings, model, backend, step, updatedAt } = record;
  return {
    runId: id,
    name,
    settings,
    model,
    backend,
    step,
    earlier: checkpoints.find((own) => own.step < step)?.step ?? null,
    evaluation: await lastEvaluation(runs, id, updatedAt),
    savedAt: Date.parse(updatedAt),
    bytes,
  };
}

async function lastEvaluation(runs: RunStore, id: string, at: string): Promise<Evaluation | null> {
  const known = evaluations.get(id);
  if (known?.at === at) return known.last;
  const { log } = await runs.read(id);
  const last = log.evaluations.at(-1) ?? null;
  evaluations.set(id, { at, last });
  return last;
}
