/** Counter-based seeded randomness: 32-bit integer arithmetic only, so WGSL twins give the same bits. */

/** Avalanche hash of one unsigned 32-bit integer ("lowbias32", C. Wellons). */
export function hash32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

/** Hash of a list of unsigned 32-bit integers; the order counts. */
export function hashWords(...words: number[]): number {
  let h = 0x9e3779b9;
  for (const word of words) h = hash32((h ^ (word >>> 0)) >>> 0);
  return h;
}

/** Hash of a string's UTF-16 units, for split membership and string seeds. */
export function hashText(text: string): number {
  let h = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) h = hash32((h ^ text.charCodeAt(i)) >>> 0);
  return h;
}

/** Uniform in the open interval (0, 1) from 32 random bits, with 24 bits as in float32. */
export function uniform01(bits: number): number {
  return ((bits >>> 8) + 0.5) / 16777216;
}

/** A seeded stream of random numbers; the same words give the same stream. */
export class Random {
  #seed: number;
  #counter = 0;

  constructor(...words: number[]) {
    this.#seed = hashWords(...words);
  }

  /** Uniform in (0, 1). */
  next(): number {
    return uniform01(hashWords(this.#seed, this.#counter++));
  }

  /** Integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)];
  }

  /** A new array in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }
}
