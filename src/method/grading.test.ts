import { describe, expect, it } from 'vitest';
import { gradeAnswer, gradeByAll } from './grading.ts';

const EXACT = { measure: 'exact', reading: 'paper' } as const;
const MATHEMATICAL = { measure: 'mathematical', reading: 'paper' } as const;

describe('a graded answer', () => {
  it('says its measure and the reference answer it was graded by', () => {
    expect(gradeAnswer('Four.', ' 4 ', EXACT)).toEqual({
      measure: 'exact',
      correct: true,
      reference: '4',
    });
    expect(gradeAnswer('\\frac12', '0.5', MATHEMATICAL)).toEqual({
      measure: 'mathematical',
      correct: true,
      reference: '0.5',
    });
  });

  it('is cleaned on both sides in the code’s reading, on neither in the paper’s', () => {
    const code = { measure: 'exact', reading: 'code' } as const;
    expect(gradeAnswer('"red"', 'Answer: red', code)).toMatchObject({
      correct: true,
      reference: 'red',
    });
    expect(gradeAnswer('red', 'Answer: red', EXACT).correct).toBe(false);
  });

  it('is never correct where there is none', () => {
    for (const by of [EXACT, MATHEMATICAL]) {
      expect(gradeAnswer(null, 'red', by).correct).toBe(false);
      expect(gradeAnswer('', '', by).correct).toBe(false);
      expect(gradeAnswer(' . ', '', by).correct).toBe(false);
    }
  });

  it('that is right by exact match is right by mathematical match too', () => {
    for (const [answer, reference] of [
      ['Red', 'red'],
      ['three', '3'],
      ['a red leaf.', 'a red leaf'],
      ['U.S.A.', 'USA'],
    ])
      expect(gradeByAll(answer, reference, 'paper')).toEqual({ exact: true, mathematical: true });
    expect(gradeByAll('5.0', '5', 'paper')).toEqual({ exact: false, mathematical: true });
  });
});
