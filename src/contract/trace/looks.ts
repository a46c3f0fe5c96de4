/** Whether the teachers of a rollout look at its picture, for both methods. */

import type { LooksToken } from '../../method/looks.ts';
import type { MethodName } from '../../method/types.ts';

export interface LooksReading {
  /** The one that teachers were shown; null where none of the proposed ones is wrong. */
  readonly wrongAnswer: string | null;
  /** Supervised tokens of each method, rising. */
  readonly tokens: Readonly<Record<MethodName, readonly LooksToken[]>>;
}
