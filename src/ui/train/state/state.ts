/** What the Train page knows, as one plain object. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { OutsideCurves } from '../../../contract/train/outside-runs.ts';
import type {
  BrokenRun,
  OutsideList,
  RunCurves,
  StorageRoom,
  StoredRun,
} from '../../../contract/train/runs.ts';
import { settledAfter } from '../../../contract/train/stages.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import type { TrainEstimate } from '../../../contract/train/training.ts';
import type { ChartAxis, StepRange } from '../../charts/columns.ts';
import { type FormState, initialForm } from './form.ts';
import { curvesOverTokens } from './over-tokens.ts';
import { initialQuestions, type QuestionsState } from './questions.ts';
import { type RecordedRun, recordedShown } from './recorded-run.ts';
import { newRun, type RunView } from './run.ts';

/** Where an error is drawn. */
export type TrainErrorPlace = 'start' | 'run' | 'runs' | 'estimate' | 'sets';

export interface OutsideState extends OutsideList {
  /** Curves drawn over the others, by run id. */
  readonly drawn: Readonly<Record<string, OutsideCurves>>;
}

export interface TrainPageState {
  readonly form: FormState;
  /** The run on the page: one that trains, waits, or was opened from the list. */
  readonly run: RunView | null;
  /** Null until the list was read. */
  readonly stored: readonly StoredRun[] | null;
  /** Runs that cannot be read. */
  readonly broken: readonly BrokenRun[];
  readonly room: StorageRoom | null;
  /** Curves drawn beside the run's, by run id. */
  readonly beside: Readonly<Record<string, RunCurves>>;
  readonly outside: OutsideState;
  readonly estimate: {
    /** The form that it is of. */
    readonly form: FormState;
    /** Null while it is measured. */
    readonly value: TrainEstimate | null;
  } | null;
  /** The run that comes with the page; null until it is fetched. */
  readonly recorded: RecordedRun | null;
  /** What lies along the charts. */
  readonly axis: ChartAxis;
  /** What the charts show of it; null shows all. */
  readonly shownSteps: StepRange | null;
  readonly questions: QuestionsState;
  readonly awake: {
    readonly wanted: boolean;
    /** The browser would not keep the screen on. */
    readonly refused: boolean;
  };
  readonly notice: {
    readonly wanted: boolean;
    /** The browser lets this site show no notifications. */
    readonly denied: boolean;
  };
  /** Something is exported or imported. */
  readonly busy: string | null;
  readonly errors: Readonly<Partial<Record<TrainErrorPlace, ErrorRecord>>>;
}

export const initialState = (form: FormState = initialForm()): TrainPageState => ({
  form,
  run: null,
  stored: null,
  broken: [],
  room: null,
  beside: {},
  outside: { runs: [], broken: [], drawn: {} },
  estimate: null,
  recorded: null,
  axis: 'steps',
  shownSteps: null,
  questions: initialQuestions(),
  awake: { wanted: false, refused: false },
  notice: { wanted: false, denied: false },
  busy: null,
  errors: {},
});

export function withError(
  state: TrainPageState,
  place: TrainErrorPlace,
  error: ErrorRecord,
): TrainPageState {
  return { ...state, errors: { ...state.errors, [place]: error } };
}

export function withoutError(state: TrainPageState, place: TrainErrorPlace): TrainPageState {
  const { [place]: gone, ...errors } = state.errors;
  return gone === undefined ? state : { ...state, errors };
}

/** The settings of a run stand in the form too, so that the next run starts from them. */
export const withNewRun = (
  state: TrainPageState,
  runId: string,
  name: string,
  settings: TrainSettings = state.form.settings,
): TrainPageState =>
  withoutError({ ...withoutError(state, 'start'), run: newRun(runId, name, settings) }, 'run');

/** One run's curves as the charts draw them. */
export interface DrawnRun {
  readonly runId: string;
  readonly name: string;
  readonly settings: TrainSettings;
  readonly curves: RunCurves;
}

/** The curves to draw: the run's own first, then those beside it. */
export function drawnRuns({
  run,
  beside,
  stored,
}: {
  run: (Omit<DrawnRun, 'curves'> & RunCurves) | null;
  beside: TrainPageState['beside'];
  stored: TrainPageState['stored'];
}): readonly DrawnRun[] {
  const drawn = (own: Omit<DrawnRun, 'curves'>, curves: RunCurves): DrawnRun => ({
    runId: own.runId,
    name: own.name,
    settings: settledAfter(own.settings, curves.metrics),
    curves,
  });
  const others = (stored ?? []).flatMap((own) => {
    const curves = beside[own.runId];
    return curves === undefined || own.runId === run?.runId ? [] : [drawn(own, curves)];
  });
  return run === null ? others : [drawn(run, run), ...others];
}

export const drawnRecording = ({ name, settings, curves }: RecordedRun): DrawnRun => ({
  runId: 'recorded',
  name: `${name} (recorded)`,
  settings,
  curves,
});

/** The last step of the curves that are drawn, or the most tokens. */
export function lastStepOf(
  state: Pick<TrainPageState, 'run' | 'beside' | 'outside' | 'stored' | 'recorded'> &
    Partial<Pick<TrainPageState, 'axis'>>,
): number {
  const { run, beside, outside } = state;
  const recorded = recordedShown(state)?.curves;
  const curves = [
    ...(run === null ? [] : [run]),
    ...Object.values(beside),
    ...(recorded === undefined ? [] : [recorded]),
  ];
  return Math.max(
    0,
    ...curves
      .map((own) => (state.axis === 'tokens' ? curvesOverTokens(own) : own))
      .flatMap(({ metrics, evaluations }) => [
        metrics.at(-1)?.step ?? 0,
        evaluations.at(-1)?.step ?? 0,
      ]),
    ...(state.axis === 'tokens' ? [] : Object.values(outside.drawn)).flatMap(({ series }) =>
      series.map((own) => own.steps.at(-1) ?? 0),
    ),
  );
}

export const isWithin = (range: StepRange | null, { step }: { readonly step: number }): boolean =>
  range === null || (step >= range.from && step <= range.to);

/** The curves in a stretch of steps. */
export function curvesWithin(curves: RunCurves, range: StepRange | null): RunCurves {
  if (range === null) return curves;
  const within = (measured: { readonly step: number }) => isWithin(range, measured);
  return {
    ...curves,
    metrics: curves.metrics.filter(within),
    evaluations: curves.evaluations.filter(within),
  };
}
