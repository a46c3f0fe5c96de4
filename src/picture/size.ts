/** How large a picture may be, for pages and commands alike. */
import { PlaygroundError } from '../base/errors.ts';

/**
 * Millions of pixels up to which a picture is kept as it is, unless asked otherwise. The model's own image processor
 * decides what the model sees of them; a picture scaled down before is no longer the one that it would see.
 */
export const MEGAPIXELS = 16;
/** What can be asked for instead: from one visual token's worth to what a canvas holds. */
export const LEAST_MEGAPIXELS = 0.001;
export const MOST_MEGAPIXELS = 144;
/** The image processor takes no picture whose long edge is more times its short one. */
const MAX_ASPECT = 200;
/** Files above this are refused unread, in bytes. */
export const MAX_FILE_BYTES = 64_000_000;

/** The size in pixels that a picture is kept at: unchanged up to `maxPixels`, else scaled in proportion. */
export function keptSize(
  width: number,
  height: number,
  maxPixels: number,
): { width: number; height: number } {
  const scale = Math.min(1, Math.sqrt(maxPixels / (width * height)));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
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
