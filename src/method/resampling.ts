/** What the bootstrap draws from, and how an interval is read off what it drew. */

import { type Counts, meanRatio } from './evaluation.ts';

/**
 * Lists of contributions of the same pictures, which a thousand samples of thousands are drawn from. Pictures that add the
 * same are of one kind, and a sample is how often each kind was drawn: of shares there are few.
 */
export class PictureKinds {
  /** [pictures] */
  readonly #kind: Uint32Array;
  /** [kinds] */
  readonly #drawn: Uint32Array;
  readonly #sides: readonly KindSums[];
  readonly #epsilon: number;

  /** @param lists one for each side of a statistic, `[pictures]` each */
  constructor(lists: readonly (readonly Counts[])[], epsilon: number) {
    const kinds = new Map<string, number>();
    const firsts: number[] = [];
    this.#kind = Uint32Array.from(lists[0], (_, at) => {
      const key = lists.map((list) => wordsOf(list[at])).join();
      const known = kinds.get(key);
      if (known !== undefined) return known;
      kinds.set(key, firsts.length);
      return firsts.push(at) - 1;
    });
    this.#drawn = new Uint32Array(firsts.length);
    this.#sides = lists.map((list) => new KindSums(firsts.map((at) => list[at])));
    this.#epsilon = epsilon;
  }

  /** {@link ratio} of each list over the pictures at these places. */
  ratiosOf(places: Uint32Array): (number | null)[] {
    const drawn = this.#drawn.fill(0);
    const kind = this.#kind;
    for (let j = 0; j < places.length; j++) drawn[kind[places[j]]]++;
    return this.#sides.map((side) => side.ratio(drawn, this.#epsilon));
  }
}

const wordsOf = ({ num, den, stratum = 0 }: Counts): string => `${num} ${den} ${stratum}`;

/** What pictures of each kind add, as columns. */
class KindSums {
  readonly #num: Float64Array;
  readonly #den: Float64Array;
  readonly #stratum: Uint8Array;
  readonly #sums: { readonly num: Float64Array; readonly den: Float64Array };

  constructor(kinds: readonly Counts[]) {
    const strata = [...new Set(kinds.map(({ stratum = 0 }) => stratum))];
    this.#num = Float64Array.from(kinds, ({ num }) => num);
    this.#den = Float64Array.from(kinds, ({ den }) => den);
    this.#stratum = Uint8Array.from(kinds, ({ stratum = 0 }) => strata.indexOf(stratum));
    this.#sums = { num: new Float64Array(strata.length), den: new Float64Array(strata.length) };
  }

  /** @param drawn how often each kind was, `[kinds]` */
  ratio(drawn: Uint32Array, epsilon: number): number | null {
    const { num, den } = this.#sums;
    num.fill(0);
    den.fill(0);
    for (let k = 0; k < drawn.length; k++) {
      const stratum = this.#stratum[k];
      num[stratum] += drawn[k] * this.#num[k];
      den[stratum] += drawn[k] * this.#den[k];
    }
    return meanRatio(num, den, epsilon);
  }
}

/** Linear interpolation between order statistics of sorted values. */
export function quantile(sorted: readonly number[], at: number): number {
  const place = at * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
