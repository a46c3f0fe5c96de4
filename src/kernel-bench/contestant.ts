/** What every way of computing a divergence has in common here: given a problem, run it again and again. */

import type { GpuMatrix } from '../kernels/types.ts';
import type { GpuContext } from '../model/runtime/device.ts';
import type { Op } from './contract.ts';
import type { LogitPair } from './logits.ts';

/** Logits on the shared device, for all that can use it. */
export interface GpuLogits {
  readonly context: GpuContext;
  readonly student: GpuMatrix;
  readonly teacher: GpuMatrix;
}

export interface Problem {
  readonly op: Op;
  /** `[tokens, vocab]` each. */
  readonly logits: LogitPair;
  /** Throws PlaygroundError `gpu.unavailable` where there is no device. */
  gpu(): GpuLogits;
}

/** A way of computing one problem, with the logits where it wants them, compiled where it compiles. */
export interface Contestant {
  /** One run, until the rows' values are in the page and the gradient is written where the logits are. */
  run(): Promise<ArrayLike<number>>;
  /** The gradient as the last run wrote it, `[tokens · vocab]`. */
  gradient(): Promise<ArrayLike<number>>;
  /** Gives back all memory that the contestant holds. */
  close(): Promise<void>;
}

/** Throws whatever the contestant's library throws. */
export type OpenContestant = (problem: Problem) => Promise<Contestant>;
