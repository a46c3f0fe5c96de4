// The divergence of a pair of rows in WebAssembly SIMD, for `divergence-simd.ts`, which lays out the memory.

export { entryGradient, normalise, reverseGradient, terms } from './entries';
export { around, forwardGradient, mixes, mixGradient } from './kept';
export { topIds, widen } from './rows';
export { sums } from './sums';

/** First byte that is free. */
export function base(): usize {
  return __heap_base;
}
