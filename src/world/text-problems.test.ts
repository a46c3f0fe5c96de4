import { describe, expect, it } from 'vitest';
import { PROBLEM_SPLITS, problemSplitOf, textProblem } from './text-problems.ts';

describe('problems in words', () => {
  it('is the same problem for the same number, and no question stands in two splits', () => {
    for (const split of PROBLEM_SPLITS)
      for (let i = 0; i < 60; i++) {
        const problem = textProblem(split, i);
        expect(textProblem(split, i)).toEqual(problem);
        expect(problemSplitOf(problem.question)).toBe(split);
      }
  });

  it('gets to the same answer by the short way and by the long one, and every equation on the way holds', () => {
    for (let i = 0; i < 400; i++) {
      const { question, answer, reasoning, longReasoning } = textProblem('train', i);
      for (const way of [reasoning, longReasoning]) {
        for (const [text, left, right] of way.matchAll(/(\d+ [-+*] \d+) = (\d+)/g)) {
          const [a, sign, b] = left.split(' ');
          const value = { '+': +a + +b, '-': +a - +b, '*': +a * +b }[sign];
          expect(value, `${question} ${text}`).toBe(Number(right));
        }
        expect(way.match(/\w+/g)).toContain(answer);
      }
      expect(reasoning.match(/\w+(?=\.$)/)?.[0]).toBe(answer);
      expect(longReasoning.length).toBeGreaterThan(1.5 * reasoning.length);
    }
  });

  it('refuses what is no number of a problem', () => {
    expect(() => textProblem('train', -1)).toThrow('There is no problem -1.');
  });
});
