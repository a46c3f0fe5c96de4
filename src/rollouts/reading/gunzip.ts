/** gzip as a stream, also several files behind one another, each held to its checksum and length (RFC 1952). */

import { Gunzip } from 'fflate';
import { crc32 } from '../../base/crc32.ts';

/** Unpacked at a time, bytes: a bomb is told before more than a thousand times as much is there. */
const PIECE = 2 ** 14;
/** What is kept of the packed bytes, so that the trailer before a header is there whatever the header's length. */
const KEPT = 2 ** 17;
const TRAILER = 8;

/** Throws an `Error` where a file is damaged or cut off. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  let [sum, length] = [0, 0];
  let kept: Uint8Array = new Uint8Array();
  let read = 0;
  const check = (end: number) => {
    const at = end - (read - kept.length) - TRAILER;
    if (at < 0 || at + TRAILER > kept.length) throw new Error('a file in it has no end');
    const [stated, size] = new Uint32Array(kept.slice(at, at + TRAILER).buffer);
    if (stated !== sum || size !== length % 2 ** 32)
      throw new Error('what is unpacked is not what its checksum says');
    [sum, length] = [0, 0];
  };
  const unpacker = new Gunzip((piece) => {
    sum = crc32(piece, sum);
    length += piece.length;
    if (piece.length > 0) out.push(piece.slice());
  });
  unpacker.onmember = check;
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      kept = joined(kept.subarray(Math.max(0, kept.length + piece.length - KEPT)), piece);
      read += piece.length;
      unpacker.push(piece);
      yield* out;
      out = [];
    }
  check(read);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
