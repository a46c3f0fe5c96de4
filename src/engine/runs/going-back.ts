/** Going on from the checkpoint before the last one, with another learning rate. */

import { PlaygroundError } from '../../base/errors.ts';
import type { CheckpointState } from '../../contract/train-records.ts';
import type { TrainSettings } from '../../contract/train-settings.ts';
import { withSetting } from '../../contract/train-validate.ts';
import type { StoredRun } from '../../training/runs/stored-run.ts';

/** Throws `run.no-earlier`. */
export async function earlierOf(stored: StoredRun): Promise<CheckpointState> {
  const state = await stored.earlier();
  if (state !== null) return state;
  throw new PlaygroundError({
    code: 'run.no-earlier',
    message: `“${stored.record.name}” has no checkpoint before its last one.`,
    fix: 'Start a new run with other settings.',
    where: stored.id,
  });
}

/** Throws `train.invalid-setting`. */
export function withRate(settings: TrainSettings, learningRate?: number): TrainSettings {
  return learningRate === undefined
    ? settings
    : withSetting(settings, 'optimizer.learningRate', learningRate);
}
