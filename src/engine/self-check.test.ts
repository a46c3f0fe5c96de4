/** A decoder that says something else with its cache is refused, and one that says no numbers. */

import { expect, test } from 'vitest';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import type { DecodeStep, KeyValueCache } from '../model/runtime/decode-step.ts';
import { checkDecoder, compareWithWasm } from './self-check.ts';

const { config } = await bundledAssets();

/** Its logits are what `value` makes of how many tokens it has seen, and whether some came from the cache. */
function decoder(value: (seen: number, cached: boolean) => number) {
  return {
    config,
    device: null,
    decode: async ({ attentionMask, cache, batch }: DecodeStep) => {
      const grown: KeyValueCache = { batch: 1, length: attentionMask.length, entries: new Map() };
      const data = new Float32Array(4).fill(value(attentionMask.length, cache !== null));
      const shape = { batch: batch.batch, rows: 1, vocab: 4, release: () => undefined };
      return { logits: { ...shape, kind: 'memory' as const, data }, cache: grown };
    },
  };
}

test('a decoder that agrees with itself passes', async () => {
  await checkDecoder(decoder((seen) => seen));
});

test.each([
  ['is wrong with a cache', decoder((seen, cached) => seen + (cached ? 3 : 0))],
  ['gives no numbers', decoder(() => Number.NaN)],
])('one that %s is refused', async (_, network) => {
  await expect(checkDecoder(network)).rejects.toMatchObject({
    record: { code: 'model.self-check' },
  });
});

const figures = (logits: readonly number[], features: readonly number[] | null = null) => ({
  logits: Float32Array.from(logits),
  features: features && Float32Array.from(features),
});

test('a backend as near to WebAssembly as half floats are is told how near it is', () => {
  expect(compareWithWasm(figures([3, 4.001]), figures([3, 4]))).toContain('by 0.00020 of');
  const seen = compareWithWasm(figures([3, 4], [1.01, 0]), figures([3, 4], [1, 0]));
  expect(seen).toContain('by 0.010 of');
});

test.each([
  ['other logits', figures([3, 4.2])],
  ['no numbers', figures([3, Number.NaN])],
  ['another picture', figures([3, 4], [1.1, 0])],
])('one that says %s is refused', (_, found) => {
  const right = figures([3, 4], [1, 0]);
  expect(() => compareWithWasm(found, right)).toThrow(/differ from those on WebAssembly/);
});
