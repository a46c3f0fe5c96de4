/** The same weights have one fingerprint, other weights another, with and without WebCrypto. */

import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { canonicalStateDict } from '../model/families/canonical.ts';
import { QWEN2_5_VL } from '../model/families/families.ts';
import { float32Tensor, type TensorData } from '../model/formats/safetensors.ts';
import { modelFingerprint, sha256, trainedFingerprint } from './fingerprint.ts';

afterEach(() => vi.unstubAllGlobals());

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i * 37);
const expected = createHash('sha256').update(bytes).digest('hex');

test('the hash is that of Node, also on a page without WebCrypto', async () => {
  expect(await sha256(bytes)).toBe(expected);
  vi.stubGlobal('crypto', {});
  expect(await sha256(bytes)).toBe(expected);
});

test('memory that threads share is hashed too', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  expect(await sha256(shared)).toBe(expected);
});

test('order and spelling do not count; names, shapes and values do', async () => {
  const tensor = (values: number[], shape = [values.length]) =>
    float32Tensor(Float32Array.from(values), shape);
  const of = (entries: [string, TensorData][]) =>
    modelFingerprint(canonicalStateDict(new Map(entries), QWEN2_5_VL));
  const first: [string, TensorData] = ['model.norm.weight', tensor([1, 2])];
  const second: [string, TensorData] = ['visual.a', tensor([3, 4, 5, 6], [2, 2])];
  const known = await of([first, second]);
  expect(known).toMatch(/^[0-9a-f]{64}$/);
  expect(await of([['model.visual.a', second[1]], first])).toBe(known);
  const others = [
    [first],
    [first, ['visual.b', second[1]]],
    [first, ['visual.a', tensor([3, 4, 5, 6], [4])]],
    [first, ['visual.a', tensor([3, 4, 5, 7], [2, 2])]],
  ] as [string, TensorData][][];
  for (const other of others) expect(await of(other)).not.toBe(known);
});

test('a student’s is of names, shapes and values, whatever their order', async () => {
  const of = (...entries: [string, number[], number[]][]) =>
    trainedFingerprint(
      new Map(
        entries.map(([name, shape, data]) => [name, { shape, data: Float32Array.from(data) }]),
      ),
    );
  const known = await of(['a', [2], [1, 2]], ['b', [1], [3]]);
  expect(known).toMatch(/^[0-9a-f]{64}$/);
  expect(await of(['b', [1], [3]], ['a', [2], [1, 2]])).toBe(known);
  expect(await of(['a', [2], [1, 2.5]], ['b', [1], [3]])).not.toBe(known);
  expect(await of(['a', [1, 2], [1, 2]], ['b', [1], [3]])).not.toBe(known);
});
