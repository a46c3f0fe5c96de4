import { describe, expect, it } from 'vitest';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { withSetting } from '../../contract/train/train-validate.ts';
import { difficultyOf } from '../../world/difficulty.ts';
import { SPLIT_NAMES, worldItem } from '../../world/split.ts';
import type { SourceExample } from './example-source.ts';
import { tinyWorld } from './tiny-world.ts';

const tiny = trainSettings('vigos', 'tiny');
const batch = (settings = tiny) =>
  Array.from({ length: 12 }, (_, row) => tinyWorld(settings).example(1 + (row >> 2), row & 3));
/** The scene that a page draws again from what the example is found by. */
const sceneOf = ({ item: { split, index, ...drawn } }: SourceExample) => {
  const found = SPLIT_NAMES.find((name) => name === split);
  if (found === undefined) throw new Error(`no split ${split}`);
  return worldItem(found, index, drawn).scene;
};
/** Written down: the same seed has to give the same run in every later version. */
const FIRST_BATCHES: string[] = [
  '1432321 green',
  '1603896 blue',
  '4052706 brown',
  '2338061 red',
  '3128191 blue',
  '3408141 red',
  '4588456 3',
  '2492536 4',
  '544011 red',
  '2143786 orange',
  '499546 3',
  '312206 purple',
];

describe('what a run trains on', () => {
  it('says what it is and how much of it there is, and holds out what is never trained on', () => {
    const source = tinyWorld(tiny);
    expect(source.describe()).toMatchObject({ name: 'tiny-world', label: 'Tiny world' });
    expect(source.count).toBe(1_000_000);
    const images = source.validation(2).map(({ asked }) => asked.image);
    expect(images).toEqual([null, null, 1, 2, 3, 1, 2, 3]);
    expect(source.final(1, true).map(({ asked }) => asked.image)).toEqual([1, 2, 3]);
    const [first] = source.final(1, false);
    const { question } = first.asked.input(first.fact);
    const [{ asked, fact }] = source.final(1, true);
    expect(asked.input(fact).question).toMatch(`. ${question}`);
    expect(source.followed().item).toMatchObject({ split: 'validation', fact: false });
  });

  it('holds out problems in words, in the form of those, and no problem that is trained on', () => {
    const [first, second] = tinyWorld(tiny).problems(2);
    expect(first.asked.id).toMatch(/^problems-validation-/);
    expect(first.asked.id).not.toBe(second.asked.id);
    expect(first.asked.input(first.fact)).toMatchObject({ image: null, wordsOnly: true });
    expect(tinyWorld(tiny).problems(0)).toEqual([]);
  });

  it('is drawn by the seed, the step and the row alone', () => {
    expect(batch()).toEqual(batch());
    expect(batch().map(({ item, input }) => `${item.index} ${input.answer}`)).toEqual(
      FIRST_BATCHES,
    );
    expect(batch(withSetting(tiny, 'seed', 2))).not.toEqual(batch());
  });

  it('has pictures of one level where one is asked for', () => {
    const hard = batch(withSetting(tiny, 'data.difficulty', 'hard'));
    for (const example of hard) expect(difficultyOf(sceneOf(example))).toBe('hard');
    const mixed = batch().map((example) => difficultyOf(sceneOf(example)));
    expect(new Set(mixed).size).toBeGreaterThan(1);
  });
});
