/** Log-softmax, its entropy, and logsumexp, in float64; −inf logits are masked entries. */
import { PlaygroundError } from '../base/errors.ts';

/** log Σ exp(x); −inf for nothing but −inf, NaN when a NaN or +inf comes in. */
export function logSumExp(values: ArrayLike<number>): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) max = Math.max(max, values[i]);
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - max);
  return max + Math.log(sum);
}

/**
 * log-softmax(z/τ) of one row.
 * @param logits `[vocab]`; −inf masks an entry. A row that is all −inf has no distribution: all NaN.
 * @returns `[vocab]`, nats.
 * @throws PlaygroundError `method.empty-vocabulary`, `method.temperature`.
 */
export function logSoftmax(logits: ArrayLike<number>, temperature = 1): Float64Array {
  if (logits.length === 0) {
    throw new PlaygroundError({
      code: 'method.empty-vocabulary',
      message: 'A row of logits is empty.',
      fix: 'Give one logit for each entry of the vocabulary.',
      where: 'logits',
    });
  }
  assertTemperature(temperature);
  const scaled = Float64Array.from(logits, (z) => z / temperature);
  const max = scaled.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  // Shifted before the normaliser is taken off, so that large logits cost no digits.
  const shifted = scaled.map((z) => z - max);
  const normaliser = logSumExp(shifted);
  return shifted.map((z) => z - normaliser);
}

/** @throws PlaygroundError `method.temperature` unless τ is a finite number above 0. */
export function assertTemperature(temperature: number): void {
  if (temperature > 0 && Number.isFinite(temperature)) return;
  throw new PlaygroundError({
    code: 'method.temperature',
    message: `The distillation temperature is ${temperature}.`,
    fix: 'Give a number above 0, such as 1.',
    where: 'temperature',
  });
}

/** −Σ p log p in nats, 0·log 0 = 0. */
export function entropy(logProbs: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < logProbs.length; i++) {
    if (logProbs[i] !== Number.NEGATIVE_INFINITY) sum -= Math.exp(logProbs[i]) * logProbs[i];
  }
  return sum;
}
