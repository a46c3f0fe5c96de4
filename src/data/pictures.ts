/** A picture as a record has it: bytes, Base64, a data: address, or the name of a file that was given with it. */

import { bytesOfBase64, bytesOfDataAddress } from '../base/data-address.ts';
import { PlaygroundError } from '../base/errors.ts';
import { isRecord } from '../base/parsed-json.ts';
import type { PictureFiles, PicturePlace } from '../storage/picture-files.ts';

/** A picture's bytes, and what it is called; read when they are asked for where they lie in a file. */
export interface PictureBytes {
  readonly name: string;
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Of one that was given as a file: the same for every row that names it. */
  readonly place?: PicturePlace;
}

/** What a row's picture is, or why there is none, in words that follow "skipped as". */
export type FoundPicture = PictureBytes | string;

/** How PNG, JPEG, GIF, WebP and BMP begin in Base64. */
const BASE64 = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|Qk[0-3])[\w+/=\s-]{40,}$/;

/** `folder` is that of the file with the records, ending in a slash, or empty. */
export function pictureOf(said: unknown, files: PictureFiles, folder: string): FoundPicture {
  if (said instanceof Uint8Array) return unnamed(said.slice());
  if (Array.isArray(said)) {
    if (said.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
      return unnamed(Uint8Array.from(said as number[]));
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
    return found === null ? 'a picture whose data: address is no Base64' : unnamed(found.bytes);
  }
  if (BASE64.test(said)) {
    const bytes = bytesOfBase64(said.replace(/\s+/g, ''));
    return bytes === null ? 'a picture whose Base64 is damaged' : unnamed(bytes);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(said))
    return 'a picture at an address of another host, from which nothing is fetched';
  return named(said, files, folder);
}

const NO_PICTURE = 'a picture that is neither bytes nor a name';

function named(name: string, files: PictureFiles, folder: string): FoundPicture {
  if (name.replaceAll('\\', '/').split('/').includes('..'))
    return 'a picture whose path leads out of its folder';
  const beside =
    folder === '' ? null : files.exactPlaceOf(`${folder}${name.replace(/^(?:\.\/)+/, '')}`);
  const place = beside ?? files.placeOf(name);
  if (place === null) return 'a picture that is not among the files';
  return { name: place.name, bytes: place.bytes, place };
}

/** Pictures that came without a name have none: content tells their kind. */
const unnamed = (bytes: Uint8Array<ArrayBuffer>): PictureBytes => ({
  name: 'picture',
  bytes: async () => bytes,
});

export const TOO_LARGE = 'a picture that is too large';

/** Why a picture is not taken, by the code that reading and decoding give, in words that follow "skipped as". */
const FAULTS: Readonly<Record<string, string>> = {
  'picture.too-large': TOO_LARGE,
  'picture.too-thin': 'a picture of which one side is more than 200 times the other',
  'picture.ambiguous': 'a picture of a kind that programs read differently',
  'picture.other-kind': 'a file that is no picture',
  'picture.unreadable': 'a picture that cannot be read',
  'import.archive': 'a picture that is damaged in its archive',
};

/** Throws what is not the picture's own fault. */
export function faultOf(error: unknown): string {
  const code = error instanceof PlaygroundError ? error.record.code : '';
  const words = FAULTS[code];
  if (words === undefined) throw error;
  return words;
}
