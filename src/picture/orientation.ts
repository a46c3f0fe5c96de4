/** Which way up a picture is stored, as EXIF and XMP say it, and the picture turned upright as Pillow's `exif_transpose` does. */

/** 1 to 8, as EXIF's tag 0x0112 counts them; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA bytes, row by row. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

const TAG = 0x0112;
const EXIF_HEAD = 'Exif\0\0';
/** Bytes of a value by its type; a number alone can be an orientation. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };

/** The orientation in an EXIF block; null where it names none, or is no EXIF block. */
export function exifOrientation(block: Uint8Array): number | null {
  let start = 0;
  while (latin1(block, start, EXIF_HEAD.length) === EXIF_HEAD) start += EXIF_HEAD.length;
  const view = new DataView(block.buffer, block.byteOffset + start, block.byteLength - start);
  try {
    const order = view.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return null;
    const little = order === 0x4949;
    const directory = view.getUint32(4, little);
    const entries = view.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const at = directory + 2 + 12 * i;
      if (view.getUint16(at, little) !== TAG) continue;
      const size = SIZES[view.getUint16(at + 2, little)];
      if (size === 1) return view.getUint8(at + 8);
      if (size === 2) return view.getUint16(at + 8, little);
      return size === 4 ? view.getUint32(at + 8, little) : null;
    }
    return null;
  } catch (error) {
    // A block that is cut off says nothing.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The orientation in an XMP packet; null where it names none. */
export function xmpOrientation(packet: string): number | null {
  const [, digit] = /tiff:Orientation(?:="|>)([0-9])/.exec(packet) ?? [];
  return digit === undefined ? null : Number(digit);
}

/** EXIF's word counts, then XMP's; what is no orientation is upright. */
export function orientationOf(exif: number | null, xmp: number | null): Orientation {
  const value = exif ?? xmp ?? 1;
  return isOrientation(value) ? value : 1;
}

function isOrientation(value: number): value is Orientation {
  return Number.isInteger(value) && value >= 1 && value <= 8;
}

/** The picture turned and mirrored so that it is upright. */
export function upright(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels;
  const { width, height, data } = pixels;
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  const sideways = orientation > 4;
  const [columns, rows] = sideways ? [height, width] : [width, height];
  const mirrored = [2, 3, 7, 8].includes(orientation);
  const flipped = [3, 4, 6, 7].includes(orientation);
  for (let y = 0, at = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, at++) {
      const [column, row] = sideways ? [y, x] : [x, y];
      to[at] =
        from[(flipped ? height - 1 - row : row) * width + (mirrored ? width - 1 - column : column)];
    }
  return { width: columns, height: rows, data: new Uint8ClampedArray(to.buffer) };
}

/** `length` bytes as characters of Latin-1. */
export function latin1(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
