// What is done with one row of logits: its largest entries, and half floats widened.

import { MASK, QUAD } from './lanes';

/**
 * The `k` largest of `count` logits, largest first, ties by lower id; masked and NaN ones are never listed. Ids (int32) go
 * to `ids`, with room for one more; returns how many there are.
 */
export function topIds(logits: usize, count: usize, k: i32, ids: usize): i32 {
  let listed: i32 = 0;
  let last: f32 = MASK;
  for (let i: usize = 0; i < count; i += 4) {
    const above = i32x4.bitmask(f32x4.gt(v128.load(logits + (i << 2)), f32x4.splat(last)));
    if (above == 0) continue;
    for (let lane: usize = 0; lane < 4; lane++) {
      const value = load<f32>(logits + ((i + lane) << 2));
      if (!(value > last)) continue;
      let at = listed;
      for (; at > 0; at--) {
        const before = load<i32>(ids + ((<usize>at - 1) << 2));
        if (load<f32>(logits + (<usize>before << 2)) >= value) break;
        store<i32>(ids + (<usize>at << 2), before);
      }
      store<i32>(ids + (<usize>at << 2), <i32>(i + lane));
      if (listed < k) listed++;
      if (listed == k)
        last = load<f32>(logits + (<usize>load<i32>(ids + ((<usize>k - 1) << 2)) << 2));
    }
  }
  return listed;
}

/**
 * `count` half floats (a multiple of 8) as float32. The halves may lie in the upper half of what is written: each is
 * read before its place is.
 */
export function widen(halves: usize, floats: usize, count: usize): void {
  const sign = i32x4.splat(0x8000);
  const rest = i32x4.splat(0x7fff);
  const special = i32x4.splat(0x7c00);
  // Exponents are biased by 15 in half floats, by 127 in float32.
  const rebias = f32x4.splat(reinterpret<f32>((127 + 127 - 15) << 23));
  for (let i: usize = 0; i < count; i += 8) {
    const eight = v128.load(halves + (i << 1));
    for (let part: usize = 0; part < 2; part++) {
      const h = part == 0 ? i32x4.extend_low_i16x8_u(eight) : i32x4.extend_high_i16x8_u(eight);
      const magnitude = f32x4.mul(i32x4.shl(v128.and(h, rest), 13), rebias);
      const infinite = v128.and(
        i32x4.ge_s(v128.and(h, rest), special),
        i32x4.splat(0x7f800000),
      );
      const bits = v128.or(magnitude, infinite);
      v128.store(
        floats + (i << 2) + part * QUAD,
        v128.or(bits, i32x4.shl(v128.and(h, sign), 16)),
      );
    }
  }
}
