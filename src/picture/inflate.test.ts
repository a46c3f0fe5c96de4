import { zlibSync } from 'fflate';
import { expect, it } from 'vitest';
import { inflateWithin, unpackedWithin } from './inflate.ts';

it('a stream is unpacked whole, in whichever parts it comes', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
  const packed = zlibSync(bytes);
  const pieces: Uint8Array[] = [];
  const parts = [packed.subarray(0, 7), packed.subarray(7, 60), packed.subarray(60)];
  inflateWithin(parts, bytes.length, (piece) => pieces.push(piece.slice()));
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

it('a stream that unpacks to more than its place allows is stopped soon', () => {
  const bomb = zlibSync(new Uint8Array(5_000_000));
  let taken = 0;
  const unpack = () =>
    inflateWithin([bomb], 1000, (piece) => {
      taken += piece.length;
    });
  expect(unpack).toThrow(RangeError);
  expect(taken).toBeLessThanOrEqual(1000);
});

it('the browser unpacks the same, as far as it goes, and leaves what it refuses to others', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
  const packed = new Uint8Array(zlibSync(bytes));
  const parts = [packed.subarray(0, 7), packed.subarray(7)];
  expect(await unpackedWithin(parts, bytes.length)).toEqual(bytes);
  await expect(unpackedWithin(parts, bytes.length - 1)).rejects.toThrow(RangeError);
  expect(await unpackedWithin([packed.subarray(0, packed.length >> 1)], bytes.length)).toBeNull();
});
