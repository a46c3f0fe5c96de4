/** A run that this worker trains, and what of it is not written yet. */

import type { LogLine } from '../../contract/train/run-log.ts';
import type { Checkpoint, StepRollouts } from '../../contract/train/train-records.ts';
import type { StoredRun } from '../../training/runs/stored-run.ts';

export interface Held {
  stored: StoredRun;
  lines: LogLine[];
  /** Writes come one after the other. */
  writing: Promise<void>;
  savedStep: number;
  /** The last state, where it could not be written. */
  unwritten: Checkpoint | null;
  /** Those of the last step, until they are written. */
  rollouts: StepRollouts | null;
}

/** Writes the lines that are not written yet; they stay where that fails. */
export async function appendLines(held: Held): Promise<void> {
  const { lines } = held;
  if (lines.length === 0) return;
  held.lines = [];
  try {
    await held.stored.append(lines);
  } catch (error) {
    held.lines = [...lines, ...held.lines];
    throw error;
  }
}

/** Writes what was measured and then the state, where it is newer than the one that is written. */
export async function writeState(held: Held, state: Checkpoint): Promise<void> {
  await appendLines(held);
  if (state.step > held.savedStep || held.savedStep === 0) await held.stored.saveCheckpoint(state);
  held.savedStep = state.step;
}

/** Without room for its rollouts a run is whole all the same; those of the next step come. */
export async function writeRollouts(held: Held): Promise<void> {
  const { rollouts } = held;
  if (rollouts !== null) await held.stored.saveRollouts(rollouts).catch(() => undefined);
  if (held.rollouts === rollouts) held.rollouts = null;
}
