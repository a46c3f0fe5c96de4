import { describe, expect, it } from 'vitest';
import { readFixture } from '../fixtures/support.ts';
import { parsePreprocessorConfig, roundHalfEven, smartResize } from './image-size.ts';

interface Row {
  size: [number, number];
  limits: [number, number];
  resized: [number, number] | null;
}

describe('the size an image is brought to', () => {
  it.each(readFixture<Row>('image-sizes.json'))(
    'is the official one for $size within $limits',
    ({ size: [width, height], limits: [minPixels, maxPixels], resized }) => {
      const resize = () => smartResize({ width, height }, 28, { minPixels, maxPixels });
      if (resized === null) expect(resize).toThrow('200 is the most');
      else expect(resize()).toEqual({ width: resized[0], height: resized[1] });
    },
  );

  it('rounds a half to the even neighbour, as Python does', () => {
    expect([0.5, 1.5, 2.5, 3.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([0, 2, 2, 4, 2, 3]);
  });

  it('is refused for an image without pixels', () => {
    const resize = () => smartResize({ width: 0, height: 5 }, 28, { minPixels: 1, maxPixels: 1e6 });
    expect(resize).toThrow('no pixels');
  });
});

describe('preprocessor_config.json', () => {
  it('gives pixel limits directly or as edges, the direct ones winning', () => {
    expect(parsePreprocessorConfig({})).toMatchObject({ minPixels: 3136, maxPixels: 1003520 });
    const size = { shortest_edge: 4000, longest_edge: 8000 };
    expect(parsePreprocessorConfig({ size })).toMatchObject({ minPixels: 4000, maxPixels: 8000 });
    expect(parsePreprocessorConfig({ size, max_pixels: 9000 })).toMatchObject({
      minPixels: 4000,
      maxPixels: 9000,
    });
  });

  it('is refused when it asks for another processor', () => {
    expect(() => parsePreprocessorConfig({ resample: 2 })).toThrow('resample');
    expect(() => parsePreprocessorConfig({ do_resize: 'no' })).toThrow('do_resize');
    expect(() => parsePreprocessorConfig({ image_processor_type: 'CLIPImageProcessor' })).toThrow(
      'CLIP',
    );
    expect(() => parsePreprocessorConfig({ image_std: [0.5, 0, 0.5] })).toThrow('image_std');
    expect(() => parsePreprocessorConfig({ min_pixels: 1e12, max_pixels: 1e13 })).toThrow(
      '1000000000000',
    );
    expect(() => parsePreprocessorConfig({ patch_size: 1e9 })).toThrow('patch_size');
    expect(() => parsePreprocessorConfig({ image_mean: [0.5] })).toThrow('image_mean');
    expect(() => parsePreprocessorConfig({ min_pixels: 10, max_pixels: 5 })).toThrow('min_pixels');
    expect(() => parsePreprocessorConfig('{"min_pixels": 1')).toThrow('cut off');
    expect(() => parsePreprocessorConfig(undefined)).toThrow('no preprocessor_config.json');
  });
});
