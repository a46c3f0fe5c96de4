import { expect, it } from 'vitest';
import { figuresOfLines } from '../evaluation/evaluation-figures.ts';
import type { EvaluationLine } from '../evaluation/evaluation-records.ts';
import { EVALUATION_PRESETS, type EvaluationSettings } from '../evaluation/evaluation-settings.ts';
import { leakage, responseLine, TRUE } from '../evaluation/fixtures/evaluation-lines.ts';
import { linesOf, testFound } from './experiment-records.ts';

const [{ settings: looks }] = EVALUATION_PRESETS;
const settings: EvaluationSettings = {
  ...looks,
  set: { name: 'prior-test', count: 1 },
  measures: ['vilp', 'truth', 'palr'],
  responses: 2,
};

const answerTo = (item: number, fact: 'F' | 'P', response: number) =>
  responseLine(item, {
    fact,
    seed: 7,
    response,
    correct: (item + response) % 2 === 0,
    usual: item % 3 === 0 ? null : response === 1,
    strict: !(item === 2 && response === 1),
    tokens: { all: 40 + item, description: 20 + response, reasoning: 12 },
    truth: { ...TRUE, colors: item === 1, places: null, decisive: item !== 1 },
  });

const lines: EvaluationLine[] = [
  ...[2, 0, 1].flatMap((item) =>
    (['P', 'F'] as const).flatMap((fact) => [answerTo(item, fact, 1), answerTo(item, fact, 0)]),
  ),
  ...[1, 0].flatMap((item) =>
    (['opsd', 'vigos'] as const).map(
      (method): EvaluationLine => ({
        ...leakage(item, method, 0.5 + item, 3.5 + item),
        seed: 7,
        description: { tokens: 4, answer: method === 'opsd' ? 0.25 : 0, image: 2 },
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
