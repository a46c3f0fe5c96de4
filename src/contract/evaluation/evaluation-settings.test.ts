import { expect, it } from 'vitest';
import { refusedBy } from '../../base/fixtures/refused.ts';
import {
  EVALUATION_PRESETS,
  type EvaluationSettings,
  picturesOf,
  validateEvaluation,
} from './evaluation-settings.ts';

const [{ settings }] = EVALUATION_PRESETS;
const refusal = (change: Partial<EvaluationSettings>) =>
  refusedBy(() => validateEvaluation({ ...settings, ...change }));

it('presets are taken as they are', () => {
  for (const preset of EVALUATION_PRESETS)
    expect(validateEvaluation(preset.settings)).toEqual(preset.settings);
});

it('lists lose repetitions and come in one order; a set without groups is asked once', () => {
  const read = validateEvaluation({
    ...settings,
    set: { name: 'test', count: 7 },
    measures: ['truth', 'vilp', 'truth'],
    facts: ['P', 'F'],
    seeds: [2, 1, 2],
  });
  expect(read).toMatchObject({ measures: ['vilp', 'truth'], facts: ['F'], seeds: [2, 1] });
  expect(picturesOf(read.set)).toBe(7);
  expect(picturesOf(settings.set)).toBe(300);
});

it('what is out of range is refused by its name', () => {
  expect(refusal({ responses: 17 })).toMatchObject({ where: 'responses' });
  expect(refusal({ seeds: [] })).toMatchObject({ where: 'seeds' });
  expect(refusal({ seeds: [-1] })).toMatchObject({ where: 'seeds' });
  expect(refusal({ measures: [] })).toMatchObject({ where: 'measures' });
  expect(refusal({ set: { name: 'test', count: 0 } })).toMatchObject({ where: 'set.count' });
  expect(refusal({ sampling: { ...settings.sampling, topP: 2 } })).toMatchObject({
    code: 'evaluation.invalid-setting',
    where: 'sampling.topP',
  });
  expect(refusal({ leakage: { ...settings.leakage, wrongAnswers: 0 } })).toMatchObject({
    where: 'leakage.wrongAnswers',
  });
});

it('seeing is kept where it is less than clear and pictures are of the world, and refused out of bounds', () => {
  const less = { noise: 20, pictureEdge: 56, occlusion: 0.5 };
  expect(validateEvaluation({ ...settings, seeing: less }).seeing).toEqual(less);
  const clear = { noise: 0, pictureEdge: 112, occlusion: 0 };
  expect(validateEvaluation({ ...settings, seeing: clear })).toEqual(settings);
  const set = { name: 'file', file: 'own.zip', fingerprint: '', count: 3 } as const;
  expect(validateEvaluation({ ...settings, set, seeing: less }).seeing).toBeUndefined();
  expect(() => validateEvaluation({ ...settings, seeing: { ...less, pictureEdge: 200 } })).toThrow(
    'seeing.pictureEdge is 200',
  );
});

it('a file is asked with and without the fact sentence until it is known to have no groups', () => {
  const facts = ['F', 'P'] as const;
  const factsOf = (fingerprint: string, groups?: true) => {
    const own = { name: 'file', file: 'own.zip', fingerprint, count: 3 } as const;
    const set = groups === undefined ? own : { ...own, groups };
    return validateEvaluation({ ...settings, facts, set }).facts;
  };
  expect(factsOf('')).toEqual(facts);
  expect(factsOf('ab', true)).toEqual(facts);
  expect(factsOf('ab')).toEqual(['F']);
});
