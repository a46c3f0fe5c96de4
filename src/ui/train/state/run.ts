/** One run as the page follows it, and the pure functions that bring its events in. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { RunCurves, RunsEvent, StoredRun } from '../../../engine/runsContract.ts';
import type { TrainEvent, TrainRollout, TrainState } from '../../../engine/trainContract.ts';
import type { TrainSettings } from '../../../method/train-settings.ts';

/** `kept` runs wait in the browser's storage; `interrupted` ones lost their worker. */
export type RunState = TrainState | 'starting' | 'kept' | 'interrupted';

export interface RunView extends RunCurves {
  readonly runId: string;
  readonly name: string;
  readonly settings: TrainSettings;
  readonly state: RunState;
  /** Steps done. */
  readonly step: number;
  /** Step of the last checkpoint that is written down; null before the first. */
  readonly savedStep: number | null;
  readonly error: ErrorRecord | null;
  /** Why the last checkpoint could not be written. */
  readonly notSaved: ErrorRecord | null;
  readonly compiling: string | null;
  /** What was compiled, and how long it took, ms. */
  readonly compiled: readonly { readonly what: string; readonly ms: number }[];
  readonly evaluating: { readonly done: number; readonly total: number } | null;
  readonly rollouts: { readonly step: number; readonly rollouts: readonly TrainRollout[] } | null;
}

const FRESH = {
  error: null,
  notSaved: null,
  compiling: null,
  compiled: [],
  evaluating: null,
  rollouts: null,
} as const;

export const newRun = (runId: string, name: string, settings: TrainSettings): RunView => ({
  ...FRESH,
  runId,
  name,
  settings,
  state: 'starting',
  step: 0,
  savedStep: null,
  metrics: [],
  evaluations: [],
  followed: null,
});

export const keptRun = (
  { runId, name, settings, step }: StoredRun,
  curves: RunCurves,
): RunView => ({
  ...FRESH,
  runId,
  name,
  settings,
  step,
  savedStep: step,
  state: step >= settings.steps ? 'done' : 'kept',
  metrics: curves.metrics,
  evaluations: curves.evaluations,
  followed: curves.followed,
});

export const isRunning = ({ state }: Pick<RunView, 'state'>): boolean =>
  state === 'running' || state === 'starting';

/** Whether a click can go on with it. */
export const canGoOn = ({ state, step, settings }: RunView): boolean =>
  step < settings.steps && ['paused', 'kept', 'interrupted', 'failed'].includes(state);

/** Replaces what stands at the same step and drops what came after: a run that goes on writes it anew. */
function upTo<T extends { readonly step: number }>(list: readonly T[], next: T): readonly T[] {
  let end = list.length;
  while (end > 0 && list[end - 1].step >= next.step) end--;
  return [...list.slice(0, end), next];
}

export function withRunEvent(run: RunView, event: TrainEvent | RunsEvent): RunView {
  if (event.runId !== run.runId) return run;
  switch (event.type) {
    case 'train.state':
      return {
        ...run,
        state: event.state,
        step: event.step,
        error: event.error,
        ...(event.state === 'running' ? {} : { compiling: null, evaluating: null }),
      };
    case 'train.compiling':
      return event.ms === null
        ? { ...run, compiling: event.what }
        : {
            ...run,
            compiling: null,
            compiled: [...run.compiled, { what: event.what, ms: event.ms }],
          };
    case 'train.step':
      return {
        ...run,
        step: event.metrics.step,
        metrics: upTo(run.metrics, event.metrics),
        evaluating: null,
      };
    case 'train.rollouts':
      return { ...run, rollouts: { step: event.step, rollouts: event.rollouts } };
    case 'train.evaluating':
      return { ...run, evaluating: { done: event.done, total: event.total } };
    case 'train.evaluated':
      if (event.split !== 'validation') return { ...run, evaluating: null };
      return {
        ...run,
        evaluating: null,
        evaluations: upTo(run.evaluations, event.evaluation),
      };
    case 'train.followed':
      return {
        ...run,
        followed: {
          rollout: event.rollout,
          steps: upTo(run.followed?.steps ?? [], event.measured),
        },
      };
    case 'run.saved':
      return { ...run, savedStep: event.step, notSaved: null };
    case 'run.not-saved':
      return { ...run, notSaved: event.error };
    case 'train.checkpoint':
      return run;
  }
}
