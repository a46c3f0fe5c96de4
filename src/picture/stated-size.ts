/** The size in pixels that a picture file states at its beginning, read before a browser unpacks what may be far too much. */

import { latin1 } from './orientation.ts';

export interface StatedSize {
  readonly width: number;
  readonly height: number;
}

/** Null for kinds whose size stands elsewhere (AVIF), and for what is damaged: decoding says of those what they are. */
export function statedSize(bytes: Uint8Array): StatedSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (latin1(bytes, 1, 3) === 'PNG')
      return { width: view.getUint32(16), height: view.getUint32(20) };
    if (latin1(bytes, 0, 4) === 'GIF8')
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (latin1(bytes, 0, 2) === 'BM')
      return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
    if (latin1(bytes, 0, 4) === 'RIFF' && latin1(bytes, 8, 4) === 'WEBP') return webp(bytes, view);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(bytes, view);
  } catch {
    // Cut off before its size.
  }
  return null;
}

/** VP8 and VP8L in their own heads, VP8X in its canvas (WebP container specification). */
function webp(bytes: Uint8Array, view: DataView): StatedSize | null {
  const kind = latin1(bytes, 12, 4);
  if (kind === 'VP8X') {
    const of = (at: number) => 1 + (view.getUint32(at, true) & 0xffffff);
    return { width: of(24), height: of(27) };
  }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (kind !== 'VP8 ') return null;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** The first frame header (SOF) of a JPEG. */
function jpeg(bytes: Uint8Array, view: DataView): StatedSize | null {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
