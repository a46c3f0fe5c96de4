/** Random weights in bfloat16, any part of any tensor at once, the same for the same seed. */

import { hash32, hashText, hashWords, Random } from '../../src/base/random.ts';
import { lazyTensor, type TensorData } from '../../src/model/formats/safetensors.ts';

/** Numbers that weights are drawn from. */
const DRAWN = 2 ** 16;
/** Their deviation: that which transformers initialises linear layers with. */
const DEVIATION = 0.02;
const ONE = 0x3f80;

export function randomWeights(
  seed: number,
): (name: string, shape: readonly number[]) => TensorData {
  const random = new Random(seed);
  const values = Float32Array.from({ length: DRAWN }, () => DEVIATION * random.normal());
  const drawn = Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16);
  return (name, shape) => {
    const own = hashWords(seed, hashText(name));
    const constant = shape.length > 1 ? null : name.endsWith('.weight') ? ONE : 0;
    return lazyTensor('BF16', shape, (begin, end) => {
      const words = new Uint16Array((end - begin) / 2);
      if (constant === null) fill(words, begin / 2, own, drawn);
      else words.fill(constant);
      return new Uint8Array(words.buffer);
    });
  };
}

function fill(words: Uint16Array, first: number, seed: number, drawn: Uint16Array): void {
  for (let i = 0; i < words.length; i++)
    words[i] = drawn[hash32(((first + i) ^ seed) >>> 0) & (DRAWN - 1)];
}
