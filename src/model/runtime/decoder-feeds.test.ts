/** Positions are fed in the rank that a decoder asks for. */

import { expect, test } from 'vitest';
import type { DecodeStep, KeyValueCache } from './decode-step.ts';
import { emptyPast, plainFeeds, positions } from './decoder-feeds.ts';

const cache: KeyValueCache = { batch: 1, length: 5, entries: new Map() };

function step(positionIds: readonly number[], past: KeyValueCache | null = null): DecodeStep {
  const length = positionIds.length / 3;
  return {
    batch: {
      batch: 1,
      length,
      inputIds: new Int32Array(length),
      positionIds: Int32Array.from(positionIds),
    },
    attentionMask: new Int32Array(length + (past?.length ?? 0)).fill(1),
    images: [],
    cache: past,
    keep: 2,
    grow: true,
  };
}

const PICTURE = [3, 3, 3, 4, 3, 4, 4, 4, 5];

test('over time, height and width, also where the graph does not say its shape', () => {
  for (const shape of [[], [3, 'batch', 'tokens'], ['axes', 'batch', 'tokens']])
    expect(positions(shape, step(PICTURE))).toEqual({
      values: Int32Array.from(PICTURE),
      dims: [3, 1, 3],
    });
});

test('with each token’s own index in front, counted on from the cache', () => {
  expect(positions([4, 1, 'tokens'], step(PICTURE, cache))).toEqual({
    values: [5, 6, 7, ...PICTURE],
    dims: [4, 1, 3],
  });
});

test('one a token for text alone; a picture there is refused', () => {
  const shape = ['batch', 'tokens'];
  expect(positions(shape, step([7, 8, 7, 8, 7, 8])).values).toEqual(Int32Array.of(7, 8));
  expect(() => positions(shape, step(PICTURE))).toThrow(/can place no picture/);
});

const ports = (type: string, shape: readonly number[]) => ({
  typeOf: () => type,
  shapeOf: () => shape,
});

test('the rows to keep are a number or a list of one, and a cache of whole numbers is refused', () => {
  const feeds = plainFeeds(ports('int64', []), step(PICTURE));
  expect(feeds.num_logits_to_keep().dims).toEqual([]);
  const listed = plainFeeds(ports('int32', [1]), step(PICTURE)).num_logits_to_keep();
  expect([listed.type, ...listed.dims]).toEqual(['int32', 1]);
  expect(emptyPast(ports('float16', []), 'past_key_values.0.key', [1, 2, 8])).toMatchObject({
    type: 'float16',
    dims: [1, 2, 0, 8],
  });
  expect(() => emptyPast(ports('int8', []), 'past_key_values.0.key', [1, 2, 8])).toThrow(/int8/);
});
