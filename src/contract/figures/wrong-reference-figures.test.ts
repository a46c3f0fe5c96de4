import { expect, it } from 'vitest';
import { figuresOf } from './step-figures.ts';
import { type ReferenceFacts, WRONG_REFERENCE_CHART } from './wrong-reference-figures.ts';

const figures = (references: readonly ReferenceFacts[] | null) =>
  figuresOf([WRONG_REFERENCE_CHART], { references });
const boxed = (wrong: boolean, right: boolean) => ({ wrong, right });

it('says how many references are wrong, and whom of those that met one it fooled', () => {
  const right = { wrong: false, boxed: boxed(false, true) };
  expect(
    figures([
      { wrong: true, boxed: boxed(true, false) },
      { wrong: true, boxed: boxed(false, true) },
      { wrong: true, boxed: boxed(true, false) },
      { wrong: true, boxed: boxed(false, false) },
      ...[right, right, right, right],
    ]),
  ).toEqual({
    'wrongReference.given': 0.5,
    'wrongReference.boxed': 0.5,
    'wrongReference.resisted': 0.25,
  });
});

it('has nothing to say of whom in a step without wrong ones or without rollouts, and of a run without nothing', () => {
  expect(figures([{ wrong: false, boxed: boxed(false, true) }])).toEqual({
    'wrongReference.given': 0,
  });
  expect(figures([{ wrong: true, boxed: null }])).toEqual({ 'wrongReference.given': 1 });
  expect(figures(null)).toEqual({});
});
