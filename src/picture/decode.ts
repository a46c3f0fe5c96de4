/** A picture file as the pixels that the official image processor sees in it; pages and commands decode here alone. */
import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import { PlaygroundError } from '../base/errors.ts';
import { placeOf } from '../base/file-kinds.ts';
import { fileKind } from '../base/foreign-text.ts';
import { layOverWhite } from '../base/white.ts';
import { type BareFile, bareFile, type PngHead, withRows } from './container.ts';
import { inflateWithin, unpackedWithin } from './inflate.ts';
import { type Pixels, upright } from './orientation.ts';
import { checkAspect, keptSize, MAX_FILE_BYTES, MEGAPIXELS, MOST_MEGAPIXELS } from './size.ts';
import { type StatedSize, statedSize } from './stated-size.ts';

export interface DecodedPicture extends Pixels {
  /** Size in pixels of the file's own picture, upright. */
  readonly originalWidth: number;
  readonly originalHeight: number;
}

export interface DecodeOptions {
  /** What the file is called in messages. */
  readonly name: string;
  /** Pictures of more pixels are scaled down to as many ({@link MEGAPIXELS}). */
  readonly maxPixels?: number;
}

/** A picture's sizes in pixels: as it is kept, and as its file has it, both upright. */
export type PictureSize = Omit<DecodedPicture, 'data'>;

/**
 * Pixels as Pillow has them after `exif_transpose`, opaque: colours as they are in the file (no ICC profile, no gamma),
 * upright, the first frame, what is transparent laid over white. In Chromium they are equal for every kind of file of
 * the fixtures; other browsers' decoders of JPEG, lossy WebP and AVIF may round otherwise.
 *
 * @throws PlaygroundError `picture.other-kind` for a file of another kind, `picture.too-large`, `picture.too-thin`, `picture.ambiguous` for kinds of which programs make
 * different pixels, `picture.no-canvas`, `picture.unreadable`
 */
export async function decodePicture(file: Blob, options: DecodeOptions): Promise<DecodedPicture> {
  const { bare, pixels, original } = await read(file, options, true);
  layOverWhite(pixels.data);
  return { ...upright(pixels, bare.orientation), ...originalSize(bare, original) };
}

/** The sizes of a picture that {@link decodePicture} takes, without its pixels; throws what that throws. */
export async function pictureSize(file: Blob, options: DecodeOptions): Promise<PictureSize> {
  const { bare, pixels, original } = await read(file, options, false);
  const sideways = bare.orientation > 4;
  return {
    width: sideways ? pixels.height : pixels.width,
    height: sideways ? pixels.width : pixels.height,
    ...originalSize(bare, original),
  };
}

type Size = Pick<Pixels, 'width' | 'height'>;

function originalSize({ orientation }: BareFile, { width, height }: Size) {
  const sideways = orientation > 4;
  return {
    originalWidth: sideways ? height : width,
    originalHeight: sideways ? width : height,
  };
}

/** The pixels as they lie in the file; of what nobody wants to see they are empty. */
async function read(
  file: Blob,
  { name, maxPixels = MEGAPIXELS * 1e6 }: DecodeOptions,
  isSeen: boolean,
): Promise<{ bare: BareFile; pixels: Pixels; original: Size }> {
  const detail = { name, type: file.type, bytes: file.size };
  if (file.size > MAX_FILE_BYTES)
    throw (
      (await otherKind(file, name)) ??
      new PlaygroundError({
        code: 'picture.too-large',
        message: `“${name}” has ${Math.round(file.size / 1e6)} MB; the most is ${MAX_FILE_BYTES / 1e6} MB.`,
        fix: 'Save the image smaller and choose it again.',
        where: name,
        detail,
      })
    );
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const stated = statedSize(bytes);
    if (stated !== null && stated.width * stated.height > MOST_MEGAPIXELS * 1e6)
      throw tooManyPixels(name, stated);
    const bare = bareFile(bytes);
    if (bare.png !== null) refuseAmbiguous(name, bare.png);
    if (bare.png !== null && needsOwnDecoder(bare.png, maxPixels)) {
      checkAspect(name, bare.png.width, bare.png.height);
      const png = decode(await unpackedPng(bare.bytes, bare.png));
      // A palette may lack colours that its pixels name, which shows when they are looked up.
      const pixels = isSeen || png.palette !== undefined ? pngPixels(png) : withoutPixels(png);
      return { bare, pixels, original: pixels };
    }
    const isAvif = bare.kind === 'avif';
    const found = await browserPixels(bare.bytes, { name, maxPixels, isSeen: isSeen || isAvif });
    if (isAvif && isSeeThrough(found.pixels)) throw seeThroughAvif(name);
    return { bare, ...found };
  } catch (error) {
    if (error instanceof PlaygroundError) throw error;
    const other = await otherKind(file, name);
    if (other !== null) throw other;
    throw new PlaygroundError(
      {
        code: 'picture.unreadable',
        message: `“${name}” could not be read as an image.`,
        fix: 'Choose a whole PNG, JPEG, WebP, AVIF or GIF file of at most 12,000 pixels a side; browsers decode little beyond that.',
        where: name,
        detail: { ...detail, original: error instanceof Error ? error.message : String(error) },
      },
      { cause: error },
    );
  }
}

const withoutPixels = ({ width, height }: Size): Pixels => ({
  width,
  height,
  data: new Uint8ClampedArray(0),
});

/** A PNG whose decoder finds its rows unpacked, where the browser could do that; else as it was. Throws RangeError for too many bytes. */
async function unpackedPng(bytes: Uint8Array<ArrayBuffer>, png: PngHead): Promise<Uint8Array> {
  const rows = await unpackedWithin(png.packed, mostBytes(png));
  const easy = rows === null ? null : withRows(bytes, rows);
  if (easy === null) inflateWithin(png.packed, mostBytes(png));
  return easy ?? bytes;
}

/** Said before a browser unpacks it, which for a small file of one colour takes gigabytes. */
function tooManyPixels(name: string, { width, height }: StatedSize): PlaygroundError {
  return new PlaygroundError({
    code: 'picture.too-large',
    message: `“${name}” is ${width} × ${height} pixels; the most are ${MOST_MEGAPIXELS} megapixels.`,
    fix: 'Save the image smaller and choose it again.',
    where: name,
    detail: { width, height },
  });
}

/** Names a file that is no picture at all; null for a picture, and for what is not known. */
async function otherKind(file: Blob, name: string): Promise<PlaygroundError | null> {
  const other = await fileKind(file, name);
  const fix = other === null ? null : placeOf(other.kind);
  if (other === null || other.kind === 'picture' || fix === null) return null;
  return new PlaygroundError({
    code: 'picture.other-kind',
    message: `“${name}” is ${other.what}, and no picture.`,
    fix,
    where: name,
    detail: { ...other, bytes: file.size },
  });
}

/** Pillow clips 16-bit grey at 255, which makes nearly all of it white; elsewhere it compares unlike scales. */
function refuseAmbiguous(name: string, { depth, colour, transparent }: PngHead): void {
  const greyOf16 = depth === 16 && colour === 0;
  if (!greyOf16 && !(transparent && depth !== 8 && colour !== 3)) return;
  throw new PlaygroundError({
    code: 'picture.ambiguous',
    message: greyOf16
      ? `“${name}” is grey with 16 bits, which the official image processor clips to white instead of scaling.`
      : `“${name}” names one transparent colour in ${depth} bits, which programs read differently.`,
    fix: 'Save it with 8 bits a channel and choose it again.',
    where: name,
    detail: { depth, colour, transparent },
  });
}

function isSeeThrough({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true;
  return false;
}

/** Measured: up to 19 of 255 between Chromium's decoder and Pillow's. */
function seeThroughAvif(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'picture.ambiguous',
    message: `“${name}” is an AVIF with transparency, whose colours browsers blend otherwise than the official image processor.`,
    fix: 'Save it as PNG or WebP, or without transparency, and choose it again.',
    where: name,
  });
}

/** Canvases keep 8 bits multiplied by alpha: they lose low bits of half transparent colours, and round 16 bits up. */
function needsOwnDecoder(png: PngHead, maxPixels: number): boolean {
  const { width, height, depth, colour, transparent } = png;
  return (
    width * height <= maxPixels && (transparent || depth === 16 || colour === 4 || colour === 6)
  );
}

/** Bytes that the rows of a PNG can take, each with its filter, and those of an interlaced one once more. */
function mostBytes({ width, height, depth, colour }: PngHead): number {
  const channels = [1, 1, 3, 1, 2, 1, 4][colour] ?? 4;
  return 2 * height * (1 + Math.ceil((width * channels * depth) / 8));
}

function pngPixels(png: DecodedPng): Pixels {
  const { width, height } = png;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  const samples = png.palette === undefined ? png.data : convertIndexedToRgb(png);
  const channels = png.palette === undefined ? png.channels : png.palette[0].length;
  // Of 16 bits Pillow keeps the high ones.
  const shift = samples.BYTES_PER_ELEMENT === 2 ? 8 : 0;
  const grey = channels < 3;
  const key = png.palette === undefined ? png.transparency : undefined;
  for (let from = 0, to = 0; to < data.length; from += channels, to += 4) {
    for (let channel = 0; channel < 3; channel++)
      data[to + channel] = samples[grey ? from : from + channel] >> shift;
    if (channels === 2 || channels === 4) data[to + 3] = samples[from + channels - 1] >> shift;
    if (key?.every((value, i) => value === samples[from + i])) data[to + 3] = 0;
  }
  return { width, height, data };
}

async function browserPixels(
  bytes: Uint8Array<ArrayBuffer>,
  { name, maxPixels, isSeen }: { name: string; maxPixels: number; isSeen: boolean },
): Promise<{ pixels: Pixels; original: Size }> {
  const bitmap = await createImageBitmap(new Blob([bytes]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  try {
    const original = { width: bitmap.width, height: bitmap.height };
    checkAspect(name, original.width, original.height);
    const size = keptSize(original.width, original.height, maxPixels);
    if (!isSeen) return { original, pixels: withoutPixels(size) };
    const { width, height } = size;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null)
      throw new PlaygroundError({
        code: 'picture.no-canvas',
        message: `The browser gave no canvas of ${width} × ${height} pixels to draw the image on.`,
        fix: 'Give a smaller picture, or keep fewer megapixels of it.',
        where: name,
      });
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { original, pixels: { width, height, data: new Uint8ClampedArray(data) } };
  } finally {
    bitmap.close();
  }
}
