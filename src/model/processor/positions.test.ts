import { describe, expect, it } from 'vitest';
import { readFixture, readTokenizer } from '../fixtures/support.ts';
import { padBatch } from './batch.ts';
import type { GridThw } from './image.ts';
import { extendPositions, joinPositions, ropePositionIds } from './positions.ts';

interface Row {
  name: string;
  /** Per sequence: lengths of text runs and grids of images. */
  batch: (number | GridThw)[][];
  side: 'left' | 'right' | null;
  ids: number[][];
  mask: number[][];
  inputIds: number[][];
  /** [3][batch][tokens] */
  positionIds: number[][][];
  deltas: number[];
  /** Positions of the next three tokens of each sequence. */
  following: number[][];
}

const { special } = readTokenizer();
const config = { imageTokenId: special.imagePad, vision: { mergeSize: 2 } };
const rows = readFixture<Row>('positions.json');
const gridsOf = (runs: Row['batch'][number]) => runs.filter((run) => typeof run !== 'number');

describe('rotary positions', () => {
  it.each(rows)('with $name are the official ones', (row) => {
    const sequences = row.ids.map((inputIds, i) => ({
      inputIds,
      ...ropePositionIds(inputIds, gridsOf(row.batch[i]), config),
    }));
    expect(sequences.map(({ delta }) => delta)).toEqual(row.deltas);
    const padded = padBatch(sequences, { side: row.side ?? 'left', padId: special.endOfText });
    expect([...padded.positionIds]).toEqual(row.positionIds.flat(2));
    expect([...padded.attentionMask]).toEqual(row.mask.flat());
    expect([...padded.inputIds]).toEqual(row.inputIds.flat());
    sequences.forEach(({ inputIds, delta }, i) => {
      const next = [...extendPositions(delta, inputIds.length, 3)];
      expect(next).toEqual([row.following[i], row.following[i], row.following[i]].flat());
    });
  });

  it('of text alone have the delta 0: highest position plus one, minus the number of tokens', () => {
    const { positionIds, delta } = ropePositionIds([5, 6, 7], [], config);
    expect([...positionIds]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(delta).toBe(0);
    expect(ropePositionIds([], [], config).delta).toBe(0);
  });

  it('of two images side by side start the second one after the first', () => {
    const ids = [1, ...Array<number>(4).fill(special.imagePad), special.imagePad];
    const grids: GridThw[] = [
      [1, 4, 4],
      [1, 2, 2],
    ];
    const { positionIds } = ropePositionIds(ids, grids, config);
    expect([...positionIds.subarray(0, 6)]).toEqual([0, 1, 1, 1, 1, 3]);
  });

  it('join along the tokens of each axis', () => {
    const joined = joinPositions(Int32Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(7, 8, 9));
    expect([...joined]).toEqual([1, 2, 7, 3, 4, 8, 5, 6, 9]);
  });

  it.each([
    ['an image without its tokens', [1, 2], [[1, 4, 4]]],
    ['image tokens without an image', [1, special.imagePad], []],
    ['an image that was cut', [special.imagePad, special.imagePad, 1], [[1, 4, 4]]],
    ['an image expanded twice', Array<number>(8).fill(special.imagePad), [[1, 4, 4]]],
  ] as [string, number[], GridThw[]][])('are refused for %s', (_, ids, grids) => {
    expect(() => ropePositionIds(ids, grids, config)).toThrow('image tokens');
  });
});

describe('a padded batch', () => {
  it('can be widened to a fixed length and tells where each row starts', () => {
    const sequence = { inputIds: [4, 5], positionIds: Int32Array.of(0, 1, 0, 1, 0, 1) };
    const left = padBatch([sequence], { side: 'left', padId: 9, length: 4 });
    expect([...left.inputIds]).toEqual([9, 9, 4, 5]);
    expect(left.starts).toEqual([2]);
    const right = padBatch([sequence], { side: 'right', padId: 9, length: 3 });
    expect([...right.positionIds]).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0]);
    expect(right.starts).toEqual([0]);
  });
});
