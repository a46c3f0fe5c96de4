import { expect, it } from 'vitest';
import { columnsFor, layOut, sizesFor, type TrainSequence } from './layout.ts';

function sequence(prompt: number, completion: number): TrainSequence {
  const inputIds = Array.from({ length: prompt }, (_, i) => 100 + i);
  const line = inputIds.map((_, i) => i);
  const ids = Array.from({ length: completion }, (_, i) => 500 + i);
  return {
    prompt: { inputIds, positionIds: Int32Array.from([...line, ...line, ...line]), ropeDelta: 0 },
    ids,
  };
}

it('lengths come in few sizes', () => {
  expect(sizesFor([sequence(40, 20), sequence(50, 30)], 4)).toEqual({
    batch: 4,
    kept: 32,
    branches: 1,
    tokens: 96 + 32,
  });
  // The built-in model's prompts and rollouts: two sizes.
  const lengths = Array.from({ length: 40 }, (_, i) => columnsFor(52 + i, 34 + i));
  expect(new Set(lengths.map(({ tokens }) => tokens))).toEqual(new Set([160, 192]));
});

it('completion token t of every row is predicted by the same column', () => {
  const sequences = [sequence(40, 20), sequence(7, 31)];
  const sizes = sizesFor(sequences, 3);
  const { tokens, kept, inputIds, attentionMask, positionIds, starts } = layOut(
    sequences,
    sizes,
    9,
  );
  const first = tokens - kept;
  for (const [row, { prompt, ids }] of sequences.entries()) {
    const at = (column: number) => inputIds[row * tokens + column];
    expect(at(first)).toBe(prompt.inputIds.at(-1));
    for (let t = 1; t < ids.length; t++) expect(at(first + t)).toBe(ids[t - 1]);
    expect(at(first + ids.length)).toBe(9);
    expect(starts[row]).toBe(first + 1 - prompt.inputIds.length);
    const seen = attentionMask.subarray(row * tokens, (row + 1) * tokens);
    expect(seen.reduce((a, b) => a + b, 0)).toBe(prompt.inputIds.length + ids.length - 1);
    for (let axis = 0; axis < 3; axis++)
      expect(positionIds[(axis * 3 + row) * tokens + first]).toBe(prompt.inputIds.length - 1);
  }
  // The row without a sequence is padding.
  expect(attentionMask.subarray(2 * tokens).every((x) => x === 0)).toBe(true);
});

it('completions of one prompt stand side by side behind it, each from the prompt’s last token on', () => {
  const sequences = [sequence(40, 20), sequence(40, 3), sequence(7, 31), sequence(7, 1)];
  const sizes = sizesFor(sequences, 2, 2);
  const { tokens, kept, inputIds, attentionMask, positionIds, starts } = layOut(
    sequences,
    sizes,
    9,
  );
  const before = tokens - 2 * kept;
  expect({ tokens, kept, starts }).toEqual({ tokens: 48 + 64, kept: 32, starts: [9, 42] });
  for (const [i, { prompt, ids }] of sequences.entries()) {
    const row = Math.floor(i / 2) * tokens;
    const first = row + before + (i % 2) * kept;
    const length = prompt.inputIds.length;
    expect(inputIds.subarray(row + before - length + 1, row + before)).toEqual(
      Int32Array.from(prompt.inputIds.slice(0, -1)),
    );
    expect([...inputIds.subarray(first, first + ids.length + 1)]).toEqual(
      [prompt.inputIds.at(-1), ...ids.slice(0, -1), 9].slice(0, ids.length + 1),
    );
    const seen = attentionMask.subarray(first, first + kept);
    expect(seen.lastIndexOf(1)).toBe(ids.length - 1);
    expect(seen.reduce((a, b) => a + b, 0)).toBe(ids.length);
    for (let axis = 0; axis < 3; axis++)
      expect(positionIds[axis * 2 * tokens + first]).toBe(length - 1);
  }
});
