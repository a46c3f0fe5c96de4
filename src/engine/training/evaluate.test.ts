import { expect, it } from 'vitest';
import type { AnswerLine } from '../../contract/evaluation-records.ts';
import { wilsonInterval } from '../../method/estimates.ts';
import { heldOutFigures } from './evaluate.ts';

const TRUE = { names: true, colors: true, places: true, counts: null, decisive: true };

function line(
  item: number,
  image: AnswerLine['image'],
  correct: boolean,
  strict = true,
): AnswerLine {
  return {
    type: 'answer',
    item,
    id: String(item),
    fact: image === null ? 'P' : 'F',
    seed: 1,
    response: 0,
    family: image === null && item % 2 === 0 ? 'math' : 'prior',
    image,
    question: 'What color is the sun in the picture?',
    reference: 'pink',
    ids: [1],
    text: '',
    answer: 'pink',
    correct,
    usual: image === 2 || image === 3 ? !correct : null,
    strict,
    lenient: true,
    reason: null,
    tokens: { all: 30 + item, description: 10, reasoning: 5 },
    truth: image === 3 ? { ...TRUE, decisive: false } : TRUE,
  };
}

it('a run’s figures are those of the table: questions on their own, groups of three, and form of all', () => {
  const found = heldOutFigures([
    line(0, null, true),
    line(1, null, false),
    line(2, null, true, false),
    line(3, 1, true),
    line(4, 2, false),
    line(5, 3, true),
  ]);
  expect(found).toMatchObject({
    accuracy: 2 / 3,
    prior: 1,
    score: 0.5,
    valid: 5 / 6,
    counts: { accuracy: 3, prior: 1, score: 2, valid: 6 },
  });
  const { figures = {} } = found;
  expect(figures['score.F']).toEqual({ value: 0.5, ...wilsonInterval(1, 2) });
  const values = (...ids: string[]) => ids.map((id) => figures[id]?.value);
  expect(values('avg.family.math', 'avg.family.prior', 'usual.F')).toEqual([1, 0, 0.5]);
  expect(values('truth.right', 'errors.thinking', 'errors.lucky')).toEqual([2 / 3, 1 / 3, 1 / 3]);
  expect(values('valid.lenient', 'length.description')).toEqual([1, 10]);
  expect(figures['truth.counts']).toBeUndefined();
});

it('without answers there is no figure, and never no number', () => {
  expect(heldOutFigures([])).toEqual({
    accuracy: null,
    prior: null,
    score: null,
    valid: 0,
    counts: { accuracy: 0, prior: 0, score: 0, valid: 0 },
    figures: {},
  });
});
