import { describe, expect, it } from 'vitest';
import type { TrainRollout } from '../../../engine/trainContract.ts';
import { trainSettings } from '../../../method/train-settings.ts';
import { worldItem } from '../../../world/split.ts';
import { methodOf, sameMethod } from './method.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { sceneOf, switchesOf } from './trained.ts';

const rollout = (usualShare: number, difficulty?: 'hard'): TrainRollout => {
  const drawn = difficulty === undefined ? { usualShare } : { usualShare, difficulty };
  const { question, answer } = worldItem('train', 4, drawn);
  const item = { split: 'train', index: 4, fact: true, ...drawn };
  const tokens = { ids: [], texts: [], teachers: [], losses: [], clipped: [] };
  return { item, question, answer, valid: true, reason: null, correct: true, ...tokens };
};

describe('a rollout of training in the Lab', () => {
  it('is about the very scene that was asked', () => {
    expect(sceneOf(rollout(0.6))).toMatchObject({
      split: 'train',
      index: 4,
      fact: true,
      own: null,
    });
    const other = sceneOf(rollout(0.1));
    expect(other.own?.width).toBe(112);
    expect(other.question).toBe(worldItem('train', 4, { usualShare: 0.1 }).question);
    const hard = sceneOf(rollout(0.6, 'hard'));
    expect(hard.own?.name).toBe('train 4, 60 % usual looks, hard');
    expect(hard.question).toBe(
      worldItem('train', 4, { usualShare: 0.6, difficulty: 'hard' }).question,
    );
  });

  it('is scored by the method of its run', () => {
    for (const recipe of [
      'vigos',
      'vigos-code',
      'opsd',
      'without-perception',
      'reference-forward-kl',
    ]) {
      const settings = trainSettings(recipe, 'tiny');
      const lab = methodOf({ ...DEFAULT_SETTINGS, ...switchesOf(settings) });
      expect(settings.method !== null && sameMethod(lab, settings.method)).toBe(true);
    }
    expect(switchesOf(trainSettings('vigos', 'tiny')).clip).toBe('none');
    expect(switchesOf(trainSettings('vigos', 'paper')).clip).toBe('method');
    expect(switchesOf(trainSettings('sft', 'tiny'))).toMatchObject({ method: 'vigos' });
  });
});
