import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawPattern, readFixture } from '../fixtures/support.ts';
import { preprocessImage } from './image.ts';
import { parsePreprocessorConfig } from './image-size.ts';

interface Row {
  name: string;
  width: number;
  height: number;
  seed: number;
  alpha: boolean;
  maxPixels: number;
  shape: [number, number];
  grid: [number, number, number];
  /** Float32 values at (i × 2654435761) mod size, base64. */
  samples: string;
  mean: number;
  sha256: string;
}

/** 1/255 of the pixel range after division by the smallest standard deviation. */
const TOLERANCE = 1 / 255 / 0.26130258;

describe('pixel values', () => {
  it.each(readFixture<Row>('images.json'))('of an image ($name) are the official ones', (row) => {
    const config = parsePreprocessorConfig({ min_pixels: 3136, max_pixels: row.maxPixels });
    const image = drawPattern(row.width, row.height, row.seed, row.alpha);
    const { pixelValues, gridThw, visualTokens } = preprocessImage(image, config);
    expect(gridThw).toEqual(row.grid);
    expect(pixelValues.length).toBe(row.shape[0] * row.shape[1]);
    expect(visualTokens).toBe(row.shape[0] / 4);
    const samples = decodeFloats(row.samples);
    let worst = 0;
    samples.forEach((sample, i) => {
      const place = Number((BigInt(i) * 2654435761n) % BigInt(pixelValues.length));
      worst = Math.max(worst, Math.abs(sample - pixelValues[place]));
    });
    expect(worst).toBeLessThanOrEqual(TOLERANCE);
    const mean = pixelValues.reduce((sum, value) => sum + value, 0) / pixelValues.length;
    expect(mean).toBeCloseTo(row.mean, 6);
    const bytes = new Uint8Array(pixelValues.buffer);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(row.sha256);
  });
});

describe('an image', () => {
  const config = parsePreprocessorConfig({ min_pixels: 3136, max_pixels: 50176 });

  it('is its frame twice in every patch', () => {
    const { pixelValues } = preprocessImage(drawPattern(112, 112, 1), config);
    const frame = 14 * 14;
    for (let at = 0; at < pixelValues.length; at += 2 * frame)
      expect(pixelValues.subarray(at, at + frame)).toEqual(
        pixelValues.subarray(at + frame, at + 2 * frame),
      );
  });

  it('is made smaller by the caller’s cap, and says so', () => {
    const image = drawPattern(400, 300, 1);
    const free = preprocessImage(image, config);
    expect(free).toMatchObject({ officialTokens: 54, visualTokens: 54 });
    const capped = preprocessImage(image, config, { maxPixels: 20_000 });
    expect(capped.officialTokens).toBe(54);
    expect(capped.visualTokens).toBeLessThan(54);
    expect(capped.resized.width * capped.resized.height).toBeLessThanOrEqual(20_000);
    const least = preprocessImage(image, config, { maxPixels: 1 });
    expect(least).toMatchObject({ visualTokens: 1, resized: { width: 28, height: 28 } });
    expect(preprocessImage(image, config, { maxPixels: 1e9 }).visualTokens).toBe(54);
  });

  it('is refused when its bytes do not fit its size, or when it is too long', () => {
    const image = { width: 10, height: 10, data: new Uint8ClampedArray(300) };
    expect(() => preprocessImage(image, config)).toThrow('300 bytes');
    expect(() => preprocessImage(drawPattern(500, 2, 1), config)).toThrow('Crop the image');
  });
});

function decodeFloats(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}
