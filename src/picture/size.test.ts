import { describe, expect, it } from 'vitest';
import { checkAspect, keptSize, MEGAPIXELS } from './size.ts';

describe('the size a picture is kept at', () => {
  it.each([
    [112, 112],
    [1920, 1080],
    [4032, 3024],
    [16_000, 1000],
  ])('is its own for %i × %i pixels', (width, height) => {
    expect(keptSize(width, height, MEGAPIXELS * 1e6)).toEqual({ width, height });
  });

  it.each([
    [12_000, 12_000, 4000, 4000],
    [20_000, 1000, 17_889, 894],
    [8192, 6144, 4619, 3464],
  ])('of %i × %i pixels is scaled down in proportion', (width, height, toWidth, toHeight) => {
    const kept = keptSize(width, height, MEGAPIXELS * 1e6);
    expect(kept).toEqual({ width: toWidth, height: toHeight });
  });

  it('is that of a trace that was made under another limit', () => {
    expect(keptSize(4032, 3024, 1024 * 768)).toEqual({ width: 1024, height: 768 });
  });
});

describe('a picture too thin for the image processor', () => {
  it('is refused by its own size, and one at the limit is not', () => {
    expect(() => checkAspect('line.png', 2010, 10)).toThrow(/line\.png.* 2010 × 10/);
    expect(() => checkAspect('line.png', 10, 2000)).not.toThrow();
  });
});
