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

/** Throws {@link PlaygroundError} `import.archive` where it is not what the directory says; the checksum is told at the end. */
function* pieces(bytes: Uint8Array, member: ZipMember): Generator<Uint8Array> {
  const unpacking = new Unpacking(member);
  const packed = bytes.subarray(member.start, member.end);
  for (let at = 0; at < packed.length; at += CHUNK_BYTES)
    yield* unpacking.push(packed.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= packed.length);
  unpacking.end();
}

/** One file on its way out of an archive, held to what the directory says of it. */
export class Unpacking {
  readonly #member: Pick<ZipMember, 'path' | 'bytes' | 'crc'>;
  readonly #inflate: Inflate | null;
  #ready: Uint8Array[] = [];
  #total = 0;
  #sum = 0;

  constructor(member: Pick<ZipMember, 'path' | 'bytes' | 'crc' | 'deflated'>) {
    this.#member = member;
    this.#inflate = member.deflated ? new Inflate((chunk) => this.#ready.push(chunk)) : null;
  }

  /** What some packed bytes become, piece by piece. Throws `import.archive`. */
  *push(packed: Uint8Array, last: boolean): Generator<Uint8Array> {
    const { path, bytes } = this.#member;
    for (let at = 0; at < packed.length; at += CHUNK_BYTES) {
      const chunk = packed.subarray(at, at + CHUNK_BYTES);
      for (const piece of this.#unpacked(chunk, last && at + CHUNK_BYTES >= packed.length)) {
        this.#total += piece.length;
        if (this.#total > bytes) throw unreadable(`${path} is longer than the archive says`);
        this.#sum = crc32(piece, this.#sum);
        yield piece;
      }
    }
  }

  /** Throws `import.archive` where all that came is not what was packed. */
  end(): void {
    const { path, bytes, crc } = this.#member;
    if (this.#total !== bytes) throw unreadable(`${path} is not as long as the archive says`);
    if (this.#sum !== crc) throw unreadable(`${path} was changed after it was packed`);
  }

  #unpacked(chunk: Uint8Array, last: boolean): Uint8Array[] {
    // A copy: whoever takes it may keep it.
    if (this.#inflate === null) return [chunk.slice()];
    try {
      this.#inflate.push(chunk, last);
    } catch (cause) {
      throw cutOff(cause);
    }
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
