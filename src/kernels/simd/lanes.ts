// Four float32 numbers at a time: powers and logarithms of two by polynomials, and sums in float64.

export const QUAD: usize = 16; // bytes of four numbers
/**
 * Bytes of a block of 512 entries, within which sums stay float32: short enough to keep their digits, and for the
 * nearest cache.
 */
export const BLOCK_BYTES: usize = 2048;
/** Logits at or below it are masked; in the sums it stands for −inf. */
export const MASK: f32 = -1e30;

/** Four times each: engines build a constant of a loop anew in every turn, which costs more than to load it. */
const POW2: usize = memory.data<f32>([
  -127.0, -127.0, -127.0, -127.0,
  12583039.0, 12583039.0, 12583039.0, 12583039.0,
  0.001326472731307149, 0.001326472731307149, 0.001326472731307149, 0.001326472731307149,
  0.009671512991189957, 0.009671512991189957, 0.009671512991189957, 0.009671512991189957,
  0.05550733581185341, 0.05550733581185341, 0.05550733581185341, 0.05550733581185341,
  0.24022242426872253, 0.24022242426872253, 0.24022242426872253, 0.24022242426872253,
  0.6931470036506653, 0.6931470036506653, 0.6931470036506653, 0.6931470036506653,
  1.0, 1.0, 1.0, 1.0,
], 16);

/**
 * 2^y for y ≤ 0, within 2e-7 of its value, exactly 0 below −126.5; NaN gives NaN. y = n + f with whole n:
 * a minimax polynomial for 2^f, f in [−½, ½], times the float whose exponent is n.
 */
@inline
export function pow2(y: v128): v128 {
  // Adding it leaves n + 127 in the lowest bits: what is left of y's fraction is rounded away.
  const shifter = v128.load(POW2, 16);
  const x = f32x4.pmax(y, v128.load(POW2));
  const n = f32x4.add(x, shifter);
  const f = f32x4.sub(x, f32x4.sub(n, shifter));
  let p = v128.load(POW2, 32);
  p = f32x4.add(f32x4.mul(p, f), v128.load(POW2, 48));
  p = f32x4.add(f32x4.mul(p, f), v128.load(POW2, 64));
  p = f32x4.add(f32x4.mul(p, f), v128.load(POW2, 80));
  p = f32x4.add(f32x4.mul(p, f), v128.load(POW2, 96));
  p = f32x4.add(f32x4.mul(p, f), v128.load(POW2, 112));
  return f32x4.mul(p, i32x4.shl(n, 23));
}

const LOG2: usize = memory.data<f32>([
  0.43173789978027344, 0.43173789978027344, 0.43173789978027344, 0.43173789978027344,
  0.5767143368721008, 0.5767143368721008, 0.5767143368721008, 0.5767143368721008,
  0.9617988467216492, 0.9617988467216492, 0.9617988467216492, 0.9617988467216492,
  2.885390043258667, 2.885390043258667, 2.885390043258667, 2.885390043258667,
  1.0, 1.0, 1.0, 1.0,
], 16);
/** Bits of √½, and those of a float's fraction. */
const PARTS: usize = memory.data<i32>([
  0x3f3504f3, 0x3f3504f3, 0x3f3504f3, 0x3f3504f3,
  0x007fffff, 0x007fffff, 0x007fffff, 0x007fffff,
], 16);

/**
 * log2 x for normal positive x, within 2e-7 or the last digit. x = 2^n·m with m in [√½, √2): a minimax
 * polynomial in s² for log2(m) = 2·artanh(s) / ln 2, s = (m − 1) / (m + 1).
 */
@inline
export function log2(x: v128): v128 {
  const root = v128.load(PARTS);
  const bits = i32x4.sub(x, root);
  const n = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, v128.load(PARTS, 16)), root);
  const one = v128.load(LOG2, 64);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const q = f32x4.mul(s, s);
  let p = v128.load(LOG2);
  p = f32x4.add(f32x4.mul(p, q), v128.load(LOG2, 16));
  p = f32x4.add(f32x4.mul(p, q), v128.load(LOG2, 32));
  p = f32x4.add(f32x4.mul(p, q), v128.load(LOG2, 48));
  return f32x4.add(n, f32x4.mul(p, s));
}

/** The four numbers' sum, in float64. */
@inline
export function total(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    <f64>f32x4.extract_lane(v, 1) +
    (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3))
  );
}

/** The largest of four numbers that are none of them NaN. */
@inline
export function largest(v: v128): f32 {
  const a = f32x4.pmax(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(a, i32x4.shuffle(a, a, 1, 0, 3, 2)), 0);
}

/** Smallest normal number: what a logarithm is taken of in place of 0. */
export const TINY: f32 = 1.17549435e-38;

/** 2^x in float64. */
@inline
export function power(x: f64): f64 {
  return Math.exp(x * Math.LN2);
}
