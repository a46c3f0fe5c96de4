import { describe, expect, it } from 'vitest';
import { refusedBy } from '../../base/fixtures/refused.ts';
import { READY_SCHEDULES } from './ready-schedules.ts';
import { readScheduleFile, settingsOfSchedule, type WrittenSchedule } from './schedule-file.ts';
import { settingsAt, settledAfter, stageOf, stagesOf, tokensIn } from './stages.ts';
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

describe('a stage that tokens end', () => {
  const [first, second] = STAGED.stages;
  const run = settings({ stages: [{ ...first, steps: 6, tokens: 100 }, second] });
  const steps = (...tokens: number[]) => tokens.map((own, i) => ({ step: i + 1, tokens: own }));
  const borders = (of: typeof run) => stagesOf(of).map(({ from, to, open }) => [from, to, open]);

  it('is as long as its steps at the most, until the step that reaches them', () => {
    expect(borders(run)).toEqual([
      [0, 6, true],
      [6, 11, false],
    ]);
    const under = steps(40, 59);
    expect(settledAfter(run, under)).toBe(run);
    expect(tokensIn(run, stageOf(run, 2), under)).toEqual({ done: 99, of: 100 });
    const settled = settledAfter(run, steps(40, 59, 1));
    expect(settled.steps).toBe(8);
    expect(borders(settled)).toEqual([
      [0, 3, false],
      [3, 8, false],
    ]);
    expect(stageOf(settled, 4).id).toBe('b');
    // Whenever it is asked again, and of whichever settings, the border stays where it fell.
    expect(settledAfter(settled, steps(40, 59, 1, 70))).toBe(settled);
    expect(settledAfter(run, steps(40, 59, 1, 70))).toEqual(settled);
    // It follows from the steps, so that settings are written and read as they were planned.
    expect(validateTrainSettings(JSON.parse(JSON.stringify(settled)))).toEqual(run);
    // One that goes back to an earlier step has it still before it.
    expect(settledAfter(settled, steps(40, 59))).toEqual(run);
    expect(borders(settledAfter(run, steps(1, 1, 1, 1, 1, 1)))[0]).toEqual([0, 6, false]);
  });

  it('of mixed ones the run ends after the tokens of all', () => {
    const stages = [
      { ...second, tokens: 60 },
      { ...second, id: 'c', tokens: 50 },
    ];
    const merged = settings({ order: 'merged', stages });
    expect(borders(merged)).toEqual([[0, 10, true]]);
    const settled = settledAfter(merged, steps(60, 49, 1));
    expect([settled.steps, ...borders(settled)]).toEqual([3, [0, 3, false]]);
    const { tokens: _, ...endless } = stages[1];
    expect(
      refusal(() => settings({ order: 'merged', stages: [stages[0], endless] })),
    ).toMatchObject({ code: 'stage.tokens', where: 'schedule.stages.1.tokens' });
  });

  it.each([0, -1, 1.5, 1e12])('is refused for %d tokens, with the next step', (tokens) => {
    expect(refusal(() => settings({ stages: [{ ...first, tokens }] }))).toMatchObject({
      code: 'stage.tokens',
      where: 'schedule.stages.0.tokens',
      fix: expect.stringContaining('a whole number'),
    });
  });

  it('is nothing of a run without any', () => {
    expect(JSON.stringify(settings())).not.toMatch(/tokens|ended/);
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
