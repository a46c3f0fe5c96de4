// The half float in the lower 16 bits of a word, as the bits of the same float32.
fn widen(word: u32) -> u32 {
  let half = word & 0xffffu;
  if ((half & 0x7c00u) == 0x7c00u) { // infinity or NaN, which no arithmetic may see
    return ((half & 0x8000u) << 16u) | 0x7f800000u | ((half & 0x3ffu) << 13u);
  }
  return bitcast<u32>(unpack2x16float(half).x);
}
