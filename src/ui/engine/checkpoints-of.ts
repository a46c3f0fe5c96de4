/** What an error about a folder with several checkpoints offers for choice. */

import type { ErrorRecord } from '../../base/errors.ts';

/** Paths inside the picked folder, newest first; none for any other error. */
export function checkpointsOf({ code, detail }: ErrorRecord): string[] {
  if (code !== 'model.several' || !Array.isArray(detail?.choices)) return [];
  return detail.choices.flatMap((choice: unknown) =>
    typeof choice === 'object' && choice !== null && 'inner' in choice
      ? [String(choice.inner)]
      : [],
  );
}
