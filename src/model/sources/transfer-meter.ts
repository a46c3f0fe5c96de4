/** How far a transfer of several files is: one total, a rate over the last seconds, the time that is left. */

import type { TransferProgress } from '../../contract/models/model-sources.ts';

/** Over which the rate is taken, ms: long enough to be calm, short enough to notice a change. */
const WINDOW_MS = 5000;
/** A report a tenth of a second. */
const EVERY_MS = 100;
/** A rate over less than this says nothing, ms. */
const LEAST_MS = 500;

export class TransferMeter {
  readonly #report: (progress: TransferProgress) => void;
  readonly #now: () => number;
  readonly #total: number;
  #loaded: number;
  #told = Number.NEGATIVE_INFINITY;
  #waiting: string | null = null;
  /** Bytes that were here at a time, oldest first. */
  #seen: { readonly at: number; readonly loaded: number }[] = [];

  /** `loaded` bytes of `total` are here from earlier. */
  constructor(
    report: (progress: TransferProgress) => void,
    { loaded, total }: { readonly loaded: number; readonly total: number },
    now: () => number = () => performance.now(),
  ) {
    this.#report = report;
    this.#now = now;
    this.#total = total;
    this.#loaded = loaded;
    this.#seen.push({ at: now(), loaded });
    this.#tell();
  }

  /** Bytes that came; negative for those that were thrown away. */
  add(bytes: number): void {
    this.#loaded += bytes;
    // What was thrown away came at no rate.
    if (bytes < 0) this.#seen = [{ at: this.#now(), loaded: this.#loaded }];
    this.#waiting = null;
    if (this.#now() - this.#told >= EVERY_MS || this.#loaded >= this.#total) this.#tell();
  }

  /** What the transfer waits for, a sentence. */
  wait(reason: string): void {
    this.#waiting = reason;
    this.#seen = [];
    this.#tell();
  }

  #tell(): void {
    const now = this.#now();
    this.#told = now;
    this.#seen.push({ at: now, loaded: this.#loaded });
    while (this.#seen.length > 2 && this.#seen[1].at < now - WINDOW_MS) this.#seen.shift();
    const [first] = this.#seen;
    const ms = now - first.at;
    const rate = ms < LEAST_MS ? null : ((this.#loaded - first.loaded) / ms) * 1000;
    const rest = Math.max(0, this.#total - this.#loaded);
    const left = rate === null || rate <= 0 ? null : rest / rate;
    const total = Math.max(this.#total, this.#loaded);
    this.#report({ loaded: this.#loaded, total, rate, left, waiting: this.#waiting });
  }
}
