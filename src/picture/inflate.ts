/** Unpacks a zlib stream of which no more is believed than its place allows: a small file can unpack to thousands of times its size. */
import { Unzlib } from 'fflate';

/** Packed bytes that are unpacked at once; they give at most 1,032 times as many. */
const SLICE = 16_384;

/**
 * What a stream in parts unpacks to, unpacked by the browser, which takes a tenth of the time; null where it has no means or
 * refuses the stream, which need not say that others do. Throws RangeError above `limit` bytes.
 */
export async function unpackedWithin(
  parts: readonly Uint8Array<ArrayBuffer>[],
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (globalThis.DecompressionStream === undefined) return null;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('deflate')).getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      total += read.value.length;
      if (total > limit) break;
      pieces.push(read.value);
    }
  } catch {
    return null;
  }
  if (total > limit) {
    await reader.cancel().catch(() => undefined);
    throw new RangeError(`more than ${limit} bytes`);
  }
  return joined(pieces);
}

/** Parts behind one another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

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
