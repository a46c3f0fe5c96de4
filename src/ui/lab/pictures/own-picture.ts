/** A person's own image file as pixels for the model. */

import { part } from '../../../base/part.ts';
import type { Picture } from '../../../world/render.ts';

export interface OwnPicture extends Picture {
  name: string;
  /** Size of the file's own image in pixels, upright. */
  originalWidth: number;
  originalHeight: number;
}

/** What reads picture files, which most visits never need. Throws why it did not come. */
export const pictureReader = () =>
  part('What reads pictures', () => import('../../../picture/decode.ts'));

/** Reads a file; one of more than `maxPixels` pixels is scaled down. Throws what `pictureReader` and `decodePicture` throw. */
export async function readOwnPicture(file: File, maxPixels: number): Promise<OwnPicture> {
  const { decodePicture } = await pictureReader();
  return { name: file.name, ...(await decodePicture(file, { name: file.name, maxPixels })) };
}
