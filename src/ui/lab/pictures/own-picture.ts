/** A person's own image file as pixels for the model. */

import { latePart } from '../../../base/late-part.ts';
import type { Picture } from '../../../world/render.ts';

export interface OwnPicture extends Picture {
  name: string;
  /** Size of the file's own image in pixels, upright. */
  originalWidth: number;
  originalHeight: number;
}

const pictureReader = latePart('What reads pictures', () => import('../../../picture/decode.ts'));

/** Reads a file; one of more than `maxPixels` pixels is scaled down. Throws `part.*` and what `decodePicture` throws. */
export async function readOwnPicture(file: File, maxPixels: number): Promise<OwnPicture> {
  const { decodePicture } = await pictureReader.come();
  return { name: file.name, ...(await decodePicture(file, { name: file.name, maxPixels })) };
}
