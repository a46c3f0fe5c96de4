/** Numbers of 16 bits, IEEE half precision, to and from float32; subnormals, infinities and NaN included. */

/** The same numbers in float32. */
export function widenHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = floatBits(halves[i]);
  return new Float32Array(words.buffer);
}

/** The nearest numbers of 16 bits, ties to even; what is too large becomes an infinity. */
export function narrowHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, halfBits);
}

function halfBits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const power = exponent - 112;
  if (power >= 31) return sign | 0x7c00;
  // Below the smallest normal number the leading one is written out and shifted.
  const [whole, shift] =
    power > 0 ? [(power << 23) | fraction, 13] : [0x800000 | fraction, 14 - power];
  if (shift > 24) return sign;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  return sign | (kept + up);
}

function floatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  let fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  let shifted = 113;
  while ((fraction & 0x400) === 0) {
    fraction <<= 1;
    shifted--;
  }
  return sign | (shifted << 23) | ((fraction & 0x3ff) << 13);
}
