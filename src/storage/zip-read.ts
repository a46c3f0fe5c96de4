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

/** A file of an archive, unpacked piece by piece: what is read of a large one need not be in memory. */
export interface ZipStream {
  readonly path: string;
  /** As the archive states it, unpacked, and as it lies in it. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** Throws {@link PlaygroundError} `import.archive` as {@link unzip} does; the checksum is told at the end. */
  pieces(): Generator<Uint8Array>;
}

/** The files of an archive, none of them unpacked yet. Throws {@link PlaygroundError} `import.archive`. */
export function zipStreams(bytes: Uint8Array): ZipStream[] {
  return membersOf(bytes).map((member) => ({
    path: member.path,
    bytes: member.bytes,
    packedBytes: member.end - member.start,
    pieces: () => pieces(bytes, member),
  }));
}

function content(bytes: Uint8Array, member: ZipMember): Uint8Array {
  const parts = [...pieces(bytes, member)];
  const plain = new Uint8Array(member.bytes);
  let at = 0;
  for (const part of parts) {
    plain.set(part, at);
    at += part.length;
  }
  return plain;
}

function* pieces(bytes: Uint8Array, member: ZipMember): Generator<Uint8Array> {
  const { path, bytes: size, crc, deflated, start, end } = member;
  const packed = bytes.subarray(start, end);
  let total = 0;
  let sum = 0;
  for (const piece of deflated ? inflated(packed) : stored(packed)) {
    total += piece.length;
    if (total > size) throw unreadable(`${path} is longer than the archive says`);
    sum = crc32(piece, sum);
    yield piece;
  }
  if (total !== size) throw unreadable(`${path} is not as long as the archive says`);
  if (sum !== crc) throw unreadable(`${path} was changed after it was packed`);
}

/** Bytes of a stored file handed on at a time. */
const STORED_BYTES = 1 << 20;

function* stored(packed: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < packed.length; at += STORED_BYTES)
    yield packed.slice(at, at + STORED_BYTES);
}

function* inflated(packed: Uint8Array): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const inflate = new Inflate((chunk) => ready.push(chunk));
  for (let at = 0; at === 0 || at < packed.length; at += CHUNK_BYTES) {
    const last = at + CHUNK_BYTES >= packed.length;
    try {
      inflate.push(packed.subarray(at, at + CHUNK_BYTES), last);
    } catch (cause) {
      throw cutOff(cause);
    }
    yield* ready;
    ready = [];
  }
}
