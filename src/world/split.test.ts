import { describe, expect, it } from 'vitest';
import { DIFFICULTIES, difficultyOf } from './difficulty.ts';
import { USUAL_COLOR, USUAL_PARTS } from './scene.ts';
import {
  familyItem,
  SPLIT_NAMES,
  type Split,
  splitOf,
  validationGroupItem,
  type WorldItem,
  worldItem,
} from './split.ts';

const items = (split: Split, count: number, usualShare?: number): WorldItem[] =>
  Array.from({ length: count }, (_, i) =>
    worldItem(split, i, usualShare === undefined ? {} : { usualShare }),
  );

/** Share of things with a usual colour or number of parts that show it. */
function usualShareOf(split: Split, count: number): number {
  let usual = 0;
  let all = 0;
  for (const { scene } of items(split, count)) {
    if (scene.type !== 'objects') continue;
    for (const object of scene.objects) {
      if (object.kind in USUAL_COLOR) {
        all++;
        if (object.color === USUAL_COLOR[object.kind as keyof typeof USUAL_COLOR]) usual++;
      } else if (object.parts !== undefined) {
        all++;
        if (object.parts === USUAL_PARTS[object.kind as keyof typeof USUAL_PARTS].usual) usual++;
      }
    }
  }
  return usual / all;
}

describe('the tiny world', () => {
  it('gives the same item for the same split and index', () => {
    for (const split of SPLIT_NAMES) expect(worldItem(split, 7)).toEqual(worldItem(split, 7));
  });

  it('never lets two splits share a scene', () => {
    for (const split of SPLIT_NAMES)
      for (const item of items(split, 150)) expect(splitOf(item.scene)).toBe(split);
  });

  it('plants the prior: the usual look holds in about 95 % of pretraining looks', () => {
    expect(usualShareOf('pretrain', 2000)).toBeGreaterThan(0.93);
    expect(usualShareOf('pretrain', 2000)).toBeLessThan(0.97);
    expect(Math.abs(usualShareOf('teacher', 2000) - 0.4)).toBeLessThan(0.04);
    expect(Math.abs(usualShareOf('train', 2000) - 0.6)).toBeLessThan(0.04);
  });

  it('takes another share of usual looks where one is asked for', () => {
    const prior = items('train', 500, 0).filter((item) => item.prior !== undefined);
    expect(prior.length).toBeGreaterThan(50);
    for (const item of prior) expect(item.prior?.actual).not.toBe(item.prior?.usual);
  });

  it('has every family in every ordinary split', () => {
    for (const split of ['pretrain', 'teacher', 'train', 'validation', 'test'] as const) {
      const families = new Set(items(split, 100).map((item) => item.family));
      expect([...families].sort()).toEqual(['expert', 'general', 'math', 'prior', 'spatial']);
    }
  });

  it('gives prior groups one picture that agrees with the prior and two that contradict it', () => {
    for (let group = 0; group < 60; group++) {
      const [a, b, c] = [0, 1, 2].map((i) => worldItem('prior-test', 3 * group + i));
      expect([a, b, c].map((item) => item.prior?.image)).toEqual([1, 2, 3]);
      expect(new Set([a, b, c].map((item) => item.question)).size).toBe(1);
      expect(new Set([a, b, c].map((item) => item.answer)).size).toBe(3);
      expect(a.answer).toBe(a.prior?.usual);
      expect(b.wrongAnswers[0]).toBe(b.prior?.usual);
      expect(c.wrongAnswers[0]).toBe(c.prior?.usual);
    }
  });

  it('has groups of the same form on scenes of the validation split', () => {
    for (let index = 0; index < 30; index++) {
      const item = validationGroupItem(index);
      expect(item.prior?.image).toBe((index % 3) + 1);
      expect(splitOf(item.scene)).toBe('validation');
      expect(item.answer === item.prior?.usual).toBe(index % 3 === 0);
    }
  });

  it('draws scenes of one level where one is asked for, in every family and of its own split', () => {
    for (const family of ['general', 'prior', 'math', 'spatial', 'expert'] as const)
      for (const difficulty of DIFFICULTIES)
        for (let n = 0; n < 40; n++) {
          const { scene } = familyItem('train', family, n, { difficulty });
          expect(difficultyOf(scene)).toBe(difficulty);
          expect(splitOf(scene)).toBe('train');
        }
    const things = (difficulty: (typeof DIFFICULTIES)[number]) =>
      Array.from({ length: 100 }, (_, n) => {
        const { scene } = familyItem('train', 'prior', n, { difficulty });
        return scene.type === 'objects' ? scene.objects.length : 0;
      }).reduce((a, b) => a + b, 0) / 100;
    const [easy, medium, hard] = DIFFICULTIES.map(things);
    expect(easy).toBeLessThan(2);
    expect(medium).toBe(3);
    expect(hard).toBeGreaterThan(3);
  });

  it('takes all levels as they come where none is asked for', () => {
    const levels = items('train', 500).map(({ scene }) => difficultyOf(scene));
    for (const level of DIFFICULTIES)
      expect(levels.filter((own) => own === level).length).toBeGreaterThan(75);
  });

  it('gives items of one family', () => {
    for (const family of ['general', 'prior', 'math', 'spatial', 'expert'] as const)
      expect(familyItem('train', family, 3).family).toBe(family);
  });

  it('names the decisive property in the reference description', () => {
    for (const item of items('prior-test', 150))
      expect(item.description).toContain(item.prior?.decisivePhrase);
  });

  it('never offers the right answer as a wrong one, and reasons towards the answer it is given', () => {
    for (const item of items('test', 400)) {
      expect(item.wrongAnswers).not.toContain(item.answer);
      expect(item.wrongAnswers.length).toBeGreaterThan(0);
      expect(item.wrongReasonings).toHaveLength(item.wrongAnswers.length);
      expect(item.reasoning).toContain(item.answer);
      item.wrongAnswers.forEach((wrong, i) => {
        expect(item.wrongReasonings[i]).toContain(wrong);
      });
    }
  });

  it('refuses an unknown split or index with a clear error', () => {
    expect(() => worldItem('test', -1)).toThrow(/There is no item -1/);
    expect(() => worldItem('nowhere' as Split, 0)).toThrow(/Use a whole number/);
    expect(() => worldItem('toString' as Split, 0)).toThrow(/Use a whole number/);
  });
});
