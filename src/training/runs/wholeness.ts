/** What of a stored run is whole, what it can be gone on with from, and how that is said. */

import type { ErrorRecord } from '../../base/errors.ts';
import type { RunLog, RunRecord } from '../../contract/train/run-log.ts';
import type { Checkpoint } from '../../contract/train/train-records.ts';
import type { FileArea } from '../../storage/file-area.ts';
import { readRecord } from './record-file.ts';
import { joinedLogs, sortLog } from './run-log.ts';
import { latestCheckpoint, listCheckpoints, readStored } from './stored-run.ts';

/** A run as far as it is whole. */
export interface SoundRun {
  readonly record: RunRecord;
  /** Of the log and of the checkpoint, which holds what was measured before it too. */
  readonly log: RunLog;
  /** The last whole one. */
  readonly checkpoint: Checkpoint | null;
  /** Steps done where it can be gone on with; null where nothing is left to go on from. */
  readonly goesOnFrom: number | null;
  /** What is lost, what is left and what to do; null where nothing is lost. */
  readonly fault: ErrorRecord | null;
}

/** Throws what `readRecord` throws, and `run.newer` for a checkpoint of a later version. */
export async function soundRun(area: FileArea, id: string): Promise<SoundRun> {
  const record = await readRecord(area, id);
  const [{ lines, damaged }, latest, entries] = await Promise.all([
    readStored(area, id),
    latestCheckpoint(area, id),
    listCheckpoints(area, id),
  ]);
  const checkpoint = latest?.state ?? null;
  const own = sortLog(lines);
  const log = joinedLogs(own, checkpoint);
  const step = checkpoint?.step ?? null;
  if (step !== null && step >= record.step)
    return { record, log, checkpoint, goesOnFrom: step, fault: null };
  // Before the first checkpoint there was nothing to lose: a run is the same when it begins again.
  const begins = step === null && record.step === 0;
  const wrong = step === null ? entries.length > 0 : (latest?.damaged.length ?? 0) > 0;
  const fault = begins ? null : faultOf(record, step, wrong, damaged > 0);
  return { record, log, checkpoint, goesOnFrom: begins ? 0 : step, fault };
}

function faultOf(
  { id, name, step }: RunRecord,
  left: number | null,
  damaged: boolean,
  figuresLost: boolean,
): ErrorRecord {
  const what = damaged ? 'is damaged: it was cut off or changed after it was written' : 'is gone';
  const figures = figuresLost ? 'Some of its figures are damaged too' : 'Its figures are there';
  return left === null
    ? {
        code: 'run.no-weights',
        message: `There are no weights of “${name}” to go on from: every checkpoint ${what}, or it came as figures alone.`,
        fix: `${figures}: export the run to keep them, import it again from a whole file, or start a new run with its settings and seed, which comes to the same weights.`,
        where: id,
        detail: { step },
      }
    : {
        code: 'run.step-lost',
        message: `The checkpoint of “${name}” after step ${step} ${what}.`,
        fix: `The one after step ${left} is whole: going on begins there, trains the steps after it again and clears the damaged file away. Export the run first if you want to look into it.`,
        where: id,
        detail: { step, left },
      };
}
