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
 * The resized image as packed RGB bytes, [height × width × 3]. Two passes, each rounded to 8 bits and clipped, so
 * that their order shows in the result; a side that keeps its length gets no pass. The order is that of Pillow 13:
 * across first, unless the height shrinks by more than twice the pixels that the width does (Pillow up to 12 always
 * goes across first). Never more than one source row is held.
 */
export function resizeBicubic(
  readRow: ReadRow,
  source: { readonly width: number; readonly height: number },
  target: { readonly width: number; readonly height: number },
): Uint8ClampedArray {
  const row = new Uint8ClampedArray(source.width * 3);
  const sourceRow: Rows = (y) => {
    readRow(y, row);
    return row;
  };
  const across = target.width === source.width ? null : weights(source.width, target.width);
  const down = target.height === source.height ? null : weights(source.height, target.height);
  const shrink = source.height - target.height;
  if (down !== null && shrink > 0 && shrink > (source.width - target.width) * 2) {
    const low = convolveDown(sourceRow, source.width, down);
    return across ? convolveAcross(rowsOf(low, source.width), target.height, across) : low;
  }
  if (across === null && down !== null) return convolveDown(sourceRow, source.width, down);
  const narrow = across
    ? convolveAcross(sourceRow, source.height, across)
    : copyRows(sourceRow, source);
  return down ? convolveDown(rowsOf(narrow, target.width), target.width, down) : narrow;
}

/** Row `y` as packed RGB; the array may be written again for the next row. */
type Rows = (y: number) => Uint8ClampedArray;

function rowsOf(pixels: Uint8ClampedArray, width: number): Rows {
  return (y) => pixels.subarray(y * width * 3, (y + 1) * width * 3);
}

function copyRows(
  rows: Rows,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8ClampedArray {
  const out = new Uint8ClampedArray(height * width * 3);
  for (let y = 0; y < height; y++) out.set(rows(y), y * width * 3);
  return out;
}

function convolveAcross(
  rows: Rows,
  height: number,
  { first, count, values, stride }: Weights,
): Uint8ClampedArray {
  const width = first.length;
  const out = new Uint8ClampedArray(height * width * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = rows(y);
    for (let x = 0; x < width; x++, to += 3) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = first[x] * 3;
      const start = x * stride;
      const end = start + count[x];
      for (let k = start; k < end; k++, from += 3) {
        const weight = values[k];
        red = (red + row[from] * weight) | 0;
        green = (green + row[from + 1] * weight) | 0;
        blue = (blue + row[from + 2] * weight) | 0;
      }
      out[to] = red >> PRECISION_BITS;
      out[to + 1] = green >> PRECISION_BITS;
      out[to + 2] = blue >> PRECISION_BITS;
    }
  }
  return out;
}

function convolveDown(
  rows: Rows,
  width: number,
  { first, count, values, stride }: Weights,
): Uint8ClampedArray {
  const height = first.length;
  const length = width * 3;
  const out = new Uint8ClampedArray(height * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]; k++) {
      const weight = values[y * stride + k];
      const row = rows(first[y] + k);
      for (let i = 0; i < length; i++) sums[i] += row[i] * weight;
    }
    for (let i = 0; i < length; i++) out[y * length + i] = sums[i] >> PRECISION_BITS;
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
