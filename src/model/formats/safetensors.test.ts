/** Safetensors files are read without copies, written back, and refused where they are damaged. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import {
  float32Tensor,
  readSafetensors,
  readSafetensorsMetadata,
  shardNames,
  type TensorData,
  toFloat32,
  writeSafetensors,
} from './safetensors.ts';

function file(header: unknown, data = new Uint8Array()): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

function code(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record.code;
    throw error;
  }
  return 'accepted';
}

const halves = (dtype: 'F16' | 'BF16', values: number[]): TensorData => ({
  dtype,
  shape: [values.length],
  bytes: new Uint8Array(Uint16Array.from(values).buffer),
});

test('what is written is read back, with its metadata', () => {
  const tensors = new Map<string, TensorData>([
    ['half', halves('F16', [0x3c00, 0xc000, 1])],
    ['matrix', float32Tensor(Float32Array.from([1, 2, 3, 4, 5, 6]), [2, 3])],
    ['scalar', float32Tensor(Float32Array.from([0.1]), [])],
    ['empty', float32Tensor(new Float32Array(), [0, 4])],
  ]);
  const bytes = writeSafetensors(tensors, { format: 'pt' });
  const read = readSafetensors(bytes);
  expect(new Set(read.keys())).toEqual(new Set(tensors.keys()));
  for (const [name, tensor] of tensors) {
    expect(read.get(name)?.shape).toEqual(tensor.shape);
    expect(read.get(name)?.bytes).toEqual(tensor.bytes);
  }
  expect(readSafetensorsMetadata(bytes)).toEqual({ format: 'pt' });
});

const anyTensor = fc
  .tuple(
    fc.constantFrom(
      { dtype: 'F64', width: 8 } as const,
      { dtype: 'F32', width: 4 } as const,
      { dtype: 'BF16', width: 2 } as const,
      { dtype: 'U8', width: 1 } as const,
    ),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.nat(255),
  )
  .map(([{ dtype, width }, shape, first]): TensorData => {
    const size = shape.reduce((product, extent) => product * extent, width);
    return { dtype, shape, bytes: Uint8Array.from({ length: size }, (_, i) => first + 7 * i) };
  });
const anyTensors = fc.uniqueArray(
  fc.tuple(
    fc.string({ unit: 'grapheme' }).map((name) => `layer.${name}`),
    anyTensor,
  ),
  { selector: ([name]) => name, maxLength: 8 },
);

test('any tensors come back as they were, each aligned, whatever order they were given in', () => {
  fc.assert(
    fc.property(anyTensors, (entries) => {
      const bytes = writeSafetensors(new Map(entries), { format: 'pt' });
      const read = readSafetensors(bytes);
      expect(read.size).toBe(entries.length);
      for (const [name, { dtype, shape, bytes: data }] of entries) {
        const found = read.get(name);
        expect(found?.dtype).toBe(dtype);
        expect(found?.shape).toEqual(shape);
        expect(found?.bytes).toEqual(data);
        const width = dtype === 'F64' ? 8 : dtype === 'F32' ? 4 : dtype === 'BF16' ? 2 : 1;
        expect((found?.bytes.byteOffset ?? 1) % width).toBe(0);
      }
      const reversed = writeSafetensors(new Map(entries.toReversed()), { format: 'pt' });
      expect(reversed).toEqual(bytes);
    }),
  );
});

test('float32 is a view of the file, and a copy only where the file is not aligned', () => {
  const written = writeSafetensors(
    new Map([['w', float32Tensor(Float32Array.from([1.5, -2]), [2])]]),
  );
  const aligned = readSafetensors(written).get('w');
  const shifted = new Uint8Array(written.length + 1);
  shifted.set(written, 1);
  const unaligned = readSafetensors(shifted.subarray(1)).get('w');
  if (!aligned || !unaligned) throw new Error('w is missing');
  expect(toFloat32(aligned).buffer).toBe(written.buffer);
  expect([...toFloat32(unaligned)]).toEqual([1.5, -2]);
});

test('half precision becomes the same number in float32', () => {
  const bits = [0x0000, 0x8000, 0x3c00, 0xbc00, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x7c00, 0xfc00];
  const values = [0, -0, 1, -1, 65504, 2 ** -14, 2 ** -24, 1023 * 2 ** -24, Infinity, -Infinity];
  expect([...toFloat32(halves('F16', bits))]).toEqual(values);
  expect(toFloat32(halves('F16', [0x7e00]))[0]).toBeNaN();
});

test('bfloat16 is the upper half of float32', () => {
  const read = toFloat32(halves('BF16', [0x3f80, 0xc040, 0x7f80, 0x0001]));
  expect([...read]).toEqual([1, -3, Infinity, 2 ** -133]);
});

test('whole numbers are no weights', () => {
  const tensor: TensorData = { dtype: 'I64', shape: [1], bytes: new Uint8Array(8) };
  expect(() => toFloat32(tensor, 'ids')).toThrow('"ids" is I64');
});

describe('a damaged file is refused', () => {
  const entry = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['a header that ends early', file({ a: entry(0, 8) }).subarray(0, 20)],
    ['data that ends early', file({ a: entry(0, 8) }, new Uint8Array(7))],
  ])('%s: truncated', (_, bytes) => {
    expect(code(bytes)).toBe('model.weights-truncated');
  });

  test('data that ends early: the size of the whole file is told', () => {
    const cut = file({ a: entry(0, 8), b: entry(8, 16) }, new Uint8Array(7));
    const whole = cut.length + 9;
    expect(() => readSafetensors(cut)).toThrow(`its header speaks of ${whole}`);
  });

  test.each([
    ['another format', new TextEncoder().encode('GGUF and something else')],
    ['a header that is not JSON', file('{"a":')],
    ['a header that is a list', file('[]')],
    ['an entry without offsets', file({ a: { dtype: 'F32', shape: [1] } })],
    ['an unknown dtype', file({ a: { ...entry(0, 4), dtype: 'Q4' } }, new Uint8Array(4))],
    ['a shape that does not fit', file({ a: entry(0, 8, [3]) }, new Uint8Array(8))],
    ['overlapping tensors', file({ a: entry(0, 8), b: entry(4, 12) }, new Uint8Array(12))],
  ])('%s: invalid', (_, bytes) => {
    expect(code(bytes)).toBe('model.weights-invalid');
  });

  test.each([
    ['<!doctype html><html></html>', /is a web page/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:1', /Git LFS pointer .* git lfs pull/],
  ])('%s: said what it is', (text, said) => {
    expect(() => readSafetensors(new TextEncoder().encode(text))).toThrow(said);
  });
});

test('the files of a sharded model are named once each', () => {
  const index = {
    metadata: {},
    weight_map: { a: '2.safetensors', b: '1.safetensors', c: '2.safetensors' },
  };
  expect(shardNames(index)).toEqual(['1.safetensors', '2.safetensors']);
  expect(() => shardNames({})).toThrow(PlaygroundError);
});
