/** Addresses that hold their own bytes; the site's policy lets nobody fetch one. */

/** What a data: address in base64 holds, and its type as it says; null where it is none. */
export function bytesOfDataAddress(
  address: string,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string } | null {
  const comma = address.indexOf(',');
  const head = /^data:([\w/+.-]*)[^,]{0,200};base64$/.exec(address.slice(0, Math.max(0, comma)));
  if (head === null) return null;
  try {
    const letters = atob(address.slice(comma + 1));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    return { bytes, type: head[1] };
  } catch {
    return null;
  }
}
