import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { type Experiment, readExperiment } from './experiment.ts';
import { keyOfRun, placeText, plannedRuns, plannedTries } from './experiment-plan.ts';
import { chosenOf, tuningValue } from './experiment-tuning.ts';
import { named, SMALL, SMALL_TUNING } from './fixtures/small-grid.ts';

/** Two recipes, one of them tuned and followed by an ablation, two conditions, two seeds. */
const GRID = {
  ...SMALL,
  models: [{ ...named('tiny'), model: 'tiny-qwen2.5-vl' }],
  conditions: [named('right'), { ...named('usual'), set: { 'data.usualShare': 1 } }],
  recipes: [
    { ...named('base'), recipe: 'base' },
    {
      ...named('vigos'),
      recipe: 'vigos',
      set: { 'method.clip.kind': 'token', 'method.clip.value': 0.05 },
    },
    { ...named('blind'), recipe: 'without-perception', tunedAs: 'vigos' },
  ],
  cells: [
    { models: ['tiny'], conditions: ['right', 'usual'], recipes: ['base', 'vigos'], seeds: [1, 2] },
    { models: ['tiny'], conditions: ['right'], recipes: ['blind'], seeds: [1] },
  ],
  training: { preset: 'tiny', set: { steps: 4 } },
  tests: [{ set: { name: 'prior-test', count: 2 }, measures: ['vilp'] }],
  tuning: {
    ...SMALL_TUNING,
    model: 'tiny',
    items: 3,
    tries: [{ 'optimizer.learningRate': 0.001 }, { 'optimizer.learningRate': 0.004 }],
  },
};
const grid = readExperiment(GRID);
const MAP = { pairs: [{ label: 'taught', from: 'base', to: 'vigos' }] };

/** Where a grid that differs in one field is found to be wrong. */
function faultOf(change: (copy: typeof GRID) => void): { where?: string; message: string } {
  const copy = structuredClone(GRID);
  change(copy);
  try {
    const read = readExperiment(copy);
    plannedTries(read);
    plannedRuns(read, {});
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record;
    throw error;
  }
  throw new Error('it was taken');
}

describe('an experiment’s file', () => {
  it.each<[string, (copy: typeof GRID) => void]>([
    ['format', (g) => Object.assign(g, { format: 'vigos-experiment/2' })],
    ['cells.0.seeds.1', (g) => Object.assign(g.cells[0].seeds, [1, 1.5])],
    ['cells.1.recipes.0', (g) => Object.assign(g.cells[1].recipes, ['nobody'])],
    ['cells.1', (g) => Object.assign(g.cells[1], { recipes: ['vigos'] })],
    ['recipes.2.id', (g) => Object.assign(g.recipes[2], { id: 'vigos' })],
    ['recipes.2.tunedAs', (g) => Object.assign(g.recipes[2], { tunedAs: 'nobody' })],
    ['recipes.1.recipe', (g) => Object.assign(g.recipes[1], { recipe: 'ppo' })],
    [
      'recipes.1.set.method.clip',
      (g) => Object.assign(g.recipes[1], { set: { 'method.clip.value': -1 } }),
    ],
    [
      'conditions.1.set.data.usualShare',
      (g) => Object.assign(g.conditions[1], { set: { 'data.usualShare': 2 } }),
    ],
    ['training.set.stepz', (g) => Object.assign(g.training.set, { stepz: 4 })],
    ['tests.0.set.count', (g) => Object.assign(g.tests[0].set, { count: 0 })],
    // What no test measures would be said to wait for its runs, for ever.
    ['map.figure', (g) => Object.assign(g, { map: { ...MAP, figure: 'score.P' } })],
    ['tuning.recipes.0', (g) => Object.assign(g.tuning, { recipes: ['base'] })],
    [
      'tuning.tries.1.optimizer.learningRate',
      (g) => Object.assign(g.tuning.tries[1], { 'optimizer.learningRate': 7 }),
    ],
  ])('says that %s is wrong', (where, change) => {
    const fault = faultOf(change);
    expect(fault.where?.startsWith(where), `${fault.where}: ${fault.message}`).toBe(true);
    expect(fault.message).toContain('cannot be used');
  });

  it('is shipped whole', () => {
    const shipped = readExperiment(
      JSON.parse(readFileSync('experiments/does-seeing-first-help.json', 'utf8')),
    );
    expect(plannedTries(shipped)).toHaveLength(6 * 3);
    const runs = plannedRuns(shipped, {});
    const of = (model: string, recipe: string) =>
      runs.filter(({ place }) => place.model === model && place.recipe === recipe).length;
    expect([of('leaky', 'vigos'), of('obedient', 'vigos'), of('leaky', 'no-perception')]).toEqual([
      15, 3, 3,
    ]);
    // What decides is validation; the test pictures are of other splits.
    for (const { tests } of runs)
      for (const { set } of tests) expect(['prior-test', 'test']).toContain(set.name);
  });
});

describe('the plan of an experiment', () => {
  it('goes seed by seed over all recipes of a condition', () => {
    expect(plannedRuns(grid, {}).map(({ place }) => placeText(place))).toEqual([
      'tiny/right/base/1',
      'tiny/right/vigos/1',
      'tiny/right/base/2',
      'tiny/right/vigos/2',
      'tiny/usual/base/1',
      'tiny/usual/vigos/1',
      'tiny/usual/base/2',
      'tiny/usual/vigos/2',
      'tiny/right/blind/1',
    ]);
  });

  it('makes settings of the preset, the file, the condition, the recipe and the chosen try', () => {
    const runs = plannedRuns(grid, { vigos: 1 });
    const at = (place: string) => runs.find((run) => placeText(run.place) === place)?.training;
    expect(at('tiny/right/base/1')).toBeNull();
    expect(at('tiny/usual/vigos/2')).toMatchObject({
      seed: 2,
      steps: 4,
      data: { usualShare: 1 },
      method: { clip: { kind: 'token', value: 0.05 } },
      optimizer: { learningRate: 0.004 },
    });
    expect(at('tiny/right/vigos/1')).toMatchObject({ data: { usualShare: 0.6 } });
    // The ablation takes what its recipe chose, and has no clip, as the preset has none.
    expect(at('tiny/right/blind/1')).toMatchObject({
      method: { clip: { kind: 'none' }, teachers: { perception: false } },
      optimizer: { learningRate: 0.004 },
    });
  });

  it('tries each value on validation, with a seed of its own and no test', () => {
    const tries = plannedTries(grid);
    expect(tries.map(({ tried, tests }) => [tried, tests.length])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(tries[1].training).toMatchObject({
      seed: 9,
      evaluation: { every: 4, items: 3 },
      optimizer: { learningRate: 0.004 },
    });
  });

  it('knows a run by everything that decides its numbers', async () => {
    const runs = plannedRuns(grid, { vigos: 1 });
    const keys = await Promise.all(runs.map((run) => keyOfRun(run, 'weights')));
    const at = (place: string) => keys[runs.findIndex((run) => placeText(run.place) === place)];
    // A base is not trained, so the condition of training is none of its own.
    expect(at('tiny/usual/base/1')).toBe(at('tiny/right/base/1'));
    expect(new Set(keys).size).toBe(keys.length - 2);
    const others = plannedRuns(grid, { vigos: 0 });
    expect(await keyOfRun(others[1], 'weights')).not.toBe(keys[1]);
    expect(await keyOfRun(runs[1], 'other weights')).not.toBe(keys[1]);
    const { place, tried, training, tests } = runs[1];
    const reordered = { tests, training, tried, place };
    expect(await keyOfRun(reordered, 'weights')).toBe(keys[1]);
  });

  it('leaves out what came later where it is at rest, so that earlier results stay those of its runs', () => {
    const trainingOf = (set: Experiment['training']['set']) =>
      plannedRuns({ ...grid, training: { ...grid.training, set } }, {})[1].training;
    const evaluationOf = (set: Experiment['training']['set']) => trainingOf(set)?.evaluation;
    expect(evaluationOf({})).not.toHaveProperty('palr');
    expect(evaluationOf({})).not.toHaveProperty('responses');
    expect(evaluationOf({})).not.toHaveProperty('words');
    expect(evaluationOf({ 'evaluation.palr': 4 })).toMatchObject({ palr: 4 });
    expect(trainingOf({})?.trainable).not.toHaveProperty('sight');
    expect(trainingOf({ 'trainable.sight': 'all' })?.trainable).toMatchObject({ sight: 'all' });
  });
});

describe('the choice of values', () => {
  const validation = (prior: number, score: number) => [
    { step: 0, figures: { 'prior.F': 1, 'score.F': 1 } },
    { step: 4, figures: { 'prior.F': prior, 'score.F': score } },
  ];
  const one = (tried: number, validations: ReturnType<typeof validation> | null) => ({
    recipe: 'vigos',
    tried,
    validations,
  });

  it('is the best mean after the last step, and the first of equal ones', () => {
    const found = [one(1, validation(0.6, 0.8)), one(0, validation(0.9, 0.4))];
    expect(tuningValue(['prior.F', 'score.F'], validation(0.9, 0.4))).toBeCloseTo(0.65, 12);
    expect(chosenOf(grid, found)).toEqual({ vigos: 1 });
    expect(chosenOf(grid, [one(0, validation(0.7, 0.7)), one(1, validation(0.7, 0.7))])).toEqual({
      vigos: 0,
    });
  });

  it('waits for all tries, and never takes one that failed', () => {
    expect(chosenOf(grid, [one(1, validation(0.6, 0.8))])).toEqual({});
    expect(chosenOf(grid, [one(0, null), one(1, validation(0.1, 0))])).toEqual({ vigos: 1 });
    expect(chosenOf({ ...grid, tuning: undefined } as unknown as Experiment, [])).toEqual({});
  });
});

it('the experiment on stages asks the same questions in every order, and reads as it was written down', () => {
  const file = 'experiments/seeing-to-thinking.json';
  const grid = readExperiment(JSON.parse(readFileSync(file, 'utf8')));
  expect(readExperiment(JSON.parse(JSON.stringify(grid)))).toEqual(grid);
  const runs = plannedRuns(grid, {});
  const of = (recipe: string) =>
    runs.filter(({ place }) => place.recipe === recipe).map(({ training }) => training);
  for (const recipe of ['merged', 'difficulty', 'capability', 'both', 'reversed']) {
    expect(of(recipe)).toHaveLength(5);
    expect(of(recipe)[0]?.steps).toBe(94);
  }
  const data = (recipe: string) => of(recipe)[0]?.schedule?.stages.map(({ items }) => items?.name);
  for (const recipe of ['difficulty', 'capability', 'both'])
    expect(data(recipe)).toEqual(data('merged'));
  expect(data('reversed')).toEqual(data('merged')?.toReversed());
  expect(of('vigos-after')).toHaveLength(3);
});
