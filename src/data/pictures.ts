/** A picture as a record has it: bytes, Base64, a data: address, or the name of a file that was given with it. */

import { bytesOfBase64, bytesOfDataAddress } from '../base/data-address.ts';
import { PlaygroundError } from '../base/errors.ts';
import { isRecord } from '../base/parsed-json.ts';
import type { PictureFiles } from '../storage/picture-files.ts';

/** What a row's picture is: its file, or why there is none, in words that follow "skipped as". */
export type FoundPicture = File | string;

/** How PNG, JPEG, GIF, WebP and BMP begin in Base64. */
const BASE64 = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|Qk[0-3])[\w+/=\s-]{40,}$/;

/** `folder` is that of the file with the records, ending in a slash, or empty. */
export async function pictureOf(
  said: unknown,
  files: PictureFiles,
  folder: string,
): Promise<FoundPicture> {
  if (said instanceof Uint8Array) return fileOf(said.slice());
  if (Array.isArray(said)) {
    if (said.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
      return fileOf(Uint8Array.from(said as number[]));
    return NO_PICTURE;
  }
  // As the `datasets` library writes a picture: bytes with the name of their file, or that name alone.
  if (isRecord(said)) {
    const { bytes, path, url } = said;
    const inner = bytes === null || bytes === undefined || bytes === '' ? (path ?? url) : bytes;
    return isRecord(inner) ? NO_PICTURE : pictureOf(inner, files, folder);
  }
  if (typeof said !== 'string') return NO_PICTURE;
  if (/^data:/i.test(said)) {
    const found = bytesOfDataAddress(said);
    return found === null ? 'a picture whose data: address is no Base64' : fileOf(found.bytes);
  }
  if (BASE64.test(said)) {
    const bytes = bytesOfBase64(said.replace(/\s+/g, ''));
    return bytes === null ? 'a picture whose Base64 is damaged' : fileOf(bytes);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(said))
    return 'a picture at an address of another host, from which nothing is fetched';
  return named(said, files, folder);
}

const NO_PICTURE = 'a picture that is neither bytes nor a name';

async function named(name: string, files: PictureFiles, folder: string): Promise<FoundPicture> {
  if (name.replaceAll('\\', '/').split('/').includes('..'))
    return 'a picture whose path leads out of its folder';
  try {
    const beside =
      folder === '' ? null : await files.findExactly(`${folder}${name.replace(/^(?:\.\/)+/, '')}`);
    return beside ?? (await files.find(name)) ?? 'a picture that is not among the files';
  } catch (error) {
    if (error instanceof PlaygroundError && error.record.code === 'import.archive')
      return 'a picture that is damaged in its archive';
    throw error;
  }
}

/** Pictures that came without a name have none: content tells their kind. */
const fileOf = (bytes: Uint8Array<ArrayBuffer>): File => new File([bytes], 'picture');

export const TOO_LARGE = 'a picture that is too large';

/** Why a picture is not taken, by the code that decoding gives, in words that follow "skipped as". */
const FAULTS: Readonly<Record<string, string>> = {
  'picture.too-large': TOO_LARGE,
  'picture.too-thin': 'a picture of which one side is more than 200 times the other',
  'picture.ambiguous': 'a picture of a kind that programs read differently',
  'picture.other-kind': 'a file that is no picture',
  'picture.unreadable': 'a picture that cannot be read',
};

/** Throws what is not the picture's own fault. */
export function faultOf(error: unknown): string {
  const code = error instanceof PlaygroundError ? error.record.code : '';
  const words = FAULTS[code];
  if (words === undefined) throw error;
  return words;
}
