/** The Lab's settings as they were, one step for each change of a person's, so that a change can be taken back and made again. */

import { createStore } from 'zustand/vanilla';
import type { LabSettings } from './settings.ts';
import type { LabStore } from './store.ts';
import { samePlace } from './subject.ts';

/** Changes that follow each other so closely are one: choosing a scene brings its question and answer. */
const ONE_MS = 400;
/** Steps that are kept. */
const MOST = 100;

/** What a step brings back. Where one looks is no change, and files and students live in no setting. */
const KEYS = [
  'split',
  'index',
  'usualShare',
  'difficulty',
  'seeing',
  'fact',
  'question',
  'answer',
  'seed',
  'temperature',
  'topP',
  'topK',
  'maxTokens',
  'method',
  'other',
  'count',
  'teacherImage',
  'imageOf',
  'compare',
  'wrongCount',
  'wrongAnswers',
  'mismatched',
  'epsilon',
  'formatShare',
  'klCoefficient',
  'ratioClip',
  'averaging',
  'measure',
  'scale',
  'level',
] as const satisfies (keyof LabSettings)[];
type Undone = Pick<LabSettings, (typeof KEYS)[number]>;

/** Behind these no step leads: the picture, rollout or student of before is not in the settings. */
const ENDS = ['ownPicture', 'from', 'student', 'model', 'typed'] as const;

export interface UndoState {
  readonly past: readonly Undone[];
  readonly future: readonly Undone[];
}

export interface UndoOptions {
  store: LabStore;
  /** Makes these settings the page's; what cannot be is said where it always is, and stays. */
  apply: (settings: Partial<LabSettings>, otherScene: boolean) => Promise<void>;
  now?: () => number;
}

export function undoing({ store, apply, now = Date.now }: UndoOptions) {
  const steps = createStore<UndoState>(() => ({ past: [], future: [] }));
  let last = Number.NEGATIVE_INFINITY;
  let applying = false;

  store.subscribe(({ settings }, { settings: before }) => {
    if (settings === before) return;
    if (ENDS.some((key) => settings[key] !== before[key])) {
      last = Number.NEGATIVE_INFINITY;
      return steps.setState({ past: [], future: [] });
    }
    if (applying || alike(settings, before)) return;
    const at = now();
    if (at - last > ONE_MS)
      steps.setState(({ past }) => ({ past: [...past, taken(before)].slice(-MOST), future: [] }));
    last = at;
  });

  async function go(from: 'past' | 'future') {
    const to = from === 'past' ? 'future' : 'past';
    const target = steps.getState()[from].at(-1);
    if (target === undefined || applying) return;
    const here = taken(store.getState().settings);
    applying = true;
    try {
      await apply(differing(here, target), !samePlace(here, target));
    } finally {
      applying = false;
      last = Number.NEGATIVE_INFINITY;
    }
    // A change that was refused is not taken back either.
    if (!alike(store.getState().settings, here))
      steps.setState((state) => ({
        ...state,
        [from]: state[from].slice(0, -1),
        [to]: [...state[to], here],
      }));
  }

  return { steps, undo: () => go('past'), redo: () => go('future') };
}

const taken = (settings: LabSettings): Undone =>
  Object.fromEntries(KEYS.map((key) => [key, settings[key]])) as Undone;

const alike = (a: Undone, b: Undone): boolean => KEYS.every((key) => a[key] === b[key]);

const differing = (here: Undone, target: Undone): Partial<LabSettings> =>
  Object.fromEntries(
    KEYS.filter((key) => here[key] !== target[key]).map((key) => [key, target[key]]),
  );
