/** AdamW on plain arrays, with the schedule and the clip that stand before it; bit for bit repeatable. */

import type { FloatTensor, OptimizerState, TensorMap } from '../contract/train/train-records.ts';
import type { OptimizerSettings } from '../contract/train/train-settings.ts';

/**
 * Learning rate of a step (from 1), as transformers' schedules give it: a linear warm-up whose first step is
 * at 0, then constant, or falling to 0 after the last step.
 */
export function learningRateAt(
  { learningRate, schedule, warmupSteps }: OptimizerSettings,
  step: number,
  steps: number,
): number {
  const before = step - 1;
  if (before < warmupSteps) return (learningRate * before) / warmupSteps;
  if (schedule === 'constant') return learningRate;
  const done = Math.min(1, (before - warmupSteps) / Math.max(1, steps - warmupSteps));
  if (schedule === 'linear') return learningRate * (1 - done);
  return (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
}

/**
 * √ of the sum of all squares, in float64. It is summed by name: a run that goes on from a file has its tensors in
 * another order, and the last bit of the norm decides how far a gradient is shortened.
 */
export function globalNorm(gradients: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const [, values] of [...gradients].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}

/** Zero moments for these tensors. */
export function freshOptimizer(tensors: TensorMap): OptimizerState {
  const zeros = () =>
    new Map<string, FloatTensor>(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
  return { updates: 0, first: zeros(), second: zeros() };
}

/**
 * One update (Loshchilov and Hutter, as in PyTorch): the gradient is shortened to `maxGradNorm` first,
 * weights decay apart from it. Returns new tensors; the old ones stay as they are.
 */
export function adamW(
  tensors: TensorMap,
  state: OptimizerState,
  gradients: ReadonlyMap<string, Float32Array>,
  settings: OptimizerSettings,
  learningRate: number,
): { readonly tensors: TensorMap; readonly state: OptimizerState; readonly gradNorm: number } {
  const { beta1, beta2, epsilon, weightDecay, maxGradNorm } = settings;
  const gradNorm = globalNorm(gradients);
  // PyTorch's clip_grad_norm_ has the same small number in its denominator.
  const shorten = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (gradNorm + 1e-6)) : 1;
  const updates = state.updates + 1;
  const bias1 = 1 - beta1 ** updates;
  const bias2 = Math.sqrt(1 - beta2 ** updates);
  const next = new Map<string, FloatTensor>();
  const first = new Map<string, FloatTensor>();
  const second = new Map<string, FloatTensor>();
  for (const [name, { shape, data }] of tensors) {
    const gradient = gradients.get(name);
    const m = state.first.get(name);
    const v = state.second.get(name);
    if (gradient === undefined || m === undefined || v === undefined)
      throw new Error(`no gradient or moments for ${name}`);
    const size = data.length;
    const newData = new Float32Array(size);
    const newM = new Float32Array(size);
    const newV = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      const g = gradient[i] * shorten;
      newM[i] = beta1 * m.data[i] + (1 - beta1) * g;
      newV[i] = beta2 * v.data[i] + (1 - beta2) * g * g;
      const decayed = data[i] * (1 - learningRate * weightDecay);
      newData[i] =
        decayed - ((learningRate / bias1) * newM[i]) / (Math.sqrt(newV[i]) / bias2 + epsilon);
    }
    next.set(name, { shape, data: newData });
    first.set(name, { shape, data: newM });
    second.set(name, { shape, data: newV });
  }
  return { tensors: next, state: { updates, first, second }, gradNorm };
}
