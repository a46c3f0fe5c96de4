/** How far results lie from float64 ones. */

export interface Errors {
  /** Largest absolute error; NaN if any value is no number, so that a broken contender cannot look exact. */
  readonly absolute: number;
  /** The worst error over the tolerance at its place: 1e-6, or 1e-5 of the expected value if that is more. */
  readonly tolerances: number;
}

export function errorsOf(actual: ArrayLike<number>, expected: ArrayLike<number>): Errors {
  if (actual.length !== expected.length) {
    return { absolute: Number.NaN, tolerances: Number.POSITIVE_INFINITY };
  }
  let absolute = 0;
  let tolerances = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    if (Number.isNaN(error)) return { absolute: Number.NaN, tolerances: Number.POSITIVE_INFINITY };
    absolute = Math.max(absolute, error);
    tolerances = Math.max(tolerances, error / Math.max(1e-6, 1e-5 * Math.abs(expected[i])));
  }
  return { absolute, tolerances };
}
