/**
 * Checksums of JSON that leaves the page: `checksum` is the SHA-256 of everything else, its keys in order and without
 * white space, so that another program may lay it out anew but not change it.
 */

import { webSha256 } from './sha256.ts';

/** Answers null where there is no way to hash. */
type Hash = (bytes: Uint8Array) => Promise<string | null>;

const KEY = 'checksum';

/** The same object with its checksum; without one where there is no way to make it. */
export async function sealed<T extends object>(
  value: T,
  hash: Hash = webSha256,
): Promise<T & { checksum?: string }> {
  const checksum = await checksumOf(value, hash);
  return checksum === null ? value : { ...value, checksum };
}

/** Whether an object is as it was sealed; `none` where it never was. */
export async function sealOf(value: object, hash: Hash): Promise<'whole' | 'broken' | 'none'> {
  if (!Object.hasOwn(value, KEY)) return 'none';
  return Reflect.get(value, KEY) === (await checksumOf(value, hash)) ? 'whole' : 'broken';
}

function checksumOf(value: object, hash: Hash): Promise<string | null> {
  const { [KEY]: _, ...rest } = value as Record<string, unknown>;
  return hash(new TextEncoder().encode(JSON.stringify(rest, inOrder)));
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
