/** The checksum of a file as it comes, held against the one that its source gives. */

import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { wrongChecksum } from './remote-errors.ts';

/** What a source says of a file's content. */
export interface Sums {
  /** Lower-case hexadecimal. */
  readonly sha256: string | null;
  /** Of git: SHA-1 over a header with the length, and the content. */
  readonly gitBlob: string | null;
}

export interface Checksum {
  add(bytes: Uint8Array): void;
  /** Throws {@link PlaygroundError} `model.wrong-checksum` naming the file. */
  check(name: string): void;
}

/** Null where the source gives none. `bytes` is the file's length, which git's sum begins with. */
export function checksumOf(
  { sha256: wanted, gitBlob }: Sums,
  bytes: number | null,
): Checksum | null {
  const expected = wanted ?? (bytes === null ? null : gitBlob);
  if (expected === null) return null;
  const hash = wanted === null ? sha1.create() : sha256.create();
  if (wanted === null) hash.update(new TextEncoder().encode(`blob ${bytes}\0`));
  return {
    add: (part) => void hash.update(part),
    check(name) {
      const found = bytesToHex(hash.digest());
      if (found !== expected) throw wrongChecksum(name, found, expected);
    },
  };
}
