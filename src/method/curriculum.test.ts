import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import {
  byDifficulty,
  keepsPerceptionItem,
  MERGED_STEPS,
  orderItems,
  stageAt,
} from './curriculum.ts';

describe('the stages', () => {
  it('are perception, textual reasoning and visual reasoning over 90, 375 and 465 steps', () => {
    expect(stageAt(0).name).toBe('perception');
    expect(stageAt(89).name).toBe('perception');
    expect(stageAt(90).name).toBe('textual-reasoning');
    expect(stageAt(464).name).toBe('textual-reasoning');
    expect(stageAt(465).name).toBe('visual-reasoning');
    expect(stageAt(929).name).toBe('visual-reasoning');
  });

  it('take as many steps as the merged run', () => {
    expect(MERGED_STEPS).toBe(930);
    expect(() => stageAt(930)).toThrow(PlaygroundError);
    expect(() => stageAt(-1)).toThrow(PlaygroundError);
  });
});

describe('a perception item', () => {
  it('is kept only if the models miss it from the image and solve it from the caption', () => {
    const kept = (solvedFromImage: boolean, solvedFromCaption: boolean) =>
      keepsPerceptionItem({ solvedFromImage, solvedFromCaption });
    expect(kept(false, true)).toBe(true);
    expect([kept(true, true), kept(false, false), kept(true, false)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('the order of items', () => {
  const items = [
    { id: 'a', stage: 'visual-reasoning', passRate: 0.9 },
    { id: 'b', stage: 'perception', passRate: 0.2 },
    { id: 'c', stage: 'textual-reasoning', passRate: 0.5 },
    { id: 'd', stage: 'perception', passRate: 0.6 },
    { id: 'e', stage: 'visual-reasoning', passRate: 0.9 },
  ] as const;
  const ids = (ordered: readonly { id: string }[]) => ordered.map(({ id }) => id).join('');

  it('is by falling pass rate in a difficulty curriculum, ties as given', () => {
    expect(ids(byDifficulty(items))).toBe('aedcb');
    expect(ids(orderItems(items, 'difficulty'))).toBe('aedcb');
  });

  it('is by stage in a capability curriculum, by both in both, as given when merged', () => {
    expect(ids(orderItems(items, 'capability'))).toBe('bdcae');
    expect(ids(orderItems(items, 'both'))).toBe('dbcae');
    expect(ids(orderItems(items, 'merged'))).toBe('abcde');
  });
});
