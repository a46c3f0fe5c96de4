/** A row as the Lab opens it, with the picture that is its own or that a person gave. */

import type { OpenedRow } from '../../contract/rollouts/rollouts.ts';
import type { MethodConfig } from '../../method/types.ts';
import { PictureFiles } from '../../storage/picture-files.ts';
import { WORLD_EDGE } from '../../world/render.ts';
import { renderItem } from '../../world/seeing.ts';
import { worldItem } from '../../world/split.ts';
import type { CompletionOffer } from '../shared/offers.ts';

/** What the Lab is offered; null for a row that cannot be read. */
export function offerOf(
  opened: OpenedRow,
  more: { picture: File | null; file: string; method: MethodConfig; token?: number },
): CompletionOffer | null {
  const { text, question, prompt, reference, image, line, parsed, plan, ids, texts } = opened;
  if (parsed === null || plan === null) return null;
  const { picture, file, method, token } = more;
  return {
    text,
    question: question ?? prompt ?? '',
    answer: reference ?? '',
    picture,
    pictureName: image?.kind === 'named' ? image.name : `line ${line} of ${file}`,
    method,
    planned: { ids, texts, parsed, plan },
    ...(token === undefined ? {} : { token }),
  };
}

/** The picture of a row: in its file, drawn of its scene, or among those that were given. Null where it is elsewhere. */
export async function pictureOfRow(
  { image }: OpenedRow,
  given: readonly File[],
): Promise<File | null> {
  if (image === null) return null;
  if (image.kind === 'file') return image.file;
  if (image.kind === 'scene') return drawnScene(image);
  return given.length === 0 ? null : (await PictureFiles.from(given)).find(image.name);
}

async function drawnScene({
  scene,
  name,
}: Extract<OpenedRow['image'], { readonly kind: 'scene' }>): Promise<File | null> {
  const { split, index, ...options } = scene;
  const { width, height, data } = renderItem(worldItem(split, index, options), WORLD_EDGE);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new File([blob], `${name}.png`, { type: 'image/png' });
}
