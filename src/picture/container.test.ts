import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareFile } from './container.ts';
import { latin1 } from './orientation.ts';

interface Row {
  name: string;
  file: string;
}

const rows: Row[] = JSON.parse(
  readFileSync(new URL('./fixtures/pictures.json', import.meta.url), 'utf8'),
);
const bytesOf = ({ file }: Row) => new Uint8Array(Buffer.from(file, 'base64'));
const named = (pattern: RegExp) => rows.filter(({ name }) => pattern.test(name));

describe('a picture file without what is not pixels', () => {
  it.each(named(/^(PNG|JPEG|WebP), .*orientation \d/))('says how it lies: $name', (row) => {
    const { orientation, bytes } = bareFile(bytesOf(row));
    expect(orientation).toBe(Number(/orientation (\d)/.exec(row.name)?.[1]));
    expect(bareFile(bytes)).toMatchObject({ orientation: 1, bytes });
  });

  it('lies as EXIF says where XMP says otherwise, and as XMP says where EXIF says nothing', () => {
    const orientation = (name: string) =>
      bareFile(bytesOf(named(new RegExp(`^${name}$`))[0])).orientation;
    expect(orientation('JPEG, XMP and EXIF orientation')).toBe(3);
    expect(orientation('JPEG, XMP orientation')).toBe(8);
    expect(orientation('PNG, XMP orientation')).toBe(6);
    expect(orientation('WebP, XMP orientation')).toBe(5);
  });

  it('holds no profile and no gamma, and its parts fit together', () => {
    for (const row of named(/P3|Adobe|gAMA|cICP/)) {
      const { bytes, kind } = bareFile(bytesOf(row));
      const text = latin1(bytes, 0, bytes.length);
      if (kind === 'png') expect(text, row.name).not.toMatch(/iCCP|gAMA|cHRM|cICP|eXIf/);
      if (kind === 'jpeg') expect(text, row.name).not.toContain('ICC_PROFILE');
      if (kind !== 'webp') continue;
      expect(text, row.name).not.toContain('ICCP');
      expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(bytes.length - 8);
    }
  });

  it('is the file itself where nothing is to be taken out', () => {
    for (const row of named(/^(PNG, rgb|JPEG, 4:2:0|WebP, lossy|GIF|BMP|AVIF, 4:2:0)$/))
      expect(bareFile(bytesOf(row)).bytes, row.name).toEqual(bytesOf(row));
  });

  it('is found without an error in whatever remains of a damaged file', () => {
    const damaged = fc.record({
      row: fc.constantFrom(...rows),
      length: fc.double({ min: 0, max: 1, noNaN: true }),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(damaged, ({ row, length, at, byte }) => {
        const bytes = bytesOf(row);
        bytes[Math.floor(at * bytes.length)] = byte;
        const cut = bytes.slice(0, Math.ceil(length * bytes.length));
        expect(bareFile(cut).bytes.length).toBeLessThanOrEqual(cut.length);
      }),
      { numRuns: 2000 },
    );
  });
});
