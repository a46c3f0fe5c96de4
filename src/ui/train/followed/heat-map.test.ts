import { describe, expect, it } from 'vitest';
import type { FollowedRollout } from '../../../contract/train/training.ts';
import { heatMapOf, moved } from './heat-map.ts';

const rollout: FollowedRollout = {
  item: 0,
  question: 'q',
  answer: 'a',
  ids: [5, 6],
  texts: ['x', 'y'],
  teachers: ['perception', null],
};
const map = heatMapOf(rollout, [
  { step: 0, divergence: [0.5, null] },
  { step: 5, divergence: [0.1, null] },
]);

describe('the heat map of the followed rollout', () => {
  it('has a row for each token and a column for each measured step', () => {
    expect(map.steps).toEqual([0, 5]);
    expect(map.rows).toEqual([
      [0.5, 0.1],
      [null, null],
    ]);
  });

  it('is moved over with the arrow keys and never left', () => {
    expect(moved('ArrowDown', { token: 0, at: 0 }, map)).toEqual({ token: 1, at: 0 });
    expect(moved('ArrowDown', { token: 1, at: 0 }, map)).toEqual({ token: 1, at: 0 });
    expect(moved('End', { token: 1, at: 0 }, map)).toEqual({ token: 1, at: 1 });
    expect(moved('x', { token: 1, at: 0 }, map)).toBeNull();
  });
});
