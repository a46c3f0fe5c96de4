/** Writes arrays in NumPy's .npy format, version 1.0. */

/** The bytes of a little-endian C-order array of float32 or int32. */
export function npyBytes(values: Float32Array | Int32Array, shape: readonly number[]): Uint8Array {
  const kind = values instanceof Float32Array ? '<f4' : '<i4';
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${size}), }`;
  const start = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + values.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.fill(0x20, 10, start - 1);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return bytes;
}
