/** A batch read row by row is refused where a row's logits are missing, and nothing of it stays behind. */

import { expect, test } from 'vitest';
import type { DecodeStep, KeyValueCache } from './decode-step.ts';
import { decodeRows } from './single-rows.ts';

/** Two sequences of three tokens, the second with one column of padding on the left. */
const step: DecodeStep = {
  batch: {
    batch: 2,
    length: 3,
    inputIds: Int32Array.of(1, 2, 3, 0, 4, 5),
    positionIds: Int32Array.from([0, 1, 2].flatMap(() => [0, 1, 2, 0, 0, 1])),
  },
  attentionMask: Int32Array.of(1, 1, 1, 0, 1, 1),
  images: [],
  cache: null,
  keep: 2,
  grow: true,
};

/** Gives `rows` rows of logits that hold the row's first id, and counts what is released. */
function decoder(rows: (row: DecodeStep) => number) {
  const released = { logits: 0 };
  const decode = async (row: DecodeStep) => {
    const count = rows(row);
    const data = new Float32Array(2 * count).fill(row.batch.inputIds[0]);
    const release = () => void released.logits++;
    const cache: KeyValueCache = { batch: 1, length: row.batch.length, entries: new Map() };
    return {
      logits: { kind: 'memory' as const, batch: 1, rows: count, vocab: 2, data, release },
      cache,
    };
  };
  return { decode, released };
}

test('each row is read without its padding, and the last rows of each stand one after the other', async () => {
  const { decode, released } = decoder((row) => row.batch.length);
  const { logits, cache } = await decodeRows(null, step, decode);
  expect(logits).toMatchObject({
    batch: 2,
    rows: 2,
    data: Float32Array.of(1, 1, 1, 1, 4, 4, 4, 4),
  });
  expect(cache?.rows?.map(({ length }) => length)).toEqual([3, 2]);
  expect(released.logits).toBe(2);
});

test.each([
  ['the last row alone', 2],
  ['the last row alone, of all', 0],
])('a decoder that gives %s is refused: zeros are no logits', async (_, keep) => {
  const { decode, released } = decoder(() => 1);
  await expect(decodeRows(null, { ...step, keep }, decode)).rejects.toMatchObject({
    record: { code: 'model.logit-rows' },
  });
  expect(released.logits).toBe(1);
});
