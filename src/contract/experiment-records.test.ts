import { expect, it } from 'vitest';
import { figuresOfLines } from './evaluation-figures.ts';
import type { AnswerLine, EvaluationLine } from './evaluation-records.ts';
import { EVALUATION_PRESETS, type EvaluationSettings } from './evaluation-settings.ts';
import { linesOf, testFound } from './experiment-records.ts';

const [{ settings: looks }] = EVALUATION_PRESETS;
const settings: EvaluationSettings = {
  ...looks,
  set: { name: 'prior-test', count: 1 },
  measures: ['vilp', 'truth', 'palr'],
  responses: 2,
};

const answer = (item: number, fact: 'F' | 'P', response: number): AnswerLine => ({
  type: 'answer',
  item,
  fact,
  seed: 7,
  response,
  id: `prior-test-${item}`,
  family: 'prior',
  image: ((item % 3) + 1) as 1 | 2 | 3,
  question: 'What colour is the sun?',
  reference: 'pink',
  ids: [1, 2, 3],
  text: 'the sun',
  answer: 'pink',
  correct: (item + response) % 2 === 0,
  usual: item % 3 === 0 ? null : response === 1,
  strict: !(item === 2 && response === 1),
  lenient: true,
  reason: null,
  tokens: { all: 40 + item, description: 20 + response, reasoning: 12 },
  truth: { names: true, colors: item === 1, places: null, counts: null, decisive: item !== 1 },
});

const sums = (answer: number, image: number) => ({ tokens: 4, answer, image });

const lines: EvaluationLine[] = [
  ...[2, 0, 1].flatMap((item) =>
    (['P', 'F'] as const).flatMap((fact) => [answer(item, fact, 1), answer(item, fact, 0)]),
  ),
  ...[1, 0].flatMap((item) =>
    (['opsd', 'vigos'] as const).map(
      (method): EvaluationLine => ({
        type: 'leakage',
        item,
        fact: 'F',
        seed: 7,
        response: 0,
        id: `prior-test-${item}`,
        method,
        description: sums(method === 'opsd' ? 0.25 : 0, 2),
        reasoningAnswer: sums(0.5 + item, 3),
        all: sums(0.75, 5),
      }),
    ),
  ),
];

it('every figure of a test comes out of its columns as out of its log', () => {
  const kept = JSON.parse(JSON.stringify(testFound(settings, lines)));
  expect(kept.answers.F.correct).toBe('100110');
  expect(kept.answers.F.usual).toBe('--0101');
  expect(figuresOfLines(settings, linesOf(kept))).toEqual(figuresOfLines(settings, lines));
});
