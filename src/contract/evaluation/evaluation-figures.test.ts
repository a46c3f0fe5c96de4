import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../method/estimates.ts';
import { figuresOfLines, linesBehind } from './evaluation-figures.ts';
import type { EvaluationLine } from './evaluation-records.ts';
import { figureRows } from './evaluation-rows.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';
import { leakage, responseLine, settings, TRUE } from './fixtures/evaluation-lines.ts';

const figures = (lines: readonly EvaluationLine[], of: Partial<EvaluationSettings> = {}) =>
  new Map(figuresOfLines({ ...settings, ...of }, lines).map((figure) => [figure.id, figure]));
const values = (found: ReturnType<typeof figures>, ...ids: string[]) =>
  ids.map((id) => found.get(id)?.value ?? null);

describe('figures of an evaluation', () => {
  const lines = [
    responseLine(0),
    responseLine(1, { correct: false, usual: true }),
    responseLine(2, {
      correct: false,
      usual: false,
      truth: { ...TRUE, colors: false, decisive: false },
    }),
    responseLine(3),
    responseLine(4),
    responseLine(5, {
      correct: false,
      usual: true,
      strict: false,
      tokens: { all: 96, description: 96, reasoning: 0 },
    }),
    responseLine(1, { fact: 'P' }),
  ];
  const found = figures(lines);

  it('are Prior, Score and the usual answers, in each setting', () => {
    expect(values(found, 'prior.F', 'score.F', 'usual.F')).toEqual([1, 0.25, 0.5]);
    expect(values(found, 'prior.P', 'score.P', 'usual.P')).toEqual([null, 1, 0]);
    expect(found.get('score.F')).toMatchObject({
      method: 'wilson',
      interval: wilsonInterval(1, 4),
      pictures: 4,
      responses: 4,
      why: null,
    });
    expect(found.get('prior.P')?.why).toMatch(/no groups/);
  });

  it('split errors into seeing and thinking, by what the description says of its picture', () => {
    expect(values(found, 'truth.right', 'truth.colors', 'truth.counts')).toEqual([
      5 / 6,
      5 / 6,
      null,
    ]);
    const parts = values(found, 'errors.none', 'errors.thinking', 'errors.seeing', 'errors.lucky');
    expect(parts).toEqual([3 / 6, 2 / 6, 1 / 6, 0]);
    expect(found.get('truth.counts')?.why).toMatch(/numbers/);
  });

  it('are valid shares by both rules, and lengths of valid rollouts alone', () => {
    expect(values(found, 'valid.strict', 'valid.lenient')).toEqual([5 / 6, 1]);
    expect(values(found, 'length.description', 'length.reasoning')).toEqual([20, 6]);
    expect(found.get('length.description')).toMatchObject({
      method: 'bootstrap',
      interval: { low: 20, high: 20 },
      responses: 5,
    });
  });

  it('are Pass@k and Avg@k of the responses to each question, by family', () => {
    const several = [0, 1, 2].flatMap((item) =>
      [0, 1].map((response) =>
        responseLine(item, {
          response,
          correct: item === 0 || (item === 1 && response === 1),
          family: item === 0 ? 'math' : 'prior',
        }),
      ),
    );
    const all = figures(several, { responses: 2 });
    expect(values(all, 'avg', 'pass')).toEqual([0.5, 2 / 3]);
    expect(values(all, 'avg.family.math', 'pass.family.math')).toEqual([1, 1]);
    expect(values(all, 'avg.family.prior', 'pass.family.prior')).toEqual([0.25, 0.5]);
    expect(all.get('pass')).toMatchObject({ label: 'Pass@2', interval: wilsonInterval(2, 3) });
    expect(figures(several).get('pass')).toBeUndefined();
  });

  it('are PALR’s sums over all rollouts, with a bootstrap over pictures', () => {
    const measured = [...lines, leakage(0, 'opsd', 1, 4), leakage(1, 'opsd', 3, 4)];
    const all = figures(measured);
    expect(all.get('palr.opsd.reasoningAnswer')?.value).toBeCloseTo(0.5, 6);
    expect(all.get('palr.opsd.reasoningAnswer')?.interval?.low).toBeCloseTo(0.25, 6);
    expect(all.get('palr.opsd.reasoningAnswer')?.interval?.high).toBeCloseTo(0.75, 6);
    expect(all.get('palr.vigos.all')?.value).toBeNull();
    expect(all.get('palr.opsd.description')?.value).toBeNull();
  });

  it('say in a sentence why there is none, and are never no number', () => {
    const cases: [EvaluationLine[], string, RegExp][] = [
      [[], 'score.F', /answered yet/],
      [[responseLine(0, { image: null })], 'score.F', /no groups/],
      [[responseLine(0, { truth: null })], 'truth.right', /Nobody knows/],
      [[responseLine(0, { correct: null, reference: '' })], 'avg', /reference answer/],
      [[responseLine(0, { correct: null })], 'errors.none', /reference answer/],
      [[responseLine(0, { strict: false })], 'palr.opsd.all', /None of 1 rollouts/],
      [[responseLine(0, { strict: false })], 'length.all', /right form/],
      [[responseLine(0)], 'length.all', /One picture alone/],
    ];
    for (const [given, id, why] of cases) {
      const all = figures(given);
      expect(all.get(id)?.why, id).toMatch(why);
      for (const { value, interval } of all.values())
        for (const number of [value, interval?.low ?? null, interval?.high ?? null])
          expect(number === null || Number.isFinite(number)).toBe(true);
    }
    const boxless = figures([
      responseLine(0, { answer: null, correct: false, strict: false }),
      responseLine(1, { answer: null, correct: false, strict: false }),
    ]);
    expect(values(boxless, 'prior.F', 'score.F', 'valid.strict')).toEqual([0, 0, 0]);
  });

  it('of several responses to a picture count each picture once in the interval’s least', () => {
    const same = [0, 1, 2, 3, 4, 5].flatMap((item) =>
      [1, 2, 3].map((seed) => responseLine(item, { seed, correct: item % 3 === 0 })),
    );
    const found = figures(same, { seeds: [1, 2, 3] }).get('avg');
    expect(found).toMatchObject({ value: 1 / 3, pictures: 6, responses: 18 });
    expect(found?.interval?.low).toBeCloseTo(wilsonInterval(2, 6).low, 10);
  });

  it('have the lines behind them', () => {
    const row = figureRows(settings, lines).find(({ id }) => id === 'score.F');
    const behind = row === undefined ? [] : linesBehind(row, lines);
    expect(behind.map(({ line, value }) => [line.item, value])).toEqual([
      [1, 0],
      [2, 0],
      [4, 1],
      [5, 0],
    ]);
  });

  it('of a set of 5,000 take no longer than a person waits', () => {
    const many = Array.from({ length: 5000 }, (_, i) => responseLine(i, { correct: i % 7 === 0 }));
    const start = performance.now();
    expect(figures(many).get('score.F')?.pictures).toBe(3333);
    expect(performance.now() - start).toBeLessThan(25_000);
  });
});
