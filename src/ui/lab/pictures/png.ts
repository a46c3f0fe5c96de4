/** A person's own picture as a PNG in text, for a trace, and back. */

import { MAX_PNG_CHARS, PNG_HEAD } from '../../../base/png-text.ts';
import type { TracePicture } from '../../../contract/trace/trace.ts';
import { pngText } from '../../shared/png.ts';
import type { OwnPicture } from './own-picture.ts';

/** Null where the picture is too large for a trace, or the browser has no canvas for it. */
export async function pngOf(own: OwnPicture): Promise<TracePicture | null> {
  const data = await pngText(own).catch(() => null);
  return data === null || data.length > MAX_PNG_CHARS
    ? null
    : { kind: 'png', name: own.name, data };
}

/** The file that a trace holds. The page's policy forbids to fetch it, so its letters are read one by one. */
export function fileOf({ name, data }: Extract<TracePicture, { kind: 'png' }>): File {
  const bytes = Uint8Array.from(atob(data.slice(PNG_HEAD.length)), (char) => char.charCodeAt(0));
  return new File([bytes], name, { type: 'image/png' });
}
