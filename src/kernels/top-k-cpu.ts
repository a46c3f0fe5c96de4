/** CPU twin of `top-k.wgsl`: the k largest logits of a row, ties by lower id. */

import { isMasked } from './divergence-rows.ts';

/**
 * Ids of the `k` largest, largest first; masked entries (−inf, at most −1e30) are never listed, so the
 * list may be shorter.
 */
export function topIds(data: Float32Array, k: number): number[] {
  const ids: number[] = [];
  if (k === 0) return ids;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (!(value > last || ids.length < k) || isMasked(value)) continue;
    let at = ids.length;
    while (at > 0 && data[ids[at - 1]] < value) at--;
    ids.splice(at, 0, i);
    if (ids.length > k) ids.pop();
    if (ids.length === k) last = data[ids[k - 1]];
  }
  return ids;
}
