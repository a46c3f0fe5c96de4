/** Sets that a person imported, as a page lists them. */

import type { ErrorRecord } from '../../base/errors.ts';

export interface KeptSets<R> {
  /** The newest first. */
  readonly sets: readonly R[];
  /** Imports that were broken off, by a closed tab say; what there was of them has been removed. */
  readonly undone: readonly string[];
  /** Sets that can no longer be read; they take room until they are deleted. */
  readonly damaged: readonly {
    readonly id: string;
    readonly bytes: number;
    readonly error: ErrorRecord;
  }[];
  /** Whether they outlive the tab. */
  readonly lasting: boolean;
}
