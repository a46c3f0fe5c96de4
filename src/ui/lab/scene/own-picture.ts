/** A person's own image file as pixels for the model; large ones are scaled down, and that is said. */

import { PlaygroundError } from '../../../base/errors.ts';
import type { Picture } from '../../../world/render.ts';

/** Longest edge kept, in pixels; the model itself sees far fewer. */
export const MAX_EDGE = 1024;
/** Files above this are refused unread, in bytes. */
export const MAX_FILE_BYTES = 64_000_000;

export interface OwnPicture extends Picture {
  name: string;
  /** Size of the file's own image in pixels. */
  originalWidth: number;
  originalHeight: number;
}

/** The size an image is kept at: unchanged up to {@link MAX_EDGE}, else scaled to it, at least 1 pixel. */
export function keptSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, MAX_EDGE / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * Decodes an image file; transparent parts become white.
 *
 * @throws PlaygroundError `picture.too-large` or `picture.unreadable`
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
        fix: 'Choose a PNG, JPEG, WebP, AVIF or GIF file that opens elsewhere in your browser.',
        where: file.name,
        detail: { ...detail, original: error instanceof Error ? error.message : String(error) },
      },
      { cause: error },
    );
  }
  try {
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
