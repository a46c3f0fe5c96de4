/** Addresses that hold their own bytes; the site's policy lets nobody fetch one. */

/** What a data: address in base64 holds, and its type as it says; null where it is none. */
export function bytesOfDataAddress(
  address: string,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string } | null {
  const comma = address.indexOf(',');
  const head = /^data:([\w/+.-]*)[^,]{0,200};base64$/.exec(address.slice(0, Math.max(0, comma)));
  if (head === null) return null;
  const bytes = bytesOfBase64(address.slice(comma + 1));
  return bytes === null ? null : { bytes, type: head[1] };
}

/** What a text in base64 holds; null where it is none. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const letters = atob(text);
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
