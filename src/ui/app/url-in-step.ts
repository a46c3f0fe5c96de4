/** Writes the Lab's settings into the address bar: reloading gives the same view, Back the scene before. */

import type { LabStore } from '../lab/state/store.ts';
import { type ScenePlace, samePlace } from '../lab/state/subject.ts';
import { type Link, readLink, settingsToQuery } from '../lab/state/url.ts';
import { currentPage, writeQuery } from './route.ts';

/** Browsers refuse more than a few address changes a second; holding an arrow key down makes thirty. */
const SETTLE_MS = 300;

/** Another scene is a step of the history; any other setting belongs to the step it is in. */
export const historyStep = (before: ScenePlace, now: ScenePlace): 'pushState' | 'replaceState' =>
  samePlace(before, now) ? 'replaceState' : 'pushState';

/** Gives what ends it. */
export function keepUrlInStep(store: LabStore, restore: (link: Link) => void): () => void {
  let written = store.getState().settings;
  const gone = () => {
    if (currentPage() !== 'lab') return;
    const link = readLink(location.search);
    const { settings: wanted } = link;
    // Coming back from another page finds the Lab as it was left.
    const same = settingsToQuery(wanted) === settingsToQuery(store.getState().settings);
    written = wanted;
    if (!same) restore(link);
  };
  addEventListener('popstate', gone);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = store.subscribe(({ settings }, before) => {
    if (settings === before.settings) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const step = historyStep(written, settings);
      written = settings;
      writeQuery('lab', settingsToQuery(settings), step);
    }, SETTLE_MS);
  });
  return () => {
    removeEventListener('popstate', gone);
    stop();
    clearTimeout(timer);
  };
}
