import { expect, it } from 'vitest';
import { responsesBehind } from './evaluation-behind.ts';
import { leakage, responseLine, settings } from './fixtures/evaluation-lines.ts';

const lines = Array.from({ length: 3000 }, (_, i) => responseLine(i, { correct: i % 9 === 1 }));
const asked = { evaluationId: 'one', figureId: 'score.F', from: 0, count: 8 } as const;

it('a page of the responses behind a figure is as long as was asked, of those that were asked', () => {
  const { counts, responses } = responsesBehind(settings, lines, {
    ...asked,
    which: 'yes',
    from: 8,
  });
  expect(counts).toEqual({ all: 2000, yes: 334, no: 1666 });
  expect(responses.map(({ line }) => line.item)).toEqual([73, 82, 91, 100, 109, 118, 127, 136]);
  expect(responses.every(({ value, answer: own }) => value === 1 && own?.correct)).toBe(true);
  const last = responsesBehind(settings, lines, { ...asked, which: 'no', from: 1664 });
  expect(last.responses).toHaveLength(2);
});

it('a rate of leakage has the rollouts that were measured, and what is no figure has none', () => {
  const measured = [responseLine(4), responseLine(5), leakage(5, 'opsd', 1, 4)];
  const of = (figureId: string) =>
    responsesBehind(settings, measured, { ...asked, figureId, which: 'all' });
  expect(of('palr.opsd.all').responses).toEqual([
    { line: measured[2], value: expect.closeTo(0.25, 6), answer: measured[1] },
  ]);
  expect(of('palr.vigos.all').responses).toEqual([]);
  expect(of('nothing').counts.all).toBe(0);
});
