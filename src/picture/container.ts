/**
 * Takes a picture file apart: what is not pixels (colour profiles, gamma, orientation) goes before a browser decodes
 * the file, since browsers turn pictures and convert their colours and the model's image processor converts none.
 */
import { zlibSync } from 'fflate';
import { inflateWithin, joined } from './inflate.ts';
import {
  exifOrientation,
  latin1,
  type Orientation,
  orientationOf,
  xmpOrientation,
} from './orientation.ts';

export interface BareFile {
  /** The same pixels without profile, gamma and orientation. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly orientation: Orientation;
  readonly kind: 'png' | 'jpeg' | 'webp' | 'avif' | 'other';
  /** What a PNG's head says; null for other files. */
  readonly png: PngHead | null;
}

export interface PngHead {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colours, 3 palette, 4 grey with alpha, 6 colours with alpha. */
  readonly colour: number;
  /** Whether a chunk makes some colours transparent. */
  readonly transparent: boolean;
  /** The packed pixels, chunk by chunk. */
  readonly packed: readonly Uint8Array<ArrayBuffer>[];
}

/** What metadata say of the orientation so far. */
interface Said {
  exif: number | null;
  xmp: number | null;
}

const PNG_HEAD = '\x89PNG\r\n\x1a\n';
const XMP_KEYWORD = 'XML:com.adobe.xmp';
const RAW_EXIF_KEYWORD = 'Raw profile type exif';
const JPEG_XMP_HEAD = 'http://ns.adobe.com/xap/1.0/\0';
/** Chunks of a PNG that change its colours, turn it, or are text that may be packed. */
const NO_PIXELS = new Set([
  ...['gAMA', 'cHRM', 'iCCP', 'sRGB', 'cICP', 'mDCV', 'cLLI'],
  ...['eXIf', 'tEXt', 'zTXt', 'iTXt'],
]);
/** Bytes of text that are read for an orientation. */
const MOST_TEXT = 4_000_000;
const WEBP_METADATA = new Set(['ICCP', 'EXIF', 'XMP ']);
/** Flags of WebP's extended head for the chunks above. */
const WEBP_FLAGS = 0x20 | 0x08 | 0x04;

/** Never throws: a file that is damaged or of another kind is handed on as it is. */
export function bareFile(bytes: Uint8Array<ArrayBuffer>): BareFile {
  if (latin1(bytes, 0, 8) === PNG_HEAD) return barePng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return bareJpeg(bytes);
  if (latin1(bytes, 0, 4) === 'RIFF' && latin1(bytes, 8, 4) === 'WEBP') return bareWebp(bytes);
  const isAvif = latin1(bytes, 4, 4) === 'ftyp' && /^avi[fs]$/.test(latin1(bytes, 8, 4));
  return { bytes, orientation: 1, kind: isAvif ? 'avif' : 'other', png: null };
}

function barePng(bytes: Uint8Array<ArrayBuffer>): BareFile {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const said: Said = { exif: null, xmp: null };
  const packed: Uint8Array<ArrayBuffer>[] = [];
  let transparent = false;
  let at = 8;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    const name = latin1(bytes, at + 4, 4);
    const data = bytes.subarray(at + 8, end - 4);
    if (name === 'eXIf') said.exif ??= exifOrientation(data);
    if (name === 'tEXt' || name === 'zTXt' || name === 'iTXt') readText(name, data, said);
    if (name === 'tRNS') transparent = true;
    if (name === 'IDAT') packed.push(data);
    if (!NO_PIXELS.has(name)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  const png =
    bytes.length < 26
      ? null
      : {
          width: view.getUint32(16),
          height: view.getUint32(20),
          depth: bytes[24],
          colour: bytes[25],
          transparent,
          packed,
        };
  const orientation = orientationOf(said.exif, said.xmp);
  return { bytes: joined(kept), orientation, kind: 'png', png };
}

/**
 * The same PNG with its packed pixels unpacked already, so that its decoder need not; null for an animated one. Checksums
 * of chunks are left out: no decoder of ours reads them.
 */
export function withRows(bytes: Uint8Array, rows: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  let at = 8;
  let isThere = false;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    const name = latin1(bytes, at + 4, 4);
    if (name === 'fdAT') return null;
    if (name !== 'IDAT') kept.push(bytes.subarray(at, end));
    else if (!isThere) {
      isThere = true;
      const stored = zlibSync(rows, { level: 0 });
      const head = Uint8Array.from([0, 0, 0, 0, ...bytes.subarray(at + 4, at + 8)]);
      viewOf(head).setUint32(0, stored.length);
      kept.push(head, stored, new Uint8Array(4));
    }
    at = end;
  }
  kept.push(bytes.subarray(at));
  return joined(kept);
}

/** XMP and the EXIF block that ImageMagick writes as hexadecimal text. */
function readText(name: string, data: Uint8Array, said: Said): void {
  const keyword = latin1(data, 0, Math.min(80, data.indexOf(0)));
  if (keyword !== XMP_KEYWORD && keyword !== RAW_EXIF_KEYWORD) return;
  let start = keyword.length + 1;
  let isPacked = name === 'zTXt';
  if (name === 'zTXt') start += 1;
  if (name === 'iTXt') {
    isPacked = data[start] === 1;
    start = data.indexOf(0, data.indexOf(0, start + 2) + 1) + 1;
  }
  const rest = data.subarray(start);
  let text = '';
  const decoder = new TextDecoder();
  try {
    if (isPacked)
      inflateWithin([rest], MOST_TEXT, (piece) => {
        text += decoder.decode(piece, { stream: true });
      });
    else text = decoder.decode(rest);
  } catch {
    // Damaged text says nothing; the pixels may still be whole.
    return;
  }
  if (keyword === XMP_KEYWORD) said.xmp ??= xmpOrientation(text);
  else {
    const digits = text.split('\n').slice(3).join('').match(/../g) ?? [];
    said.exif ??= exifOrientation(Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16)));
  }
}

function bareJpeg(bytes: Uint8Array<ArrayBuffer>): BareFile {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  const said: Said = { exif: null, xmp: null };
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    // Fill bytes may stand before a marker; from the scan on there are pixels.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) break;
    const data = bytes.subarray(at + 4, end);
    const isExif = marker === 0xe1 && latin1(data, 0, 6) === 'Exif\0\0';
    const isXmp = marker === 0xe1 && latin1(data, 0, JPEG_XMP_HEAD.length) === JPEG_XMP_HEAD;
    const isProfile = marker === 0xe2 && latin1(data, 0, 12) === 'ICC_PROFILE\0';
    if (isExif) said.exif ??= exifOrientation(data);
    if (isXmp)
      said.xmp ??= xmpOrientation(new TextDecoder().decode(data.subarray(JPEG_XMP_HEAD.length)));
    if (!isExif && !isXmp && !isProfile) kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  const orientation = orientationOf(said.exif, said.xmp);
  return { bytes: joined(kept), orientation, kind: 'jpeg', png: null };
}

function bareWebp(bytes: Uint8Array<ArrayBuffer>): BareFile {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.slice(0, 12)];
  const said: Said = { exif: null, xmp: null };
  let at = 12;
  while (at + 8 <= bytes.length) {
    const name = latin1(bytes, at, 4);
    const size = view.getUint32(at + 4, true);
    // Chunks are padded to even sizes; the last one's padding may be missing.
    const end = Math.min(at + 8 + size + (size % 2), bytes.length);
    const data = bytes.subarray(at + 8, Math.min(at + 8 + size, end));
    if (name === 'EXIF') said.exif ??= exifOrientation(data);
    if (name === 'XMP ') said.xmp ??= xmpOrientation(new TextDecoder().decode(data));
    if (name === 'VP8X') {
      const head = bytes.slice(at, end);
      head[8] &= ~WEBP_FLAGS;
      kept.push(head);
    } else if (!WEBP_METADATA.has(name)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  const bare = joined(kept);
  viewOf(bare).setUint32(4, bare.length - 8, true);
  const orientation = orientationOf(said.exif, said.xmp);
  return { bytes: bare, orientation, kind: 'webp', png: null };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
