/** Matrices of a model as a graph stores them: read a few rows at a time and written as floats of 32 or 16 bits or in 4 bits. */

import { PlaygroundError } from '../../base/errors.ts';
import { narrowHalves } from '../../base/half-floats.ts';
import { partOf, type TensorData, toFloat32 } from '../formats/safetensors.ts';
import type { StoredWeight } from './graph.ts';

/** Rows of one or several matrices [rows, columns] of the model, below one another. */
export interface MatrixRows {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** The dtype of all parts; null where they differ. */
  readonly dtype: TensorData['dtype'] | null;
  /** Rows `[first, first + count)` of those, one or more pieces of at most that many rows. */
  pieces(first: number, count: number): readonly TensorData[];
}

/** Elements that are read at once: what is in memory of a matrix beside what is made of it. */
const READ = 2 ** 21;

export function matrixRows(
  name: string,
  parts: readonly { readonly tensor: TensorData; readonly rows: number }[],
  columns: number,
): MatrixRows {
  const dtypes = new Set(parts.map(({ tensor }) => tensor.dtype));
  return {
    name,
    columns,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    dtype: dtypes.size === 1 ? parts[0].tensor.dtype : null,
    pieces: (first, count) => {
      const found: TensorData[] = [];
      let start = 0;
      for (const { tensor, rows } of parts) {
        const from = Math.max(first, start);
        const to = Math.min(first + count, start + rows);
        if (from < to) found.push(partOf(tensor, (from - start) * columns, (to - from) * columns));
        start += rows;
      }
      return found;
    },
  };
}

/** Rows `[first, first + count)` of a matrix as one of its own. */
export function rowsOf(matrix: MatrixRows, first: number, count: number): MatrixRows {
  return {
    ...matrix,
    name: `${matrix.name}.rows_${first}`,
    rows: count,
    pieces: (from, length) => matrix.pieces(first + from, length),
  };
}

/** Calls back with one piece after the other, none above {@link READ} elements or one row, and its first element's place. */
function eachPiece(
  matrix: MatrixRows,
  use: (piece: TensorData, at: number, rows: number) => void,
): void {
  const { rows, columns } = matrix;
  const step = Math.max(1, Math.floor(READ / columns));
  for (let row = 0; row < rows; row += step) {
    let at = row * columns;
    for (const piece of matrix.pieces(row, Math.min(step, rows - row))) {
      use(piece, at, piece.shape[0] / columns);
      at += piece.shape[0];
    }
  }
}

/** A weight of which every read makes all bytes anew. */
function made(
  weight: Omit<StoredWeight, 'read' | 'size'> & { readonly size: number },
  fill: (bytes: Uint8Array) => void,
): StoredWeight {
  return {
    ...weight,
    read: (begin, end) => {
      const bytes = new Uint8Array(weight.size);
      fill(bytes);
      return bytes.subarray(begin, end);
    },
  };
}

/** The matrix in float32, [rows, columns] or, transposed, [columns, rows]. */
export function asFloats(matrix: MatrixRows, transposed = false): StoredWeight {
  const { name, rows, columns } = matrix;
  const shape = transposed ? [columns, rows] : [rows, columns];
  return made({ type: 'float32', shape, size: rows * columns * 4 }, (bytes) => {
    const values = new Float32Array(bytes.buffer);
    eachPiece(matrix, (piece, at) => {
      const floats = toFloat32(piece, name);
      if (transposed) transpose(floats, values, at, matrix);
      else values.set(floats, at);
    });
  });
}

/**
 * What a matrix of bfloat16 or float32 is multiplied with before it becomes halves, whose exponents reach less far down:
 * a bfloat16 from 2⁻²¹ to 511 is kept exactly. The product of the graph takes it back.
 */
const RAISED = 2 ** 7;

/** The matrix in halves, and the factor that makes its values of them. */
export function asHalves(
  matrix: MatrixRows,
  transposed = false,
): { readonly weight: StoredWeight; readonly factor: number } {
  const { name, dtype, rows, columns } = matrix;
  const shape = transposed ? [columns, rows] : [rows, columns];
  const raised = dtype === 'F16' ? 1 : RAISED;
  const weight = made({ type: 'float16', shape, size: rows * columns * 2, kept: true }, (bytes) => {
    const halves = new Uint16Array(bytes.buffer);
    eachPiece(matrix, (piece, at) => {
      const some = halvesOf(piece, name);
      if (transposed) transpose(some, halves, at, matrix);
      else halves.set(some, at);
    });
  });
  return { weight, factor: 1 / raised };
}

function halvesOf(piece: TensorData, name: string): Uint16Array {
  const { bytes, dtype } = piece;
  if (dtype === 'F16' || dtype === 'BF16') {
    const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
    const words = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
    if (dtype === 'F16') return words;
    const table = raisedBfloats();
    const halves = new Uint16Array(words.length);
    for (let i = 0; i < words.length; i++) {
      const half = table[words[i]];
      // Infinity, of a number that is none.
      if ((half & 0x7fff) === 0x7c00 && (words[i] & 0x7fff) !== 0x7f80) throw outOfRange(name);
      halves[i] = half;
    }
    return halves;
  }
  const values = toFloat32(piece, name);
  const halves = narrowHalves(values.map((value) => value * RAISED));
  for (let i = 0; i < halves.length; i++)
    if ((halves[i] & 0x7fff) === 0x7c00 && Number.isFinite(values[i])) throw outOfRange(name);
  return halves;
}

let bfloats: Uint16Array | undefined;

/** The raised half of every bfloat16. */
function raisedBfloats(): Uint16Array {
  if (bfloats !== undefined) return bfloats;
  const words = Uint32Array.from({ length: 65536 }, (_, i) => i << 16);
  const values = new Float32Array(words.buffer);
  bfloats = narrowHalves(values.map((value) => value * RAISED));
  return bfloats;
}

/** Scales of the matrix that was packed last: runtimes ask for them next. */
let lastScales: { readonly matrix: MatrixRows; readonly found: Float32Array } | null = null;

/** Elements of a row that share a scale in 4 bits. */
export const BLOCK = 32;

/** Bytes of one block: two elements in each. */
const BLOCK_BYTES = BLOCK / 2;

/**
 * The matrix in 4 bits as MatMulNBits takes it: each block of a row has a scale, that of its largest element by magnitude,
 * which becomes −8; the last block of a row may be padded with zeros. `measured` is told how far the matrix is from the
 * one that was given, when it has been read.
 */
export function asNibbles(
  matrix: MatrixRows,
  measured: (relative: number) => void,
): { readonly weight: StoredWeight; readonly scales: StoredWeight; readonly blocks: number } {
  const { name, rows, columns } = matrix;
  const blocks = Math.ceil(columns / BLOCK);
  const weight = made(
    { type: 'uint8', shape: [rows, blocks, BLOCK_BYTES], size: rows * blocks * BLOCK_BYTES },
    (bytes) => {
      const sums = { far: 0, norm: 0 };
      const found = new Float32Array(rows * blocks);
      eachPiece(matrix, (piece, at, count) => {
        const values = toFloat32(piece, name);
        const start = (at / columns) * blocks * BLOCK_BYTES;
        packRows(values, count, columns, bytes, found, start, sums);
      });
      lastScales = { matrix, found };
      measured(sums.norm === 0 ? 0 : Math.sqrt(sums.far / sums.norm));
    },
  );
  const scales = made(
    { type: 'float32', shape: [rows, blocks], size: rows * blocks * 4 },
    (bytes) => {
      const found = new Float32Array(bytes.buffer);
      if (lastScales?.matrix === matrix) return found.set(lastScales.found);
      eachPiece(matrix, (piece, at, count) => {
        const values = toFloat32(piece, name);
        for (let row = 0; row < count; row++)
          for (let block = 0; block < blocks; block++)
            found[(at / columns + row) * blocks + block] = scaleOf(
              values,
              row * columns + block * BLOCK,
              Math.min(BLOCK, columns - block * BLOCK),
            );
      });
    },
  );
  return { weight, scales, blocks };
}

/** Of the elements `[first, first + count)`; 0 where all are. */
function scaleOf(values: Float32Array, first: number, count: number): number {
  let most = 0;
  for (let i = first; i < first + count; i++)
    if (Math.abs(values[i]) > Math.abs(most)) most = values[i];
  return Math.fround(most / -8);
}

function packRows(
  values: Float32Array,
  rows: number,
  columns: number,
  bytes: Uint8Array,
  scales: Float32Array,
  start: number,
  sums: { far: number; norm: number },
): void {
  const blocks = Math.ceil(columns / BLOCK);
  let { far, norm } = sums;
  let to = start;
  for (let row = 0; row < rows; row++)
    for (let block = 0; block < blocks; block++, to += BLOCK_BYTES) {
      const first = row * columns + block * BLOCK;
      const count = Math.min(BLOCK, columns - block * BLOCK);
      const scale = scaleOf(values, first, count);
      scales[to / BLOCK_BYTES] = scale;
      const inverse = scale === 0 ? 0 : 1 / scale;
      for (let i = 0; i < BLOCK; i++) {
        const value = i < count ? values[first + i] : 0;
        // Rounded to the nearest of −8 … 7, as 0 … 15.
        const step = Math.min(15, (value * inverse + 8.5) | 0);
        bytes[to + (i >> 1)] |= i % 2 === 0 ? step : step << 4;
        const difference = value - (step - 8) * scale;
        far += difference * difference;
        norm += value * value;
      }
    }
  sums.far = far;
  sums.norm = norm;
}

/** Puts whole rows that begin at element `at` of the matrix into its transpose. */
function transpose<Values extends Float32Array | Uint16Array>(
  from: Values,
  into: Values,
  at: number,
  { rows, columns }: MatrixRows,
): void {
  const first = at / columns;
  const count = from.length / columns;
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < count; row++)
      into[column * rows + first + row] = from[row * columns + column];
}

function outOfRange(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.weight-range',
    message: `"${name}" holds a weight above 511, which 16 bits cannot hold here beside small ones.`,
    fix: 'Open the model in fp32 or q4.',
    where: name,
  });
}
