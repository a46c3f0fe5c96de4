import { describe, expect, it } from 'vitest';
import { byDifficulty, isOfPerception, PAPER_STAGES } from './curriculum.ts';

it('the paper’s stages are perception, textual and visual reasoning over 90, 375 and 465 steps', () => {
  expect(PAPER_STAGES.map(({ steps }) => steps)).toEqual([90, 375, 465]);
  expect(PAPER_STAGES.reduce((sum, { steps }) => sum + steps, 0)).toBe(930);
});

describe('a question of perception', () => {
  it('is one that is missed from the picture and solved from the caption', () => {
    const bounds = { mostFromPicture: 0, leastFromCaption: 0.5 };
    const kept = (fromPicture: number, fromCaption: number) =>
      isOfPerception({ fromPicture, fromCaption }, bounds);
    expect([kept(0, 1), kept(0, 0.5)]).toEqual([true, true]);
    expect([kept(0.25, 1), kept(0, 0.25), kept(1, 0)]).toEqual([false, false, false]);
  });
});

it('difficulty orders by falling pass rate, ties as given', () => {
  const items = [
    { id: 'a', passRate: 0.9 },
    { id: 'b', passRate: 0.2 },
    { id: 'c', passRate: 0.5 },
    { id: 'd', passRate: 0.9 },
  ];
  expect(byDifficulty(items).map(({ id }) => id)).toEqual(['a', 'd', 'c', 'b']);
});
