import { expect, it } from 'vitest';
import { npyBytes } from './npy.ts';

it.each([
  [new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3], '<f4', '(2, 3)'],
  [new Int32Array([7, 9]), [2], '<i4', '(2,)'],
])('writes a header of whole 64 bytes before the values of %j', (values, shape, kind, size) => {
  const bytes = npyBytes(values, shape);
  const length = new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 10 + length));
  expect((10 + length) % 64).toBe(0);
  expect(header.slice(1, 8)).toBe('NUMPY\x01\x00');
  expect(header.slice(10)).toBe(
    `${`{'descr': '${kind}', 'fortran_order': False, 'shape': ${size}, }`.padEnd(length - 1)}\n`,
  );
  const data = bytes.slice(10 + length).buffer;
  expect(kind === '<f4' ? new Float32Array(data) : new Int32Array(data)).toEqual(values);
});
