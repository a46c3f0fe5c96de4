import { describe, expect, it } from 'vitest';
import { checkAspect, keptSize, MAX_EDGE } from './own-picture.ts';

describe('the size an own picture is kept at', () => {
  it('leaves a picture within the cap as it is', () => {
    expect(keptSize(112, 112)).toEqual({ width: 112, height: 112 });
    expect(keptSize(MAX_EDGE, 3)).toEqual({ width: MAX_EDGE, height: 3 });
  });

  it('scales a huge picture to the cap and keeps its proportions', () => {
    expect(keptSize(12_000, 6000)).toEqual({ width: MAX_EDGE, height: MAX_EDGE / 2 });
  });

  it.each([
    [1990, 10, 1990, 10],
    [10, 1990, 10, 1990],
    [20_000, 100, 5600, 28],
  ])('keeps the proportions of a thin picture of %i × %i', (w, h, width, height) => {
    expect(keptSize(w, h)).toEqual({ width, height });
  });
});

describe('a picture too thin for the image processor', () => {
  it('is refused by its own size, and one at the limit is not', () => {
    expect(() => checkAspect('line.png', 2010, 10)).toThrow(/line\.png.* 2010 × 10/);
    expect(() => checkAspect('line.png', 10, 2000)).not.toThrow();
  });
});
