/** SHA-256 by the browser itself. */

/** The SHA-256 of some bytes, 64 hexadecimal digits; null on pages without encryption, which have no WebCrypto. */
export async function webSha256(bytes: Uint8Array): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) return null;
  const plain = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
  const hash = await crypto.subtle.digest('SHA-256', plain as Uint8Array<ArrayBuffer>);
  return toHex(new Uint8Array(hash));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
