/** Bicubic resize with antialiasing, bit for bit as Pillow's `Image.resize(BICUBIC)` on 8-bit RGB. */

/** Fraction bits of Pillow's fixed-point weights (`PRECISION_BITS` in its Resample.c). */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);
/** Pixels on each side that the cubic reaches at scale 1. */
const SUPPORT = 2;

/** Writes row `y` of the source as packed RGB bytes into `row`, [width × 3]. */
export type ReadRow = (y: number, row: Uint8ClampedArray) => void;

/** For each output place: the first input place, how many follow, and their weights times 2^22. */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Row-major, `stride` a place. */
  readonly values: Int32Array;
  readonly stride: number;
}

/**
 * The resized image as packed RGB bytes, [height × width × 3]. Two passes, horizontal first, each rounded to
 * 8 bits and clipped; a side that keeps its length gets no pass. Only one source row is held at a time.
 */
export function resizeBicubic(
  readRow: ReadRow,
  source: { readonly width: number; readonly height: number },
  target: { readonly width: number; readonly height: number },
): Uint8ClampedArray {
  const narrowed = new Uint8ClampedArray(source.height * target.width * 3);
  const stride = target.width * 3;
  const row = new Uint8ClampedArray(source.width * 3);
  const across = target.width === source.width ? null : weights(source.width, target.width);
  for (let y = 0; y < source.height; y++) {
    const out = narrowed.subarray(y * stride, (y + 1) * stride);
    if (across === null) readRow(y, out);
    else {
      readRow(y, row);
      convolveRow(row, across, out);
    }
  }
  if (target.height === source.height) return narrowed;
  return convolveColumns(narrowed, stride, weights(source.height, target.height));
}

function convolveRow(
  row: Uint8ClampedArray,
  { first, count, values, stride }: Weights,
  out: Uint8ClampedArray,
) {
  for (let x = 0; x < first.length; x++) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let at = first[x] * 3;
    const start = x * stride;
    const end = start + count[x];
    for (let k = start; k < end; k++) {
      const weight = values[k];
      red = (red + row[at] * weight) | 0;
      green = (green + row[at + 1] * weight) | 0;
      blue = (blue + row[at + 2] * weight) | 0;
      at += 3;
    }
    out[x * 3] = red >> PRECISION_BITS;
    out[x * 3 + 1] = green >> PRECISION_BITS;
    out[x * 3 + 2] = blue >> PRECISION_BITS;
  }
}

function convolveColumns(
  rows: Uint8ClampedArray,
  stride: number,
  weight: Weights,
): Uint8ClampedArray {
  const height = weight.first.length;
  const out = new Uint8ClampedArray(height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < weight.count[y]; k++) {
      const value = weight.values[y * weight.stride + k];
      const from = (weight.first[y] + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] += rows[from + i] * value;
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = sums[i] >> PRECISION_BITS;
  }
  return out;
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` for one side. */
function weights(inSize: number, outSize: number): Weights {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = SUPPORT * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const values = new Int32Array(outSize * stride);
  const inverse = 1 / filterScale;
  const exact = new Float64Array(stride);
  for (let place = 0; place < outSize; place++) {
    const center = (place + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const taps = Math.min(Math.trunc(center + support + 0.5), inSize) - start;
    let total = 0;
    for (let k = 0; k < taps; k++) {
      exact[k] = cubic((k + start - center + 0.5) * inverse);
      total += exact[k];
    }
    for (let k = 0; k < taps; k++) {
      const weight = total === 0 ? exact[k] : exact[k] / total;
      const scaled = weight * (1 << PRECISION_BITS);
      values[place * stride + k] = Math.trunc(weight < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    first[place] = start;
    count[place] = taps;
  }
  return { first, count, values, stride };
}

/** Keys' cubic with a = -0.5, in Pillow's order of operations. */
function cubic(offset: number): number {
  const a = -0.5;
  const x = Math.abs(offset);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
