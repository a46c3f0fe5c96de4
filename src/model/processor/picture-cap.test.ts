import { expect, test } from 'vitest';
import { preprocessImage } from './image.ts';
import { parsePreprocessorConfig } from './image-size.ts';
import { mostPixels, mostVisualTokens } from './picture-cap.ts';

const released = { patchSize: 16, temporalPatchSize: 2, mergeSize: 2, heads: 16 };
const settings = { patch_size: 16, size: { shortest_edge: 65536, longest_edge: 16777216 } };

test('a photograph of a Qwen3-VL is scaled down to what its encoder can attend over, and says from what', () => {
  const config = { vision: released };
  expect(mostVisualTokens(config)).toBe(1024);
  const image = { width: 2592, height: 1944, data: new Uint8Array(2592 * 1944 * 4) };
  const cap = { maxPixels: mostPixels(config) };
  const found = preprocessImage(image, parsePreprocessorConfig(settings), cap);
  expect(found).toMatchObject({ officialTokens: 4941, visualTokens: 972, gridThw: [1, 54, 72] });
});

test('where the processor does not resize, a picture of too many tokens is refused', () => {
  const fixed = parsePreprocessorConfig({ ...settings, do_resize: false });
  const image = { width: 1024, height: 1056, data: new Uint8Array(1024 * 1056 * 4) };
  const cap = { maxPixels: mostPixels({ vision: released }) };
  expect(() => preprocessImage(image, fixed, cap)).toThrow(/1056 visual tokens, and 1024/);
});
