/** Writes the Lab's settings into the address bar, so that reloading or copying it gives the same view. */

import type { LabStore } from '../lab/state/store.ts';
import { settingsToQuery } from '../lab/state/url.ts';

/** Browsers refuse more than a few address changes a second; holding an arrow key down makes thirty. */
const SETTLE_MS = 300;

export function keepUrlInStep(store: LabStore): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(({ settings }, before) => {
    if (settings === before.settings) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const query = settingsToQuery(settings);
      history.replaceState(null, '', query === '' ? location.pathname : `?${query}`);
    }, SETTLE_MS);
  });
}
