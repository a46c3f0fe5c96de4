/** Two sides: their figures are those of their own rows, and answers are held together example by example. */

import { expect, it } from 'vitest';
import { ALL_ROWS } from '../contract/rollouts/rollouts.ts';
import { fileOf, importOf, tinyAssets } from './fixtures/set-up.ts';
import { otherRows, sideBySide } from './side-by-side.ts';

const body = (answer: string) =>
  ` a red leaf.</description>\n<think>It is ${answer}.</think>\n\\boxed{${answer}}`;
const line = (id: number, step: number, completion: string) =>
  `${JSON.stringify({ id, step, completion, answer: 'red', question: 'What colour?' })}\n`;

it('two stretches of steps of one file', async () => {
  const file = fileOf(
    'a.jsonl',
    line(1, 25, body('blue')),
    line(2, 25, body('red')),
    line(3, 25, 'no form'),
    line(4, 25, body('red')),
    line(1, 50, body('red')),
    line(2, 50, body('red')),
    line(3, 50, body('red')),
    // Half of its answers are right at the later step.
    line(4, 50, body('red')),
    line(4, 50, body('blue')),
    line(9, 50, body('red')),
  );
  const { store, record } = await importOf([file], { assets: tinyAssets() });
  const set = await store.open(record.id);
  const at = (step: number) => otherRows(set, ALL_ROWS, { from: step, to: step });
  const { first, second, answers } = await sideBySide(at(25), at(50), 'vigos', store.scores);
  expect(first).toMatchObject({ statistics: { rows: 4, valid: 3, right: 2 }, scores: null });
  expect(second.statistics).toMatchObject({ rows: 6, valid: 6, right: 5 });
  expect(answers).toEqual({ examples: 4, better: 2, worse: 1, same: 1 });
  const none = await sideBySide(at(25), at(75), 'vigos', store.scores);
  expect(none).toMatchObject({ second: { statistics: { rows: 0 } }, answers: null });
});
