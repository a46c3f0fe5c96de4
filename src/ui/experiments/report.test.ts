import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../contract/experiment/experiment-claims.ts';
import {
  answerSentence,
  claimSentence,
  equalTokensSentence,
  mapPlaces,
  overallText,
  seedsOfPlace,
} from '../../contract/experiment/experiment-words.ts';
import { svgText } from '../charts/drawing.ts';
import { smallReport } from './fixtures/small-report.ts';
import { reportMarkdown, reportPictures } from './markdown.ts';

const report = smallReport();
const cell = (condition: string, recipe: string) =>
  report.cells.find((one) => one.condition === condition && one.recipe === recipe);
const figure = (condition: string, recipe: string, id: string) =>
  cell(condition, recipe)?.figures.find((one) => one.id === id);
const claim = (id: string) => report.claims.find((one) => one.id === id)?.found ?? [];

const COLORS = { ink: '#111', soft: '#555', line: '#ccc', paper: '#fff', results: ['#111'] };

describe('the figures of a report', () => {
  it('are means over seeds', () => {
    // Conflicts are pictures 2 and 3: none, one, and one of four.
    expect(figure('right', 'base', 'score.F')).toMatchObject({
      values: [0, 0.25, 0.25],
      seeds: [1, 2, 3],
    });
    expect(figure('right', 'base', 'score.F')?.value).toBeCloseTo(1 / 6, 12);
    expect(figure('right', 'vigos', 'score.F')?.value).toBe(0.75);
    expect(figure('right', 'vigos', 'prior.F')?.value).toBe(1);
    expect(figure('right', 'base', 'palr.opsd.reasoningAnswer')?.value).toBeCloseTo(0.25, 7);
  });

  it('say which seeds are there and which failed', () => {
    expect(cell('usual', 'vigos')).toMatchObject({
      planned: [1, 2, 3],
      seeds: [1, 2],
      failed: [{ seed: 3, code: 'train.all-invalid' }],
    });
    // What is not trained is the same whatever training would have been.
    expect(cell('usual', 'base')?.seeds).toEqual([1, 2, 3]);
  });

  it('of form and truth are not counted for a plain question', () => {
    const ids = cell('right', 'plain')?.figures.map(({ id }) => id) ?? [];
    expect(ids).toContain('score.F');
    expect(ids.filter((id) => /^(valid|length|truth|errors|palr)/.test(id))).toEqual([]);
  });
});

describe('claims', () => {
  it('are held to the difference under each seed on the same pictures', () => {
    const [right, usual] = claim('helps');
    // OPSD one of four on every seed, ViGOS three of four.
    expect(right.difference).toMatchObject({ value: 0.5, values: [0.5, 0.5, 0.5] });
    expect(usual).toMatchObject({
      difference: { value: 0, interval: { low: 0, high: 0 }, seeds: [1, 2] },
      verdict: 'not-seen',
      planned: 3,
    });
    expect(claim('leaks')[0].difference?.value).toBeCloseTo(0.1 - 0.25, 7);
    expect(claim('leaks')[0].verdict).toBe('seen');
    // +1, +2 and +3 points: 2 ± 4.303 · 1 / √3.
    const [held] = claim('held');
    expect(held.difference?.interval?.low).toBeCloseTo(0.02 - 0.02484, 4);
    expect(held.verdict).toBe('unknown');
  });

  it.each([
    ['higher', [0.01, 0.05], 'seen'],
    ['higher', [-0.05, -0.01], 'reversed'],
    ['higher', [-0.01, 0.015], 'not-seen'],
    ['higher', [-0.01, 0.05], 'unknown'],
    ['lower', [-0.05, -0.01], 'seen'],
    ['lower', [0.01, 0.05], 'reversed'],
    ['same', [-0.01, 0.015], 'seen'],
    ['same', [0.03, 0.05], 'not-seen'],
    ['same', [0.01, 0.05], 'unknown'],
  ] as const)('expected %s, %j is %s', (expected, [low, high], verdict) => {
    const difference = {
      value: (low + high) / 2,
      interval: { low, high },
      seeds: [1, 2],
      values: [],
    };
    expect(verdictOf(expected, difference, 0.02)).toBe(verdict);
    expect(verdictOf(expected, { ...difference, interval: null }, 0.02)).toBe('unknown');
    expect(verdictOf(expected, null, 0.02)).toBe('unknown');
  });

  it('about what trains nothing are asked once a model, the others under every condition', () => {
    expect(report.claims.map(({ id, found }) => [id, found.map((one) => one.condition)])).toEqual([
      ['helps', ['right', 'usual']],
      ['leaks', ['right']],
      ['held', ['right', 'usual']],
    ]);
  });

  it('are put into one word, in which what cannot be told takes no part', () => {
    const [helps] = report.claims;
    const verdicts = (...given: (typeof helps.found)[number]['verdict'][]) => ({
      ...helps,
      found: given.map((verdict) => ({ ...helps.found[0], verdict })),
    });
    expect(overallText(verdicts('seen', 'seen'))).toBe('seen here');
    expect(overallText(verdicts('seen', 'unknown'))).toBe('seen here in 1 of 2 conditions');
    expect(overallText(verdicts('seen', 'reversed'))).toBe('depends on the condition');
    expect(overallText(verdicts('unknown', 'unknown'))).toBe('cannot be told');
    expect(overallText(verdicts())).toBe('too few runs so far');
    const { found } = verdicts('seen', 'seen', 'unknown');
    const open = {
      ...helps,
      found: [...found, { ...found[0], difference: null, verdict: 'unknown' as const }],
    };
    expect(overallText(open)).toBe('seen here in 2 of 3 conditions (1 not run yet)');
  });

  it('have a sentence that says where, how much and of how many seeds', () => {
    const [helps] = report.claims;
    expect(claimSentence(report, helps)).toContain(
      'Leaky teachers, references right: +50.0 points (',
    );
    expect(claimSentence(report, helps)).toContain(
      'Not seen here: Leaky teachers, all pictures usual: +0.0 points (+0.0 to +0.0), 2 of 3 seeds so far.',
    );
  });
});

describe('a staged experiment', () => {
  // The same runs under the names of the staged paper's recipes, some of them with tokens.
  const renamed = {
    base: 'merged',
    plain: 'difficulty',
    opsd: 'capability',
    vigos: 'both',
  } as const;
  const name = (id: string) => (renamed as Readonly<Record<string, string>>)[id] ?? id;
  const { beside: _, ...experiment } = report.experiment;
  const tokens = { value: 1200, interval: { low: 1100, high: 1300 }, seeds: [1, 2], values: [] };
  const staged = {
    ...report,
    experiment: {
      ...experiment,
      recipes: experiment.recipes.map((one) => ({ ...one, id: name(one.id) })),
    },
    cells: report.cells.map((one) => ({
      ...one,
      recipe: name(one.recipe),
      ...(one.recipe === 'vigos'
        ? {
            tokens,
            late: {
              meanReward: { ...tokens, value: 0.5, interval: { low: -0.1, high: 1.1 } },
              klToBase: { ...tokens, value: 0.25, interval: null },
            },
          }
        : {}),
    })),
    claims: report.claims.map((one) => ({
      ...one,
      found: one.found.map((found) => ({
        ...found,
        equalTokens: { tokens: 1200, difference: tokens, verdict: 'seen' as const },
      })),
    })),
  };

  it('has the paper’s averages beside ours, its claims at equal tokens, and what the steps took', () => {
    const text = reportMarkdown(staged);
    expect(text).toContain('arXiv 2605.20177');
    expect(text).toContain('58.56, 60.36, 60.53 and 62.99 %');
    expect(text).toContain('20.8 % shorter in the paper');
    expect(text).toContain('after 1,200 tokens each');
    // An interval ends where no value can be.
    expect(text).toContain('1,200 (1,100 to 1,300) | 50.0 (0.0 to 100.0) | 0.250');
    expect(text).not.toMatch(/[Dd]ecoupl/);
    expect(text).not.toMatch(/NaN|undefined|null/);
    const named = [...text.matchAll(/\(figures\/([\w-]+)\.svg\)/g)].map(([, id]) => id);
    expect(new Set(named)).toEqual(new Set(reportPictures(staged).map(({ id }) => id)));
  });

  it('says lengths in tokens, not in points', () => {
    const [first] = staged.claims;
    const { figures } = staged;
    const shorter = {
      ...staged,
      figures: figures.map((one) =>
        one.id === staged.experiment.claims[0].to.figure
          ? { ...one, unit: 'tokens' as const }
          : one,
      ),
    };
    expect(claimSentence(shorter, first)).toMatch(/\+0\.5 tokens \(/);
    expect(equalTokensSentence(shorter, first)).toContain('+1200.0 tokens (');
    expect(equalTokensSentence(report, report.claims[0])).toBeNull();
  });
});

describe('the map', () => {
  it('is answered by counts and places, what is not run yet apart', () => {
    const more = { ...report.map[0], condition: 'later', difference: null };
    const open = { ...report, map: [...report.map, more] };
    expect(answerSentence(open)).toMatch(
      /^Judged by Score F\. No difference beyond 2 points in 1 of 2: Leaky teachers, all pictures usual \(.0\.0 points\)\. It cannot be told in 1 of 2\. Of all 3 comparisons 1 waits for two seeds of both\.$/,
    );
    expect(
      mapPlaces(open).map((place) => [
        place.condition,
        place.pairs.map((cell) => cell?.difference?.seeds.length ?? null),
        seedsOfPlace(place),
      ]),
    ).toEqual([
      ['right', [3], '3 seeds'],
      ['usual', [2], '2 of 3 seeds so far'],
      ['later', [null], '0 of 3 seeds so far'],
    ]);
  });
});

describe('the report as a document', () => {
  const text = reportMarkdown(report);

  it('answers the question, says what is missing and what was tuned, and marks ours', () => {
    expect(text).toContain(answerSentence(report));
    expect(text).toContain('22 of 24 runs are there, 1 failed, 1 still to be made.');
    expect(text).toMatch(/\| ViGOS \| 40\.0 % \| \*\*50\.0 %\*\* \|/);
    expect(text).toContain('train.all-invalid: No rollout was valid.');
    expect(text).toContain('2 million parameters');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  it('has every picture that it names, and none with a number that is none', () => {
    const named = [...text.matchAll(/\(figures\/([\w-]+)\.svg\)/g)].map(([, id]) => id);
    const pictures = reportPictures(report);
    expect(new Set(named)).toEqual(new Set(pictures.map(({ id }) => id)));
    for (const { draw } of pictures) {
      const svg = svgText(draw(600, COLORS));
      expect(svg).toMatch(/^<svg xmlns.*<\/svg>$/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});
