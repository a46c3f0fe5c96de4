import { describe, expect, it } from 'vitest';
import type { TrainRollout } from '../../../contract/train/training.ts';
import type { Difficulty } from '../../../world/difficulty.ts';
import { renderItem } from '../../../world/seeing.ts';
import { worldItem } from '../../../world/split.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { drawnBy, pictureOf, placeName, subjectOf } from './subject.ts';
import { sceneOf } from './trained.ts';
import { readLink, settingsToQuery } from './url.ts';

const rollout = (index: number, usualShare: number, difficulty?: Difficulty): TrainRollout => {
  const drawn = difficulty === undefined ? { usualShare } : { usualShare, difficulty };
  const { question, answer } = worldItem('train', index, drawn);
  const item = { split: 'train', index, fact: false, ...drawn };
  const tokens = { ids: [], texts: [], teachers: [], losses: [], clipped: [] };
  return { item, question, answer, valid: true, reason: null, correct: true, ...tokens };
};

describe('a rollout of training in the Lab', () => {
  it.each([
    [4, 0.6, undefined],
    [4, 0.1, undefined],
    [4_999_998, 0.6, undefined],
    [4_512_341, 0.35, undefined],
    [4_999_997, 0.875, 'hard'],
    [1_234_560, 1, 'medium'],
  ] as const)(
    'is about the very scene %i, %d, %s, also by a link or after a reload',
    (index, usualShare, difficulty) => {
      const asked = rollout(index, usualShare, difficulty);
      const settings = { ...DEFAULT_SETTINGS, ...sceneOf(asked), answer: null };
      const { settings: again, unused } = readLink(settingsToQuery(settings));
      expect(unused).toEqual([]);
      const { item, question } = subjectOf(again, null);
      const drawn = difficulty === undefined ? { usualShare } : { usualShare, difficulty };
      expect(item?.scene).toEqual(worldItem('train', index, drawn).scene);
      expect(question).toBe(asked.question);
      expect(subjectOf(again, null).answer).toBe(asked.answer);
    },
  );

  it('is about the picture as well as it could be seen then, and about the reference that was given', () => {
    const asked = rollout(10, 0.6);
    const seeing = { noise: 24, pictureEdge: 56, occlusion: 0.5 };
    const dim = {
      ...asked,
      item: { ...asked.item, seeing },
      wrongReference: { answer: 'mauve', boxed: true },
    };
    const settings = { ...DEFAULT_SETTINGS, ...sceneOf(dim) };
    const { settings: again, unused } = readLink(settingsToQuery(settings));
    expect(unused).toEqual([]);
    const subject = subjectOf(again, null);
    expect(subject).toMatchObject({ answer: 'mauve', trueAnswer: asked.answer });
    expect(pictureOf(subject, 112)).toEqual(
      renderItem({ ...worldItem('train', 10, { usualShare: 0.6 }), seeing }, 112),
    );
    expect(placeName(again)).toBe('train-10, noise of 24, 56 × 56 pixels, 50 % of things covered');
    expect(readLink('split=train&index=3&dim=24,56').unused).toMatchObject([{ label: 'Seeing' }]);
    const trace = { kind: 'scene', split: 'train', index: 10, ...drawnBy(again) };
    expect(trace).toMatchObject({ seeing });
  });

  it('keeps a question that the world would ask otherwise today', () => {
    const asked = { ...rollout(4, 0.6), question: 'What was asked then?' };
    expect(sceneOf(asked).question).toBe('What was asked then?');
    expect(sceneOf(rollout(4, 0.6)).question).toBeNull();
  });

  it('of a split that the world does not have is refused', () => {
    const { item, ...rest } = rollout(4, 0.6);
    expect(() => sceneOf({ ...rest, item: { ...item, split: 'moon' } })).toThrow(/no split named/);
  });
});
