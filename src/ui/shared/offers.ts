/** What one page hands to another to look at. */

import type { SamplingConfig } from '../../contract/engine.ts';
import type { StudentChoice } from '../../contract/runs.ts';
import type { TrainRollout } from '../../contract/training.ts';
import type { MethodConfig } from '../../method/types.ts';

/** A student that the Lab can be given. */
export interface StudentOffer {
  /** Of its own among the offers. */
  readonly label: string;
  readonly choice: StudentChoice;
}

/** A rollout of a training step or an evaluation, and who made it. */
export interface RolloutOffer {
  readonly rollout: Pick<TrainRollout, 'item' | 'question' | 'answer' | 'wrongReference' | 'ids'>;
  readonly sampling: Omit<SamplingConfig, 'count'>;
  /** Null where nobody teaches. */
  readonly method: MethodConfig | null;
  /** Null for the model itself. */
  readonly student: StudentOffer | null;
}
