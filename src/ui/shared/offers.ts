/** What one page hands to another to look at. */

import type { StudentChoice } from '../../contract/runs.ts';
import type { TrainSettings } from '../../contract/train-settings.ts';
import type { TrainRollout } from '../../contract/training.ts';

/** A student that the Lab can be given. */
export interface StudentOffer {
  /** Of its own among the offers. */
  readonly label: string;
  readonly choice: StudentChoice;
}

/** A rollout of a training step and who made it. */
export interface RolloutOffer {
  readonly rollout: TrainRollout;
  readonly settings: TrainSettings;
  readonly student: StudentOffer;
}
