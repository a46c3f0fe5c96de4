/** Unpacks zip archives that somebody brings: within bounds that are known before, and held to their own checksums. */

import { Inflate } from 'fflate';
import { crc32 } from '../base/crc32.ts';
import { cutOff, unreadable, type ZipMember, zipMembers } from './zip-directory.ts';

/** All that is unpacked of one archive, in bytes: far above what a tiny run holds, far below what a tab may take. */
const MAX_BYTES = 2 ** 30;

/** Packed bytes handed to the decompressor at a time; they grow to a thousand times as much at most. */
const CHUNK_BYTES = 1 << 14;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] <= 8;
}

/** The paths of an archive's files. Throws {@link PlaygroundError} `import.archive`. */
export function zipPaths(bytes: Uint8Array): string[] {
  return membersOf(bytes).map(({ path }) => path);
}

/**
 * The files of an archive whose path `wanted` accepts, by path. Their sizes are added up before the first is unpacked,
 * and unpacking stops where a file grows beyond the size that the archive states.
 * Throws {@link PlaygroundError} `import.archive` for a file that is no zip archive, is cut off, damaged or contradicts
 * itself, or is larger than `most` bytes unpacked.
 */
export function unzip(
  bytes: Uint8Array,
  wanted: (path: string) => boolean,
  most = MAX_BYTES,
): Map<string, Uint8Array> {
  const members = membersOf(bytes).filter(({ path }) => wanted(path));
  const total = members.reduce((sum, member) => sum + member.bytes, 0);
  if (total > most)
    throw unreadable(`it takes ${total} bytes unpacked, and at most ${most} are taken in here`);
  return new Map(members.map((member) => [member.path, content(bytes, member)]));
}

function membersOf(bytes: Uint8Array): ZipMember[] {
  if (!isZip(bytes)) throw unreadable('it is not a zip archive');
  return zipMembers(bytes);
}

function content(bytes: Uint8Array, { path, bytes: size, crc, deflated, start, end }: ZipMember) {
  const packed = bytes.subarray(start, end);
  const plain = deflated ? inflated(packed, size, path) : packed.slice();
  if (plain.length !== size) throw unreadable(`${path} is not as long as the archive says`);
  if (crc32(plain) !== crc) throw unreadable(`${path} was changed after it was packed`);
  return plain;
}

function inflated(packed: Uint8Array, size: number, path: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const inflate = new Inflate((chunk) => {
    total += chunk.length;
    if (total <= size) chunks.push(chunk);
  });
  for (let at = 0; at === 0 || at < packed.length; at += CHUNK_BYTES) {
    const last = at + CHUNK_BYTES >= packed.length;
    try {
      inflate.push(packed.subarray(at, at + CHUNK_BYTES), last);
    } catch (cause) {
      throw cutOff(cause);
    }
    if (total > size) throw unreadable(`${path} is longer than the archive says`);
  }
  const plain = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    plain.set(chunk, at);
    at += chunk.length;
  }
  return plain;
}
