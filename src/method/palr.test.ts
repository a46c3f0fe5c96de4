import { describe, expect, it } from 'vitest';
import { refusedBy } from '../base/fixtures/refused.ts';
import { PALR_DEFAULTS, type PalrToken, palr } from './palr.ts';

const token = (change: Partial<PalrToken>): PalrToken => ({
  segment: 'reasoning',
  teacher: 'reasoning',
  student: -2,
  matched: -1,
  wrongAnswers: [-1.5, -1.5, -1.5],
  wrongImage: -3,
  ...change,
});

describe('PALR', () => {
  it('is Σ s·c^A over Σ s·(c^A + c^I) + ε', () => {
    const { all, terms } = palr([token({})]);
    expect(terms[0].shift).toBe(1);
    expect(terms[0].answer).toBeCloseTo(0.5, 14);
    expect(terms[0].image).toBe(2);
    expect(all).toBeCloseTo(0.5 / (2.5 + 1e-8), 14);
  });

  it('weighs each token by how far its teacher is from the student', () => {
    const near = token({ student: -1 });
    const far = token({ student: -4, wrongAnswers: [-1, -1, -1] });
    expect(palr([near, far]).all).toBe(0);
    expect(palr([near]).all).toBe(0);
    expect(palr([far, token({ student: -4, wrongImage: -1 })]).all).toBeCloseTo(0.5 / 2.5, 8);
  });

  it('compares with the mean probability under K wrong answers, by logsumexp', () => {
    const { terms } = palr([token({ matched: -2000, wrongAnswers: [-2001, -2002, -2003] })]);
    const mean = -2001 + Math.log((1 + Math.exp(-1) + Math.exp(-2)) / 3);
    expect(terms[0].answer).toBeCloseTo(-2000 - mean, 9);
  });

  it('finds no leak where the active teacher never sees the answer', () => {
    const seen = palr([token({ segment: 'description', teacher: 'perception', wrongAnswers: [] })]);
    expect(seen.description).toBe(0);
    expect(seen.terms[0].answer).toBe(0);
  });

  it('takes no negative contribution', () => {
    const { terms, all } = palr([token({ wrongAnswers: [-0.5, -0.5, -0.5], wrongImage: -0.5 })]);
    expect(terms[0]).toMatchObject({ answer: 0, image: 0 });
    expect(all).toBe(0);
  });

  it('is grouped into description, reasoning with answer, and all', () => {
    const leaky = { wrongAnswers: [-4, -4, -4], wrongImage: -1 };
    const tokens = [
      token({ segment: 'description', teacher: 'privileged' }),
      token({ segment: 'answer', ...leaky }),
      token({ segment: 'delimiter', ...leaky }),
    ];
    const rate = palr(tokens);
    expect(rate.description).toBeCloseTo(0.5 / 2.5, 7);
    expect(rate.reasoningAnswer).toBeCloseTo(1, 7);
    expect(rate.all).toBeCloseTo((0.5 + 3 + 3) / (2.5 + 3 + 3), 7);
  });

  it('is nothing, rather than 0, for a group without supervised tokens', () => {
    expect(palr([token({})]).description).toBeNull();
    expect(palr([]).all).toBeNull();
  });

  it('shows a NaN', () => {
    expect(palr([token({ wrongImage: Number.NaN })]).all).toBeNaN();
    expect(palr([token({ student: Number.NaN })]).all).toBeNaN();
  });

  it('has K and ε as settings, 3 and 1e-8 unless told', () => {
    expect(PALR_DEFAULTS).toEqual({ wrongAnswers: 3, epsilon: 1e-8 });
    const rate = palr([token({ wrongAnswers: [-1.5] })], { wrongAnswers: 1, epsilon: 0.5 });
    expect(rate.all).toBeCloseTo(0.5 / 3, 14);
    expect(palr([token({ student: -1 })], { wrongAnswers: 3, epsilon: 0 }).all).toBe(0);
  });

  it('says what each rate is made of', () => {
    const { sums, all } = palr([token({}), token({ segment: 'delimiter', student: -4 })]);
    expect(sums.description).toEqual({ tokens: 0, answer: 0, image: 0 });
    expect(sums.reasoningAnswer.answer).toBeCloseTo(0.5, 14);
    expect(sums.all).toMatchObject({ tokens: 2, image: 2 + 3 * 2 });
    expect(sums.all.answer).toBeCloseTo(0.5 + 3 * 0.5, 14);
    expect(all).toBeCloseTo(2 / (2 + 8 + 1e-8), 14);
  });

  it('takes the wrong answers that a question has, where they are fewer than K', () => {
    const { terms } = palr([token({ wrongAnswers: [-1.5] }), token({ wrongAnswers: [-2, -3] })]);
    expect(terms[0].answer).toBe(0.5);
    expect(terms[1].answer).toBeCloseTo(-1 - Math.log((Math.exp(-2) + Math.exp(-3)) / 2), 14);
  });

  it('refuses an answer-aware token without wrong answers or with more than K, and settings that mean nothing', () => {
    const code = (run: () => unknown) => refusedBy(run).code;
    expect(code(() => palr([token({ wrongAnswers: [] })]))).toBe('method.palr-answers');
    expect(code(() => palr([token({ wrongAnswers: [-1, -1, -1, -1] })]))).toBe(
      'method.palr-answers',
    );
    expect(code(() => palr([], { wrongAnswers: 0, epsilon: 1e-8 }))).toBe('method.palr-options');
    expect(code(() => palr([], { wrongAnswers: 3, epsilon: Number.NaN }))).toBe(
      'method.palr-options',
    );
  });
});
