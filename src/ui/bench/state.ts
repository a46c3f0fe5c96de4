/** What the bench page knows, and how each event of a run changes it. */

import type { ErrorRecord } from '../../base/errors.ts';
import type {
  BenchEvent,
  BenchFailure,
  BenchMachine,
  BenchReport,
  BenchRequest,
  BenchResult,
  Doing,
  QueuedRate,
} from '../../kernel-bench/contract.ts';
import { ALL_CONTENDERS, ALL_OPS, ALL_SHAPES, CONTENDER_NAMES } from './names.ts';

/** A run and all it has said so far. */
export interface Run {
  readonly phase: 'running' | 'done' | 'stopped' | 'failed';
  readonly request: BenchRequest;
  readonly share: number;
  readonly doing: Doing | null;
  readonly results: readonly BenchResult[];
  readonly failures: readonly BenchFailure[];
  readonly queued: readonly QueuedRate[];
  readonly copyGBps: number | null;
}

export interface BenchState {
  /** Null until the machine has described itself. */
  readonly machine: BenchMachine | null;
  readonly choice: BenchRequest;
  readonly run: Run | null;
  readonly error: ErrorRecord | null;
}

export const initialState: BenchState = {
  machine: null,
  choice: { ops: ALL_OPS, contenders: ALL_CONTENDERS, shapes: ALL_SHAPES.slice(0, 2), repeats: 5 },
  run: null,
  error: null,
};

/**
 * On a real GPU the shape that matters most is worth its time; chosen by hand, it stays as it is. Without any,
 * what needs one is not measured.
 */
export function afterDescription(state: BenchState, machine: BenchMachine): Partial<BenchState> {
  const { choice } = state;
  if (machine.software === null) {
    const contenders = choice.contenders.filter((name) => !CONTENDER_NAMES[name].needsGpu);
    return { machine, choice: { ...choice, contenders } };
  }
  if (machine.software !== false || choice !== initialState.choice) return { machine };
  return { machine, choice: { ...choice, shapes: ALL_SHAPES.slice(0, 3) } };
}

export const newRun = (request: BenchRequest): Run => ({
  phase: 'running',
  request,
  share: 0,
  doing: null,
  results: [],
  failures: [],
  queued: [],
  copyGBps: null,
});

/** The run after an event; the machine's own description is not part of it. */
export function afterEvent(run: Run, event: BenchEvent): Run {
  switch (event.type) {
    case 'machine':
      return run;
    case 'step':
      return { ...run, share: event.done / event.total, doing: event.doing };
    case 'device':
      return { ...run, copyGBps: event.copyGBps, queued: event.queued };
    case 'results':
      return { ...run, results: [...run.results, ...event.results] };
    case 'failure':
      return { ...run, failures: [...run.failures, event.failure] };
  }
}

/**
 * The run at its end. Events come by a way of their own, so the last of them may be later than the report, which
 * holds them all.
 */
export function afterReport(run: Run, report: BenchReport): Run {
  const { results, failures, queued, copyGBps } = report;
  return { ...run, phase: 'done', share: 1, doing: null, results, failures, queued, copyGBps };
}

/** What is exported: of a run that was stopped, all that was finished. */
export function reportOf(machine: BenchMachine, run: Run): BenchReport {
  const { copyGBps, request, results, failures, queued } = run;
  return { ...machine, copyGBps, request, results, failures, queued };
}
