/** Numbers of 16 bits, IEEE half precision, as float32: exact, subnormals, infinities and NaN included. */

export function widenHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = floatBits(halves[i]);
  return new Float32Array(words.buffer);
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
