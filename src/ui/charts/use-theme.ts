/** A text that changes whenever colours do: the theme chosen here, or the system's. */

import { useSyncExternalStore } from 'react';

const dark = () => matchMedia('(prefers-color-scheme: dark)');

function subscribe(changed: () => void): () => void {
  const system = dark();
  system.addEventListener('change', changed);
  const chosen = new MutationObserver(changed);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    chosen.disconnect();
  };
}

const now = () => `${document.documentElement.dataset.theme ?? 'system'}-${dark().matches}`;

export const useTheme = (): string => useSyncExternalStore(subscribe, now);
