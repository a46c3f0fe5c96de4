/** Nothing that happens to a picture's file hangs the page or ends without a word; of a PNG, every change of a pixel is told. */

import { expect, test } from 'vitest';
import { byteMutants, difference, expectNoneSilent } from '../base/fixtures/mutants.ts';
import { type DecodedPicture, decodePicture } from './decode.ts';
import pictures from './fixtures/pictures.json';

const bytesOf = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const read = (bytes: Uint8Array): Promise<DecodedPicture> =>
  decodePicture(new Blob([bytes.slice()]), { name: 'mutant' });

/** One of each kind. */
const KINDS = ['PNG', 'JPEG', 'WebP', 'GIF', 'AVIF'].flatMap((kind) => {
  const row = pictures.find(({ name, refused }) => name.startsWith(kind) && !refused);
  return row === undefined ? [] : [{ kind, bytes: bytesOf(row.file) }];
});

/** What a picture is at all: as many pixels as it says, every one opaque. */
function faultOf({ width, height, data }: DecodedPicture): string | null {
  if (data.length !== 4 * width * height) return `${width} × ${height} with ${data.length} bytes`;
  return data.every((value, i) => i % 4 !== 3 || value === 255) ? null : 'it is seen through';
}

test.each(KINDS)('$kind', async ({ kind, bytes }) => {
  const original = await read(bytes);
  const tally = await expectNoneSilent(
    byteMutants(bytes, 60, kind.length + bytes.length),
    read,
    // JPEG, WebP, GIF and AVIF carry no checksums: what other programs see in them is what is seen here.
    (found) => faultOf(found) ?? (kind === 'PNG' ? difference(found, original) : null),
  );
  expect(tally.refused + tally.accepted).toBe(60);
});

test('there is one of each kind', () => expect(KINDS.length).toBeGreaterThanOrEqual(4));
