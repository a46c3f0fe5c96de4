/** What chapters speak of: recorded rollouts of the built-in model and results of experiments, by name. */

import type { ExperimentReport } from '../../../contract/experiment/experiment-report.ts';
import type { Trace, TraceLeakage } from '../../../contract/trace/trace.ts';
import type { Pair } from './pairs.ts';

/** Everything that a chapter can ask for. */
export interface AllFacts {
  /** A pink sun under ViGOS, with what its teachers look at. */
  readonly sun: Trace;
  /** The same rollout under OPSD. */
  readonly sunOpsd: Trace;
  /** The same under ViGOS, its teachers shown another picture. */
  readonly sunSwapped: Trace;
  /** A rollout that was cut off before its box. */
  readonly cut: Trace;
  /** Of a rollout of the leaky model: PALR of both methods. */
  readonly leak: Trace & { readonly leakage: TraceLeakage };
  /** Whole distributions of the pink sun’s rollout, student and teacher. */
  readonly pairs: readonly Pair[];
  /** The experiment that comes with the page. */
  readonly report: ExperimentReport;
}

export type FactName = keyof AllFacts;

/** The facts as soon as all that are needed are here; till then null. */
export const allFacts = (known: Partial<AllFacts>, needs: readonly FactName[]): AllFacts | null =>
  needs.every((name) => known[name] !== undefined) ? (known as AllFacts) : null;

/** Where the figures of a fact come from. */
export type Origin =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'here'; readonly ms: number }
  /** Results of runs that were made before, and are no rollout that could be made again in a moment. */
  | { readonly kind: 'results' };
