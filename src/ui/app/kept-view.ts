/** Whether a person last had all controls of the Lab on the page, for a visit whose address does not say. */

import type { LabSettings } from '../lab/state/settings.ts';
import type { LabStore } from '../lab/state/store.ts';

const KEY = 'vigos-lab-view';

/** The settings of an address, with the view of the last visit where it names nothing at all. */
export function withKeptView(settings: LabSettings, query: string): LabSettings {
  if (query.replace('?', '') !== '') return settings;
  return { ...settings, view: kept() ?? settings.view };
}

/** Remembers the view from now on. */
export function keepView(store: LabStore): void {
  store.subscribe(({ settings: { view } }, before) => {
    if (view === before.settings.view) return;
    try {
      localStorage.setItem(KEY, view);
    } catch {
      // A browser that keeps nothing opens each visit as the first.
    }
  });
}

function kept(): LabSettings['view'] | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'all' || value === 'start' ? value : null;
  } catch {
    return null;
  }
}
