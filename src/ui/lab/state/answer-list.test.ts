import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answersAsText, answersIn } from './answer-list.ts';

it('is what a person types, and keeps answers that hold commas', () => {
  expect(answersIn('red, blue ,, green')).toEqual(['red', 'blue', 'green']);
  expect(answersIn('"1,000", a "b" c, 12" wide')).toEqual(['1,000', 'a "b" c', '12" wide']);
  expect(answersAsText(['1,000', 'red'])).toBe('"1,000", red');
  expect(answersIn(' ')).toEqual([]);
});

it('comes back as it was', () => {
  const answer = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
  fc.assert(
    fc.property(fc.array(answer), (answers) => {
      expect(answersIn(answersAsText(answers))).toEqual(answers);
    }),
  );
});
