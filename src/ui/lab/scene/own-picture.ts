/** A person's own image file as pixels for the model; large ones are scaled down, and that is said. */

import { PlaygroundError } from '../../../base/errors.ts';
import type { Picture } from '../../../world/render.ts';

/** Longest edge kept, in pixels, unless {@link MIN_SHORT_EDGE} asks for more; the model itself sees far fewer. */
export const MAX_EDGE = 1024;
/** A short edge is not scaled below this many pixels, one visual token, so that rounding keeps the ratio. */
const MIN_SHORT_EDGE = 28;
/** The image processor takes no picture whose long edge is more times its short one. */
const MAX_ASPECT = 200;
/** Files above this are refused unread, in bytes. */
export const MAX_FILE_BYTES = 64_000_000;

export interface OwnPicture extends Picture {
  name: string;
  /** Size of the file's own image in pixels. */
  originalWidth: number;
  originalHeight: number;
}

/** The size in pixels that an image is kept at: unchanged up to {@link MAX_EDGE}, else scaled in proportion. */
export function keptSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(
    1,
    Math.max(MAX_EDGE / Math.max(width, height), MIN_SHORT_EDGE / Math.min(width, height)),
  );
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Throws PlaygroundError `picture.too-thin` for a size in pixels that the image processor would refuse. */
export function checkAspect(name: string, width: number, height: number): void {
  if (Math.max(width, height) <= MAX_ASPECT * Math.min(width, height)) return;
  throw new PlaygroundError({
    code: 'picture.too-thin',
    message: `“${name}” is ${width} × ${height} pixels: one side is more than ${MAX_ASPECT} times the other.`,
    fix: 'Crop it to a less extreme shape and choose it again; the model takes none beyond that.',
    where: name,
    detail: { width, height },
  });
}

/**
 * Decodes an image file; transparent parts become white.
 *
 * @throws PlaygroundError `picture.too-large`, `picture.too-thin` or `picture.unreadable`
 */
export async function readOwnPicture(file: File): Promise<OwnPicture> {
  const detail = { name: file.name, type: file.type, bytes: file.size };
  if (file.size > MAX_FILE_BYTES)
    throw new PlaygroundError({
      code: 'picture.too-large',
      message: `“${file.name}” has ${Math.round(file.size / 1e6)} MB; the most is ${MAX_FILE_BYTES / 1e6} MB.`,
      fix: 'Save the image smaller and choose it again.',
      where: file.name,
      detail,
    });
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw new PlaygroundError(
      {
        code: 'picture.unreadable',
        message: `“${file.name}” could not be read as an image.`,
        fix: 'Choose a whole PNG, JPEG, WebP, AVIF or GIF file of at most 12,000 pixels a side; browsers decode little beyond that.',
        where: file.name,
        detail: { ...detail, original: error instanceof Error ? error.message : String(error) },
      },
      { cause: error },
    );
  }
  try {
    checkAspect(file.name, bitmap.width, bitmap.height);
    const { width, height } = keptSize(bitmap.width, bitmap.height);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null)
      throw new PlaygroundError({
        code: 'picture.no-canvas',
        message: 'The browser gave no canvas to draw the image on.',
        fix: 'Close other tabs that use much graphics memory and try again.',
        where: file.name,
        detail,
      });
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return {
      name: file.name,
      width,
      height,
      data: new Uint8ClampedArray(data),
      originalWidth: bitmap.width,
      originalHeight: bitmap.height,
    };
  } finally {
    bitmap.close();
  }
}
