import { describe, expect, it } from 'vitest';
import { refusedBy } from '../../base/fixtures/refused.ts';
import { READY_SCHEDULES } from './ready-schedules.ts';
import { readScheduleFile, settingsOfSchedule, type WrittenSchedule } from './schedule-file.ts';
import { settingsAt, stageOf, stagesOf } from './stages.ts';
import { trainSettings } from './train-settings.ts';
import { validateTrainSettings, withSetting } from './train-validate.ts';

const STAGED: WrittenSchedule = {
  format: 'vigos-schedule/1',
  title: 'Two stages',
  stages: [
    { id: 'a', label: 'Seeing', recipe: 'sft-captions', steps: 3 },
    {
      id: 'b',
      label: 'Thinking',
      recipe: 'grpo',
      steps: 5,
      set: { 'data.source': 'problems', 'optimizer.learningRate': 0.5 },
    },
  ],
};

const settings = (changes: object = {}) =>
  settingsOfSchedule(readScheduleFile({ ...STAGED, ...changes }));

const SET = {
  name: 'kept',
  source: 'pictures',
  drawn: { usualShare: 0.6, difficulty: 'mixed', noise: 0, pictureEdge: 112, occlusion: 0 },
  items: [{ index: 1, passRate: 0.5 }],
} as const;

const refusal = refusedBy;

describe('a run with stages', () => {
  it('has the steps of all, and in each step what its stage says', () => {
    const run = settings();
    expect(run.steps).toBe(8);
    expect(stagesOf(run).map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 8],
    ]);
    expect([0, 1, 3, 4, 8].map((step) => stageOf(run, step).id)).toEqual(['a', 'a', 'a', 'b', 'b']);
    const { settings: later } = settingsAt(run, 4);
    expect(later).toMatchObject({ recipe: 'grpo', steps: 5, seed: 1 });
    expect(later.optimizer.learningRate).toBe(0.5);
    expect(later.schedule).toBeUndefined();
    expect(settingsAt(run, 1).settings.grpo).toBeUndefined();
  });

  it('reads as it was written, and one without stages knows nothing of them', () => {
    const run = settings();
    expect(validateTrainSettings(JSON.parse(JSON.stringify(run)))).toEqual(run);
    const plain = trainSettings('vigos', 'tiny');
    expect(validateTrainSettings(plain)).toEqual(plain);
    expect(plain).not.toHaveProperty('schedule');
    expect(settingsAt(plain, 7)).toMatchObject({ settings: plain, place: { from: 0, to: 100 } });
  });

  it('is changed in its stages', () => {
    const change = () => withSetting(settings(), 'optimizer.learningRate', 1);
    expect(refusal(change)).toMatchObject({ code: 'train.stage-setting' });
    expect(withSetting(settings(), 'evaluation.every', 7).evaluation.every).toBe(7);
  });
});

describe('a schedule that cannot be run', () => {
  const stage = STAGED.stages[1];

  it('is refused by its stage, with the next step', () => {
    const empty = { ...SET, items: [] };
    const first = (changes: object) => settings({ stages: [{ ...STAGED.stages[0], ...changes }] });
    expect(refusal(() => first({ items: empty }))).toMatchObject({
      code: 'stage.no-data',
      where: 'schedule.stages.0.items',
      fix: expect.stringContaining('filter'),
    });
    expect(refusal(() => first({ recipe: 'base' })).code).toBe('stage.untrained');
    expect(refusal(() => first({ recipe: 'vigos', set: { 'data.source': 'problems' } })).code).toBe(
      'stage.teachers-need-pictures',
    );
    expect(refusal(() => first({ items: SET, set: { 'data.usualShare': 1 } })).code).toBe(
      'stage.other-data',
    );
    expect(refusal(() => settings({ stages: [stage, stage] })).code).toBe('stage.twice');
    expect(refusal(() => settings({ stages: [] })).code).toBe('schedule.invalid');
  });

  it('is one that mixes recipes, or orders what nobody measured', () => {
    expect(refusal(() => settings({ order: 'merged' }))).toMatchObject({
      code: 'stage.mixed',
      where: 'schedule.stages.1.recipe',
    });
    expect(refusal(() => settings({ order: 'both' }))).toMatchObject({
      code: 'stage.no-pass-rates',
      fix: expect.stringContaining('npm run -s filter'),
    });
  });
});

it('every ready-made schedule can be run, and those that are compared take as many steps', () => {
  const found = READY_SCHEDULES.map(({ id: _, ...written }) =>
    settingsOfSchedule(readScheduleFile(written)),
  );
  expect(new Set(found.map(({ steps }) => steps))).toEqual(new Set([104]));
  expect(stagesOf(found[1])).toHaveLength(1);
});
