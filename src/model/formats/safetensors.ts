/** Reads and writes safetensors files: an 8-byte header length, a JSON header, raw little-endian data. */

import * as v from 'valibot';
import { type ByteStore, inMemory } from '../../base/byte-store.ts';
import { PlaygroundError } from '../../base/errors.ts';
import { widenHalves } from '../../base/half-floats.ts';

/** Bytes an element takes, for each dtype of the format. */
const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

/** Longest header that the safetensors library reads, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

export type SafetensorsDtype = keyof typeof DTYPE_BYTES;

/** One tensor, row-major, little-endian. */
export interface TensorData {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** A view into the file where that is in memory; where it is not, each access reads or computes all of it anew. */
  readonly bytes: Uint8Array;
  /** The bytes `[begin, end)`, where not all of them are in memory; see {@link partOf}. */
  readonly part?: (begin: number, end: number) => Uint8Array;
}

/** A tensor whose bytes are fetched when they are asked for. */
export function lazyTensor(
  dtype: SafetensorsDtype,
  shape: readonly number[],
  part: (begin: number, end: number) => Uint8Array,
): TensorData {
  const size = elementCount(shape) * DTYPE_BYTES[dtype];
  return {
    dtype,
    shape,
    get bytes() {
      return part(0, size);
    },
    part,
  };
}

/** Bytes of a tensor, without reading them. */
export const byteLengthOf = ({ dtype, shape }: Pick<TensorData, 'dtype' | 'shape'>): number =>
  elementCount(shape) * DTYPE_BYTES[dtype];

/** Elements `[first, first + count)` of a tensor, as a tensor of one axis; no others are read. */
export function partOf(tensor: TensorData, first: number, count: number): TensorData {
  const { dtype, part } = tensor;
  const [begin, end] = [first, first + count].map((at) => at * DTYPE_BYTES[dtype]);
  const bytes = part ? part(begin, end) : tensor.bytes.subarray(begin, end);
  return { dtype, shape: [count], bytes };
}

const headerEntry = v.object({
  dtype: v.string(),
  shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  data_offsets: v.tuple([
    v.pipe(v.number(), v.integer(), v.minValue(0)),
    v.pipe(v.number(), v.integer(), v.minValue(0)),
  ]),
});

const shardIndex = v.looseObject({ weight_map: v.record(v.string(), v.string()) });

/**
 * The tensors of a file by name; nothing is copied, and of a file that is not in memory nothing but the header is read.
 * Throws {@link PlaygroundError} `model.weights-truncated` when bytes are missing and
 * `model.weights-invalid` when the header is not one, or offsets overlap or disagree with a shape.
 */
export function readSafetensors(
  given: Uint8Array | ByteStore,
  where = 'model.safetensors',
): Map<string, TensorData> {
  const file = given instanceof Uint8Array ? inMemory(given) : given;
  const { header, start } = readHeader(file, where);
  const tensors = new Map<string, TensorData>();
  const ranges: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = v.safeParse(headerEntry, value);
    if (!entry.success) throw invalid(where, `the entry of tensor "${name}" is malformed`);
    const { dtype, shape, data_offsets: offsets } = entry.output;
    if (!isDtype(dtype)) throw invalid(where, `tensor "${name}" has the unknown dtype ${dtype}`);
    const [begin, end] = offsets;
    const bytes = elementCount(shape) * DTYPE_BYTES[dtype];
    if (end - begin !== bytes)
      throw invalid(where, `tensor "${name}" spans ${end - begin} bytes, its shape takes ${bytes}`);
    ranges.push({ name, begin, end });
    const first = start + begin;
    const read = (from: number, to: number) => file.read(first + from, first + to);
    tensors.set(
      name,
      given instanceof Uint8Array
        ? { dtype, shape, bytes: given.subarray(first, start + end) }
        : lazyTensor(dtype, shape, read),
    );
  }
  const whole = ranges.reduce((most, { end }) => Math.max(most, start + end), start);
  if (whole > file.size) throw truncated(where, file.size, whole);
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (let i = 1; i < ranges.length; i++) {
    if (ranges[i].begin < ranges[i - 1].end)
      throw invalid(where, `tensors "${ranges[i - 1].name}" and "${ranges[i].name}" overlap`);
  }
  return tensors;
}

/** The `__metadata__` strings of a file's header; empty when there are none. */
export function readSafetensorsMetadata(
  file: Uint8Array,
  where = 'model.safetensors',
): Record<string, string> {
  const { header } = readHeader(inMemory(file), where);
  const result = v.safeParse(v.record(v.string(), v.string()), header.__metadata__ ?? {});
  return result.success ? result.output : {};
}

/**
 * A file with the given tensors, the same bytes in whatever order they come: large dtypes first, then by name, as the
 * safetensors library writes them. The data starts at a multiple of 8 bytes and every tensor at one of its elements.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  const sorted = [...tensors].sort(
    ([first, a], [second, b]) =>
      DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype] || (first < second ? -1 : 1),
  );
  for (const [name, tensor] of sorted) {
    const end = offset + byteLengthOf(tensor);
    header[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(start + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.fill(0x20, 8, start);
  file.set(json, 8);
  let at = start;
  for (const [, tensor] of sorted) {
    file.set(tensor.bytes, at);
    at += byteLengthOf(tensor);
  }
  return file;
}

/** A float32 tensor over the given values (shared, not copied). */
export function float32Tensor(values: Float32Array, shape: readonly number[]): TensorData {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: 'F32', shape, bytes };
}

/**
 * The values of an F32, F16 or BF16 tensor. An aligned F32 tensor is a view of the file, the others
 * are converted. Throws {@link PlaygroundError} `model.weights-invalid` for any other dtype.
 */
export function toFloat32(tensor: TensorData, name = 'tensor'): Float32Array {
  const { bytes, dtype } = tensor;
  if (dtype === 'F32') {
    if (bytes.byteOffset % 4 === 0)
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    return new Float32Array(bytes.slice().buffer);
  }
  requireFloats(tensor, name);
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
  if (dtype === 'F16') return widenHalves(halves);
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  return new Float32Array(words.buffer);
}

/** Throws {@link PlaygroundError} `model.weights-invalid` for a tensor of another dtype than F32, F16 and BF16. */
export function requireFloats({ dtype }: Pick<TensorData, 'dtype'>, name: string): void {
  if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') return;
  throw invalid(name, `tensor "${name}" is ${dtype}, not a float of 16 or 32 bits`);
}

/** Elements that are compared at once. */
const COMPARED = 2 ** 20;

/** Whether two tensors are the same bytes of the same kind, or with `asFloats` the same numbers; read in pieces. */
export function sameTensor(a: TensorData, b: TensorData, asFloats = false): boolean {
  if (a.shape.join() !== b.shape.join() || (a.dtype !== b.dtype && !asFloats)) return false;
  const count = elementCount(a.shape);
  const values = (tensor: TensorData) => (a.dtype === b.dtype ? tensor.bytes : toFloat32(tensor));
  for (let first = 0; first < count; first += COMPARED) {
    const length = Math.min(COMPARED, count - first);
    const [one, other] = [a, b].map((tensor) => values(partOf(tensor, first, length)));
    if (!one.every((value, i) => value === other[i])) return false;
  }
  return true;
}

/** The file names of a sharded model, from its parsed `model.safetensors.index.json`. */
export function shardNames(index: unknown, where = 'model.safetensors.index.json'): string[] {
  const result = v.safeParse(shardIndex, index);
  if (!result.success) throw invalid(where, 'it has no weight_map');
  return [...new Set(Object.values(result.output.weight_map))].sort();
}

function readHeader(file: ByteStore, where: string) {
  if (file.size < 8) throw truncated(where, file.size, 8);
  const count = file.read(0, 8);
  const length = Number(new DataView(count.buffer, count.byteOffset, 8).getBigUint64(0, true));
  const start = 8 + length;
  if (length > MAX_HEADER_BYTES) {
    const head = new TextDecoder().decode(file.read(0, Math.min(40, file.size))).trimStart();
    if (head.startsWith('version https://git-lfs')) throw pointer(where);
    const what = head.startsWith('<')
      ? 'it is a web page'
      : `its header would be ${length} bytes long`;
    throw invalid(where, what);
  }
  if (start > file.size) throw truncated(where, file.size, start);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.read(8, start)));
  } catch (cause) {
    throw invalid(where, 'its header is not JSON', cause);
  }
  const header = v.safeParse(v.record(v.string(), v.unknown()), parsed);
  if (!header.success || Array.isArray(parsed))
    throw invalid(where, 'its header is not a JSON object');
  return { header: header.output, start };
}

function isDtype(dtype: string): dtype is SafetensorsDtype {
  return Object.hasOwn(DTYPE_BYTES, dtype);
}

/** Elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function pointer(where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.weights-invalid',
    message: `${where} holds a Git LFS pointer instead of the weights.`,
    fix: "Run git lfs pull in the model's folder, or download the file from its page.",
    where,
  });
}

function truncated(where: string, found: number, expected: number): PlaygroundError {
  return new PlaygroundError({
    code: 'model.weights-truncated',
    message: `${where} is cut off: it has ${found} bytes, its header speaks of ${expected}.`,
    fix: 'Download or copy the file again and compare its size with the original.',
    where,
    detail: { found, expected },
  });
}

function invalid(where: string, reason: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.weights-invalid',
      message: `The weights in ${where} cannot be read: ${reason}.`,
      fix: 'Pick a model in safetensors files with float32, float16 or bfloat16 weights.',
      where,
      detail: { reason },
    },
    cause === undefined ? undefined : { cause },
  );
}
