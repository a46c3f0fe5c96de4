/** Hashes that tell one model, or one file, from another. */

import { part } from '../base/part.ts';
import { toHex, webSha256 } from '../base/sha256.ts';
import type { TensorMap } from '../contract/train/train-records.ts';
import type { StateDict } from '../model/onnx/weights.ts';

/** The SHA-256 of some bytes, 64 hexadecimal digits, also on pages without WebCrypto. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await webSha256(bytes);
  if (hash !== null) return hash;
  const noble = await part('The fingerprint', () => import('@noble/hashes/sha2.js'));
  return toHex(noble.sha256(bytes));
}

/**
 * SHA-256 over name, dtype, shape and SHA-256 of the bytes of every weight, by name: the same for one file and for
 * shards of it, in whatever order and under whichever of the usual prefixes they were read.
 */
export async function modelFingerprint(stateDict: StateDict): Promise<string> {
  const names = [...stateDict.keys()].sort();
  const lines: string[] = [];
  for (const name of names) {
    const tensor = stateDict.get(name);
    if (tensor === undefined) continue;
    const { dtype, shape, bytes } = tensor;
    lines.push(`${name} ${dtype} [${shape.join()}] ${await sha256(bytes)}\n`);
  }
  return sha256(new TextEncoder().encode(lines.join('')));
}

/** SHA-256 over name, shape and SHA-256 of the bytes of every trained tensor, by name. */
export async function trainedFingerprint(tensors: TensorMap): Promise<string> {
  const lines: string[] = [];
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    lines.push(`${name} [${shape.join()}] ${await sha256(bytes)}\n`);
  }
  return sha256(new TextEncoder().encode(lines.join('')));
}
