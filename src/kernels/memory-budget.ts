/** Cuts a divergence request into submissions that keep within a memory budget. */

import { refuse } from './check.ts';
import {
  type DivergenceInputs,
  type DivergencePlan,
  type PlanTarget,
  planDivergence,
  scratchBytesOf,
} from './divergence-plan.ts';

/** Bytes that one submission may take beside the logits and the gradient, when the request does not say. */
export const DEFAULT_MEMORY_BUDGET = 64e6;

/** One submission: the plan of the request's rows from `first` on, `request` being those rows' own. */
export interface Batch {
  readonly plan: DivergencePlan;
  readonly request: DivergenceInputs['request'];
}

/**
 * The request's rows in order, in as few submissions as were found to fit: halves of halves, since fewer
 * rows are cut into more parts and so take more memory each.
 *
 * @throws PlaygroundError `kernels.memory-budget` when a single row takes more.
 */
export function planWithinBudget(target: PlanTarget, inputs: DivergenceInputs): Batch[] {
  const { request } = inputs;
  const { rows, memoryBudget = DEFAULT_MEMORY_BUDGET } = request;
  const batchOf = (first: number, count: number): Batch => {
    const part = { ...request, rows: rows.slice(first, first + count) };
    return { plan: planDivergence(target, { ...inputs, request: part }), request: part };
  };
  for (let count = rows.length; ; count = Math.ceil(count / 2)) {
    const batch = batchOf(0, count);
    const bytes = scratchBytesOf(batch.plan);
    if (bytes <= memoryBudget) {
      const batches = [batch];
      for (let at = count; at < rows.length; at += count) batches.push(batchOf(at, count));
      if (batches.every(({ plan }) => scratchBytesOf(plan) <= memoryBudget)) return batches;
    }
    if (count === 1) {
      refuse(
        'memory-budget',
        'memoryBudget',
        `One row needs ${bytes} bytes of device memory, more than the budget of ${memoryBudget}.`,
        'Give a larger budget, or ask for shorter top lists.',
        { bytes, memoryBudget },
      );
    }
  }
}
