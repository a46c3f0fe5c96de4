/** Unpacks a zlib stream of which no more is believed than its place allows: a small file can unpack to thousands of times its size. */
import { Unzlib } from 'fflate';

/** Packed bytes that are unpacked at once; they give at most 1,032 times as many. */
const SLICE = 16_384;

/** What a stream in parts unpacks to, piece by piece. Throws RangeError above `limit` bytes, and where it is damaged. */
export function inflateWithin(
  parts: readonly Uint8Array[],
  limit: number,
  take: (piece: Uint8Array) => void = () => undefined,
): void {
  let total = 0;
  const stream = new Unzlib((piece) => {
    total += piece.length;
    if (total > limit) throw new RangeError(`more than ${limit} bytes`);
    take(piece);
  });
  for (const part of parts)
    for (let at = 0; at < part.length; at += SLICE) stream.push(part.subarray(at, at + SLICE));
}
