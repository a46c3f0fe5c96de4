/** The first screen's one button. */

import { largestDivergence } from '../../rollout/view.ts';
import type { LabSettings } from './settings.ts';
import type { LabStore } from './store.ts';

interface Lab {
  store: LabStore;
  change: (patch: Partial<LabSettings>) => Promise<void>;
  say: (notice: string) => void;
}

const WAITS = 'The teachers are shown it once what is under way is done.';

/** Shows the teachers another scene's picture, or the student's again; pressed while something is under way it waits for that. */
export function swapping({ store, change, say }: Lab): () => Promise<void> {
  const busy = ({ work, live }: ReturnType<typeof store.getState>) =>
    work !== null || live !== null;
  let stopWaiting: (() => void) | null = null;
  const swap = async (): Promise<void> => {
    const state = store.getState();
    if (busy(state)) {
      if (stopWaiting !== null) return;
      say(WAITS);
      stopWaiting = store.subscribe((now) => {
        if (busy(now)) return;
        stopWaiting?.();
        stopWaiting = null;
        say('');
        void swap();
      });
      return;
    }
    const { shown, settings } = state;
    const teacherImage = settings.teacherImage === 'same' ? 'swapped' : 'same';
    // The token that is looked at stays, also where another one differs most then.
    const token = settings.token ?? (shown === null ? null : largestDivergence(shown.trace));
    await change({ teacherImage, imageOf: 'all', token });
  };
  return swap;
}
