/** The size of the page's text in pixels, which grows with the window; what is drawn in pixels grows with it. */

import { useSyncExternalStore } from 'react';

function subscribe(changed: () => void): () => void {
  addEventListener('resize', changed);
  return () => removeEventListener('resize', changed);
}

const now = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

export const useRem = (): number => useSyncExternalStore(subscribe, now);
