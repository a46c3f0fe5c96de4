/**
 * Backward passes that this worker has compiled. A compiled pass holds no weights, so the trainers of one model share
 * it: an estimate and the run after it, a run that is gone on with, several runs of the same sizes.
 */

import type { numpy as np, OwnedFunction } from '@jax-js/jax';
import type { ONNXModel } from '@jax-js/onnx';

export type Arrays = Record<string, np.Array>;

export interface Compiled {
  /** The graphs that it was made from. */
  readonly models: readonly ONNXModel[];
  readonly gradients: OwnedFunction<(trained: Arrays, frozen: Arrays, data: Arrays) => Arrays>;
  /** Whether it has computed once; only then is it compiled. */
  ready: boolean;
}

/** Most that are kept; a run whose completions grow goes through a few sizes. */
const MOST = 8;

/** By everything that makes them, the least lately used first. */
const passes = new Map<string, Compiled>();

/** The pass of this key, made by `make` where there is none. */
export function compiledPass(key: string, make: () => Omit<Compiled, 'ready'>): Compiled {
  const pass = passes.get(key) ?? { ...make(), ready: false };
  passes.delete(key);
  passes.set(key, pass);
  for (const [oldest, { models, gradients }] of passes) {
    if (passes.size <= MOST) break;
    passes.delete(oldest);
    gradients.dispose();
    for (const model of models) model.dispose();
  }
  return pass;
}

export function isCompiled(key: string): boolean {
  return passes.get(key)?.ready === true;
}

/** Forgets a pass that failed before it was compiled, so that the next one is made from its start. */
export function dropUncompiled(key: string): void {
  if (!isCompiled(key)) passes.delete(key);
}
