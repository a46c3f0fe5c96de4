/** Going on from the checkpoint before the last one, with another learning rate. */

import { PlaygroundError } from '../../base/errors.ts';
import type { Checkpoint } from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { validateTrainSettings, withSetting } from '../../contract/train/train-validate.ts';
import type { StoredRun } from '../../training/runs/stored-run.ts';

/** Throws `run.no-earlier`. */
export async function earlierOf(stored: StoredRun): Promise<Checkpoint> {
  const state = await stored.earlier();
  if (state !== null) return state;
  throw new PlaygroundError({
    code: 'run.no-earlier',
    message: `“${stored.record.name}” has no checkpoint before its last one.`,
    fix: 'Start a new run with other settings.',
    where: stored.id,
  });
}

/** The rate of the run, or of each of its stages. Throws `train.invalid-setting`. */
export function withRate(settings: TrainSettings, learningRate?: number): TrainSettings {
  if (learningRate === undefined) return settings;
  const { schedule } = settings;
  if (schedule === undefined) return withSetting(settings, 'optimizer.learningRate', learningRate);
  const stages = schedule.stages.map((stage) => ({
    ...stage,
    optimizer: { ...stage.optimizer, learningRate },
  }));
  return validateTrainSettings({ ...settings, schedule: { ...schedule, stages } });
}
