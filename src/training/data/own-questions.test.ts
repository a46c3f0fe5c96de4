import { expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import type { DataRow, OpenedData } from '../../contract/data/data-row.ts';
import { readScheduleFile, settingsOfSchedule } from '../../contract/train/schedule-file.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { validateTrainSettings, withSettings } from '../../contract/train/train-validate.ts';
import type { GivenData } from './own-questions.ts';
import { stepQuestions } from './questions.ts';
import { sourceOf } from './table.ts';

const questions = { name: 'Fruit', fingerprint: 'a'.repeat(64), items: 6 };
const row = (i: number, more: Partial<DataRow> = {}): DataRow => ({
  ...{ id: `${i}`, line: `${i}`, question: `q ${i}`, answer: `a ${i}`, picture: i },
  ...more,
});
const PIXELS = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
const dataOf = (rows: readonly DataRow[]): GivenData => {
  const set: OpenedData = {
    ...{ reference: questions, groups: false, rows },
    picture: async () => null,
    pixels: async () => PIXELS,
  };
  return { of: () => set };
};
const run = (recipe: string, more: Record<string, unknown> = {}) => ({
  ...withSettings(trainSettings(recipe, 'tiny'), { steps: 3, rolloutsPerStep: 2, ...more }),
  questions,
});
const refused = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toErrorRecord(error);
  }
  throw new Error('nothing was refused');
};

it('a run asks every question of its set once before any comes again, the same ones for its seed', () => {
  const given = dataOf(Array.from({ length: 6 }, (_, i) => row(i)));
  const asked = (seed: number) =>
    [1, 2, 3].flatMap((step) =>
      stepQuestions({ ...run('vigos'), seed }, step, given).map(({ item }) => item.index),
    );
  expect(asked(1).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(asked(1)).toEqual(asked(1));
  expect(asked(2)).not.toEqual(asked(1));
});

it('a question has its picture read when it is asked, its reference, and a mathematical match', async () => {
  const given = dataOf([row(0)]);
  const [one] = stepQuestions(run('grpo'), 1, given);
  expect(one).toMatchObject({
    item: { split: 'own', index: 0, data: { name: 'Fruit', fingerprint: questions.fingerprint } },
    input: { image: null, question: 'q 0', answer: 'a 0' },
    answer: 'a 0',
    measure: 'mathematical',
    wrongReference: null,
  });
  expect(await one.picture?.()).toBe(PIXELS);
  // What is held out stays the world's, by its own measure.
  const source = sourceOf(run('grpo'), given);
  expect(source.measure).toBe('exact');
  expect(source.validation(1)[0].asked.id).toBe('validation-0');
});

it('leaves out what a recipe cannot learn from, and says what is missing where that is everything', () => {
  const rows = [
    row(0, { picture: null }),
    row(1, { answer: '' }),
    row(2, { description: 'a pear', reasoning: 'It is green.' }),
    row(3),
  ];
  const count = (recipe: string) => sourceOf(run(recipe), dataOf(rows)).count;
  expect(['vigos', 'grpo', 'sft'].map(count)).toEqual([2, 3, 1]);
  const [text] = stepQuestions(run('sft'), 1, dataOf(rows));
  expect(text.reference).toBe(' a pear </description> <think> It is green. </think> \\boxed{a 2}');
  expect(refused(() => sourceOf(run('sft'), dataOf([row(3)])))).toMatchObject({
    code: 'data.not-trainable',
    where: 'questions',
  });
});

it('a set that is not here is named with the way to have it again', () => {
  expect(refused(() => stepQuestions(run('vigos'), 1))).toMatchObject({
    code: 'data.missing',
    where: 'Fruit',
    detail: { fingerprint: questions.fingerprint },
  });
});

it('settings and stages carry the set by its fingerprint, and refuse what belongs to the world beside it', () => {
  expect(validateTrainSettings(run('vigos')).questions).toEqual(questions);
  expect('questions' in validateTrainSettings(trainSettings('vigos', 'tiny'))).toBe(false);
  const schedule = settingsOfSchedule(
    readScheduleFile({
      ...{ format: 'vigos-schedule/1', title: 'x' },
      stages: [
        { id: 'a', label: 'A', recipe: 'grpo', steps: 1, questions },
        { id: 'b', label: 'B', recipe: 'grpo', steps: 1 },
      ],
    }),
  );
  expect(schedule.schedule?.stages.map((stage) => stage.questions?.name)).toEqual([
    'Fruit',
    undefined,
  ]);
  for (const changes of [{ 'data.source': 'problems' }, { 'data.wrongShare': 0.5 }])
    expect(refused(() => validateTrainSettings(run('grpo', changes))).code).toBe('stage.own-data');
  for (const wrong of [{ ...questions, fingerprint: 'x' }, { ...questions, items: 0 }, 'Fruit'])
    expect(refused(() => validateTrainSettings({ ...run('grpo'), questions: wrong })).code).toBe(
      'train.invalid-setting',
    );
});
