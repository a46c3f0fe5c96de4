/** The first screen's one button. */

import { largestDivergence } from '../../rollout/view.ts';
import type { LabSettings } from './settings.ts';
import type { LabStore } from './store.ts';

interface Lab {
  store: LabStore;
  change: (patch: Partial<LabSettings>) => Promise<void>;
}

/** Shows the teachers another scene's picture, or the student's again; waits for nothing that is under way. */
export const swapping =
  ({ store, change }: Lab) =>
  async (): Promise<void> => {
    const { work, live, shown, settings } = store.getState();
    if (work !== null || live !== null) return;
    const teacherImage = settings.teacherImage === 'same' ? 'swapped' : 'same';
    // The token that is looked at stays, also where another one differs most then.
    const token = settings.token ?? (shown === null ? null : largestDivergence(shown.trace));
    await change({ teacherImage, imageOf: 'all', token });
  };
