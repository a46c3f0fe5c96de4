/** One run as the page follows it, and the pure functions that bring its events in. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { EngineEvent } from '../../../contract/engine.ts';
import type { OpenedRun, RunCurves, RunsEvent, StoredRun } from '../../../contract/train/runs.ts';
import { settledAfter } from '../../../contract/train/stages.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import type {
  StepMetrics,
  StepRollouts,
  TrainEvent,
  TrainState,
} from '../../../contract/train/training.ts';

/** `kept` runs wait in the browser's storage, `elsewhere` ones in another tab; `interrupted` ones lost their worker. */
export type RunState = TrainState | 'starting' | 'stopping' | 'kept' | 'interrupted' | 'elsewhere';

export interface RunView extends RunCurves {
  readonly runId: string;
  readonly name: string;
  readonly settings: TrainSettings;
  readonly state: RunState;
  /** Steps done. */
  readonly step: number;
  /** Step of the last checkpoint that is written down; null before the first. */
  readonly savedStep: number | null;
  /** What befell it outside of any call; a call's own error stands with the page. */
  readonly error: ErrorRecord | null;
  /** What of it is lost in storage, what is left and what to do. */
  readonly fault: ErrorRecord | null;
  /** Why the last checkpoint could not be written. */
  readonly notSaved: ErrorRecord | null;
  readonly compiling: string | null;
  /** What was compiled, and how long it took, ms. */
  readonly compiled: readonly { readonly what: string; readonly ms: number }[];
  /** What the engine does before the run can go on; null while it does not. */
  readonly waitsFor: string | null;
  /** Steps done when the present backend took over: times before say nothing of those to come. */
  readonly backendSince: number;
  readonly evaluating: { readonly done: number; readonly total: number } | null;
  /** Those of the last step, or of the last that was written down. */
  readonly rollouts: StepRollouts | null;
}

const FRESH = {
  error: null,
  fault: null,
  notSaved: null,
  compiling: null,
  compiled: [],
  waitsFor: null,
  backendSince: 0,
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
  { runId, name, settings: planned, step, elsewhere }: StoredRun,
  { curves, rollouts, goesOnFrom, fault }: OpenedRun,
): RunView => {
  const settings = settledAfter(planned, curves.metrics);
  const over = isOver({ step, settings, fault, goesOnFrom });
  return {
    ...FRESH,
    ...{ runId, name, settings, step, fault, rollouts },
    savedStep: goesOnFrom,
    state: elsewhere ? 'elsewhere' : over ? 'done' : 'kept',
    metrics: curves.metrics,
    evaluations: curves.evaluations,
    followed: curves.followed,
  };
};

/** All its steps are done; one whose last state is lost can do the last ones again. */
const isOver = ({
  step,
  settings,
  fault,
  goesOnFrom,
}: Pick<RunView, 'step' | 'settings'> & Omit<OpenedRun, 'curves' | 'rollouts'>) =>
  step >= settings.steps && (fault === null || goesOnFrom === null);

/** A run that waits in storage, as the list has it: another tab may have taken it, or let it go. */
export function whereItWaits(run: RunView, list: readonly StoredRun[]): RunView {
  const stored = list.find(({ runId }) => runId === run.runId);
  if (stored === undefined || (run.state !== 'kept' && run.state !== 'elsewhere')) return run;
  return stored.elsewhere === (run.state === 'elsewhere')
    ? run
    : { ...run, state: stored.elsewhere ? 'elsewhere' : 'kept' };
}

export const isRunning = ({ state }: Pick<RunView, 'state'>): boolean =>
  state === 'running' || state === 'starting' || state === 'stopping';

/** What is gone on with from what was written down, since its last step is in no worker any more, or another's. */
const FROM_STORAGE: readonly RunState[] = ['kept', 'stopped', 'interrupted', 'elsewhere'];

/** Whether a click can go on with it; what was not written down before its worker was gone is gone too. */
export const canGoOn = (run: RunView): boolean => {
  const { state, step, savedStep, settings, fault } = run;
  if (step >= settings.steps && fault === null) return false;
  if (state === 'stopped' || state === 'interrupted') return savedStep !== null && savedStep > 0;
  if (state === 'kept' && savedStep === null) return false;
  return ['paused', 'kept', 'failed', 'elsewhere'].includes(state);
};

/** A run whose worker has ended; where its last steps could not be written down, they are said to be gone. */
export function withoutWorker(run: RunView): RunView {
  if (!isRunning(run) && run.state !== 'paused') return run;
  const lost = run.notSaved !== null && run.step > (run.savedStep ?? 0);
  return {
    ...run,
    state: 'interrupted',
    notSaved: null,
    error: lost ? lostSteps(run) : run.error,
  };
}

function lostSteps({ runId, savedStep, step }: RunView): ErrorRecord {
  const saved = savedStep ?? 0;
  return {
    code: 'run.lost',
    message: `The worker has ended, and with it what was learnt from step ${saved + 1} to step ${step}, which the browser did not write down.`,
    fix: `${saved > 0 ? `Go on from step ${saved}` : 'Start the run again'}, with room for this site’s data.`,
    where: runId,
    detail: { savedStep: saved, step },
  };
}

/** The step that a run goes on from. */
export const goesOnFrom = ({ state, step, savedStep }: RunView): number =>
  FROM_STORAGE.includes(state) ? (savedStep ?? step) : step;

/** Replaces what stands at the same step and drops what came after: a run that goes on writes it anew. */
function upTo<T extends { readonly step: number }>(list: readonly T[], next: T): readonly T[] {
  let end = list.length;
  while (end > 0 && list[end - 1].step >= next.step) end--;
  return [...list.slice(0, end), next];
}

export function withRunEvent(run: RunView, event: TrainEvent | RunsEvent): RunView {
  if (event.runId !== run.runId) return run;
  // The step under way when another tab took the run is that tab's to make.
  if (run.state === 'elsewhere' && event.type.startsWith('train.')) return run;
  switch (event.type) {
    case 'train.state':
      return {
        ...run,
        // It is stopped for the page once the engine has written it down, which its answer says.
        state: event.state === 'stopped' && isRunning(run) ? 'stopping' : event.state,
        fault: null,
        step: event.step,
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
        ...after(run, event.metrics),
        evaluating: null,
      };
    case 'train.rollouts':
      return {
        ...run,
        rollouts: { step: event.step, made: event.rollouts.length, rollouts: event.rollouts },
      };
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
    case 'run.created':
      return { ...run, name: event.name };
    case 'run.taken':
      return {
        ...run,
        state: 'elsewhere',
        step: event.step,
        savedStep: event.step,
        compiling: null,
        evaluating: null,
      };
    case 'train.checkpoint':
      return run;
  }
}

/** What a step adds, and where its tokens have ended a stage. */
function after(run: RunView, step: StepMetrics): Pick<RunView, 'metrics' | 'settings'> {
  const metrics = upTo(run.metrics, step);
  return { metrics, settings: settledAfter(run.settings, metrics) };
}

const BACKENDS = { auto: 'the fastest backend', wasm: 'WebAssembly', webgpu: 'WebGPU' } as const;

/** What the engine does with the device that a run trains on. */
export function withEngineEvent(run: RunView, event: EngineEvent): RunView {
  switch (event.type) {
    case 'backend.changing':
      return { ...run, waitsFor: `moving to ${BACKENDS[event.choice]}` };
    case 'device.lost':
      return { ...run, waitsFor: 'the GPU is lost, recovering' };
    case 'backend.changed':
    case 'device.recovered':
      return { ...run, waitsFor: null, backendSince: run.step };
    case 'device.failed':
      return { ...run, waitsFor: null };
    default:
      return run;
  }
}
