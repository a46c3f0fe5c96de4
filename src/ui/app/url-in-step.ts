/** Writes the Lab's settings into the address bar: reloading gives the same view, Back the scene before. */

import type { LabSettings } from '../lab/state/settings.ts';
import type { LabStore } from '../lab/state/store.ts';
import { type ScenePlace, samePlace } from '../lab/state/subject.ts';
import { type Link, readLink, settingsToQuery } from '../lab/state/url.ts';
import { currentPage, writeQuery } from './route.ts';

/** Browsers refuse more than a few address changes a second; holding an arrow key down makes thirty. */
const SETTLE_MS = 300;

/** Settings that decide how a rollout is looked at, and nothing of it. */
const LOOKING = ['view', 'level', 'measure', 'scale', 'token', 'worksheet'] as const;

const lookingOf = (settings: LabSettings): Pick<LabSettings, (typeof LOOKING)[number]> => {
  const { view, level, measure, scale, token, worksheet } = settings;
  return { view, level, measure, scale, token, worksheet };
};

type Stepped = ScenePlace & Pick<LabSettings, 'view' | 'level'>;

/** Another scene, view or level is a step of the history; any other setting belongs to the step it is in. */
export const historyStep = (before: Stepped, now: Stepped): 'pushState' | 'replaceState' =>
  samePlace(before, now) && before.view === now.view && before.level === now.level
    ? 'replaceState'
    : 'pushState';

/** Gives what ends it. */
export function keepUrlInStep(
  store: LabStore,
  restore: (link: Link) => void,
  look: (settings: Partial<LabSettings>) => void,
): () => void {
  let written = store.getState().settings;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = false;
  const gone = () => {
    if (currentPage() !== 'lab') return;
    // What was not written yet belongs to the step that was left, and would be a new one here.
    clearTimeout(timer);
    waiting = false;
    const link = readLink(location.search);
    const { settings: wanted } = link;
    const { settings: now } = store.getState();
    const alike = (settings: LabSettings) => settingsToQuery(settings) === settingsToQuery(now);
    written = wanted;
    // Coming back from another page finds the Lab as it was left, and another view keeps its rollout.
    if (alike(wanted)) return;
    if (alike({ ...wanted, ...lookingOf(now) })) look(lookingOf(wanted));
    else restore(link);
  };
  addEventListener('popstate', gone);
  const write = (settings: LabSettings) => {
    waiting = false;
    const step = historyStep(written, settings);
    written = settings;
    writeQuery('lab', settingsToQuery(settings), step);
  };
  const stop = store.subscribe(({ settings }, before) => {
    if (settings === before.settings) return;
    clearTimeout(timer);
    // What was changed last before a step belongs to the step that is left.
    const steps = historyStep(before.settings, settings) === 'pushState';
    if (waiting && steps) write(before.settings);
    waiting = true;
    timer = setTimeout(() => write(settings), SETTLE_MS);
  });
  return () => {
    removeEventListener('popstate', gone);
    stop();
    clearTimeout(timer);
  };
}
