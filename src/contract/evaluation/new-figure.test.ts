/**
 * A figure of an evaluation that only this file knows: its row in `evaluation-rows.ts` is all that it takes. (A figure
 * of a step comes with its recipe: `training/recipes/new-recipe.browser.test.ts`.)
 */

import { expect, it, vi } from 'vitest';
import { inShare } from '../../method/evaluation.ts';
import { compareLines } from './evaluation-comparison.ts';
import { figuresOfLines } from './evaluation-figures.ts';
import type { FigureRow } from './figure-row.ts';
import { responseLine, settings } from './fixtures/evaluation-lines.ts';

vi.mock(import('./evaluation-rows.ts'), async (original) => {
  const rows = await original();
  const brief: FigureRow = {
    id: 'brief',
    label: 'Brief',
    measure: 'form',
    unit: 'share',
    sentence: 'Answers of fewer than ten tokens.',
    why: () => 'Nothing is answered yet.',
    kind: 'answers',
    of: ({ tokens }) => inShare(tokens.all < 10),
  };
  return { ...rows, figureRows: (...args) => [...rows.figureRows(...args), brief] };
});

const lines = [0, 1, 2, 3].map((item) =>
  responseLine(item, { tokens: { all: item === 0 ? 5 : 40, description: 3, reasoning: 1 } }),
);

it('is counted with its interval, and compared pair by pair', () => {
  expect(figuresOfLines(settings, lines).at(-1)).toMatchObject({
    id: 'brief',
    label: 'Brief',
    value: 0.25,
    responses: 4,
    method: 'wilson',
    why: null,
  });
  expect(figuresOfLines(settings, []).at(-1)).toMatchObject({
    value: null,
    why: 'Nothing is answered yet.',
  });
  const side = { settings, lines };
  expect(compareLines(side, side).at(-1)).toMatchObject({
    id: 'brief',
    difference: { value: 0, pairs: 4 },
  });
});
