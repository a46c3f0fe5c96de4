/** Files of every kind, with the pixels that Pillow and the official processor's `convert_to_rgb` make of them. */
import { unzlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { decodePicture, pictureSize } from './decode.ts';
import pictures from './fixtures/pictures.json';

const bytesOf = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const fileOf = ({ file }: { file: string }) => new Blob([bytesOf(file)]);

/** RGB bytes, and whether every pixel is opaque. */
function opaque(data: Uint8ClampedArray) {
  const rgb = new Uint8Array((data.length / 4) * 3);
  let whole = true;
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let channel = 0; channel < 3; channel++) rgb[to++] = data[from + channel];
    whole &&= data[from + 3] === 255;
  }
  return { rgb, whole };
}

const largest = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe('a picture file', () => {
  it.each(pictures.filter(({ refused }) => !refused))(
    'has the pixels of the official processor: $name',
    async (row) => {
      const own = await decodePicture(fileOf(row), { name: row.name });
      expect([own.width, own.height]).toEqual([row.width, row.height]);
      expect([own.originalWidth, own.originalHeight]).toEqual([row.width, row.height]);
      const { data, ...size } = own;
      expect(await pictureSize(fileOf(row), { name: row.name })).toEqual(size);
      const { rgb, whole } = opaque(data);
      expect(whole).toBe(true);
      expect(largest(rgb, unzlibSync(bytesOf(row.rgb ?? '')))).toBe(0);
    },
  );

  it.each(pictures.filter(({ refused }) => refused))(
    'of which browsers make other pixels is refused with the reason: $name',
    async (row) => {
      const error = await decodePicture(fileOf(row), { name: row.name }).catch((e) => e);
      expect(error).toBeInstanceOf(PlaygroundError);
      expect(error.record).toMatchObject({ code: 'picture.ambiguous', where: row.name });
      expect(error.record.fix).toMatch(/^Save it/);
      const looked = await pictureSize(fileOf(row), { name: row.name }).catch((e) => e);
      expect(looked.record).toEqual(error.record);
    },
  );

  it('of more pixels than are kept is scaled down upright, and keeps its own size beside', async () => {
    const row = pictures.find(({ name }) => name === 'JPEG, orientation 6');
    const small = await decodePicture(fileOf(row ?? { file: '' }), { name: '', maxPixels: 100 });
    const { data: _, ...size } = small;
    expect(size).toEqual({ originalWidth: 14, originalHeight: 21, width: 8, height: 12 });
    expect(await pictureSize(fileOf(row ?? { file: '' }), { name: '', maxPixels: 100 })).toEqual(
      size,
    );
  });
});
