import { describe, expect, it } from 'vitest';
import { readScheduleFile, settingsOfSchedule } from '../../contract/train/schedule-file.ts';
import type { StageOrder, TrainSettings } from '../../contract/train/train-settings.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { withSettings } from '../../contract/train/train-validate.ts';
import { stepQuestions } from './questions.ts';
import { sourceOf } from './table.ts';

const drawn = { usualShare: 0.6, difficulty: 'mixed', noise: 0, pictureEdge: 112, occlusion: 0 };

function run(order: StageOrder): TrainSettings {
  const items = (source: string, first: number) => ({
    ...{ name: 'kept', source, drawn },
    items: Array.from({ length: 6 }, (_, i) => ({ index: first + i, passRate: (i % 3) / 2 })),
  });
  const set = { rolloutsPerStep: 2 };
  return settingsOfSchedule(
    readScheduleFile({
      format: 'vigos-schedule/1',
      title: 'x',
      order,
      stages: [
        { id: 'a', label: 'A', recipe: 'grpo', steps: 2, set, items: items('pictures', 0) },
        { id: 'b', label: 'B', recipe: 'grpo', steps: 4, set, items: items('problems', 100) },
      ],
    }),
  );
}

const asked = (settings: TrainSettings) =>
  Array.from({ length: settings.steps }, (_, i) =>
    stepQuestions(settings, i + 1).map(({ item }) => item.index),
  );
const rateOf = (index: number) => ((index >= 100 ? index - 100 : index) % 3) / 2;

describe('the questions of a run', () => {
  it('are those of its source where it has no stages, as before', () => {
    const plain = withSettings(trainSettings('vigos', 'tiny'), { steps: 3, rolloutsPerStep: 2 });
    const items = stepQuestions(plain, 3).map(({ item }) => item);
    expect(items).toEqual([0, 1].map((index) => sourceOf(plain).example(3, index).item));
  });

  it('are each stage’s in turn, every item of a set before any comes again', () => {
    const found = asked(run('staged'));
    expect(
      found
        .slice(0, 2)
        .flat()
        .every((index) => index < 6),
    ).toBe(true);
    expect(
      found
        .slice(2)
        .flat()
        .every((index) => index >= 100),
    ).toBe(true);
    expect(new Set(found.slice(2, 5).flat()).size).toBe(6);
  });

  it('of a stage begin where the one before was ended by its tokens, with the first of them', () => {
    const planned = run('staged');
    const { schedule } = planned;
    if (schedule === undefined) throw new Error('it has stages');
    const ended = { ...planned, steps: 5, schedule: { ...schedule, ended: [1] } };
    expect(asked(ended)).toEqual(asked(planned).toSpliced(1, 1));
  });

  it('are the same ones in another order where stages are merged or ordered by difficulty', () => {
    const staged = asked(run('staged')).flat();
    for (const order of ['merged', 'difficulty', 'both'] as const)
      expect(asked(run(order)).flat().toSorted()).toEqual(staged.toSorted());
    expect(asked(run('merged')).flat()).not.toEqual(staged);
    const rates = asked(run('difficulty')).flat().map(rateOf);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    const within = asked(run('both')).slice(2).flat();
    expect(within.every((index) => index >= 100)).toBe(true);
    expect(within.map(rateOf)).toEqual(within.map(rateOf).toSorted((a, b) => b - a));
  });
});

it('a question in words has no picture, and says what it is', () => {
  const told = withSettings(trainSettings('grpo', 'tiny'), { 'data.source': 'captions' });
  const [{ input, item, reference, caption }] = stepQuestions(told, 1);
  expect(input).toMatchObject({ image: null, wordsOnly: true });
  expect(input.question).toMatch(/^Picture: .+\.\n/);
  expect([item.words, caption]).toEqual(['captions', null]);
  expect(reference).toMatch(/^ .+ <\/think> \\boxed\{.+\}$/);
});
