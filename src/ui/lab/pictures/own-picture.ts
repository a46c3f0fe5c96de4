/** A person's own image file as pixels for the model. */

import { decodePicture } from '../../../picture/decode.ts';
import type { Picture } from '../../../world/render.ts';

export interface OwnPicture extends Picture {
  name: string;
  /** Size of the file's own image in pixels, upright. */
  originalWidth: number;
  originalHeight: number;
}

/** Reads a file; one of more than `maxPixels` pixels is scaled down. Throws what `decodePicture` throws. */
export async function readOwnPicture(file: File, maxPixels: number): Promise<OwnPicture> {
  return { name: file.name, ...(await decodePicture(file, { name: file.name, maxPixels })) };
}
