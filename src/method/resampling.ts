/** What the bootstrap draws from, and how an interval is read off what it drew. */

import { type Counts, meanRatio } from './evaluation.ts';

/** A list of contributions as columns, which a thousand samples of thousands of pictures are drawn from. */
export class RatioColumns {
  readonly #num: Float64Array;
  readonly #den: Float64Array;
  readonly #stratum: Uint8Array;
  readonly #sums: { readonly num: Float64Array; readonly den: Float64Array };
  readonly #epsilon: number;

  constructor(list: readonly Counts[], epsilon: number) {
    const strata = [...new Set(list.map(({ stratum = 0 }) => stratum))];
    this.#num = Float64Array.from(list, ({ num }) => num);
    this.#den = Float64Array.from(list, ({ den }) => den);
    this.#stratum = Uint8Array.from(list, ({ stratum = 0 }) => strata.indexOf(stratum));
    this.#sums = { num: new Float64Array(strata.length), den: new Float64Array(strata.length) };
    this.#epsilon = epsilon;
  }

  clear(): void {
    this.#sums.num.fill(0);
    this.#sums.den.fill(0);
  }

  add(at: number): void {
    const stratum = this.#stratum[at];
    this.#sums.num[stratum] += this.#num[at];
    this.#sums.den[stratum] += this.#den[at];
  }

  /** {@link ratio} of what was added. */
  ratio(): number | null {
    return meanRatio(this.#sums.num, this.#sums.den, this.#epsilon);
  }
}

/** Linear interpolation between order statistics of sorted values. */
export function quantile(sorted: readonly number[], at: number): number {
  const place = at * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
