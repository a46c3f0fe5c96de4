/** Hashes that tell one model, or one file, from another. */

import type { Checkpoint } from '../model/onnx/weights.ts';
import type { TensorMap } from './types.ts';

/** The SHA-256 of some bytes, 64 hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return toHex(await digest(bytes));
}

/**
 * SHA-256 over name, dtype, shape and SHA-256 of the bytes of every weight, by name: the same for one file and for
 * shards of it, in whatever order and under whichever of the usual prefixes they were read.
 */
export async function modelFingerprint(checkpoint: Checkpoint): Promise<string> {
  const names = [...checkpoint.keys()].sort();
  const lines: string[] = [];
  for (const name of names) {
    const tensor = checkpoint.get(name);
    if (tensor === undefined) continue;
    const { dtype, shape, bytes } = tensor;
    lines.push(`${name} ${dtype} [${shape.join()}] ${await sha256(bytes)}\n`);
  }
  return sha256(new TextEncoder().encode(lines.join('')));
}

/** SHA-256 over name, shape and SHA-256 of the bytes of every trained tensor, by name. */
export async function studentFingerprint(tensors: TensorMap): Promise<string> {
  const lines: string[] = [];
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    lines.push(`${name} [${shape.join()}] ${await sha256(bytes)}\n`);
  }
  return sha256(new TextEncoder().encode(lines.join('')));
}

/** Pages that are served without encryption have no WebCrypto. */
async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  if (globalThis.crypto?.subtle !== undefined) {
    const plain = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
    return new Uint8Array(await crypto.subtle.digest('SHA-256', plain as Uint8Array<ArrayBuffer>));
  }
  const noble = await import('@noble/hashes/sha2.js');
  return noble.sha256(bytes);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
