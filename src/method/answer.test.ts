import { describe, expect, it } from 'vitest';
import { boxedAnswer, isCorrect, normaliseAnswer } from './answer.ts';

describe('a graded answer', () => {
  it.each([
    ['Red', 'red'],
    [' a  red\nleaf. ', 'a red leaf'],
    ['U.S.A.', 'usa'],
    ['three', '3'],
    ['Three.', '3'],
    ['zero', '0'],
    ['nineteen', '19'],
    ['forty-two', '42'],
    ['forty two', '42'],
    ['twenty', '20'],
    ['two red dots', '2 red dots'],
    ['tone', 'tone'],
    ['twenty ten', '20 10'],
    ['3.5', '3.5'],
    ['.5', '.5'],
    ['3.', '3'],
    ['', ''],
  ])('%j is normalised to %j', (given, expected) => {
    expect(normaliseAnswer(given)).toBe(expected);
    expect(normaliseAnswer(expected)).toBe(expected);
  });

  it('is correct when both sides are the same after normalisation', () => {
    expect(isCorrect('Four.', '4')).toBe(true);
    expect(isCorrect('4', 'four')).toBe(true);
    expect(isCorrect('red leaf', 'red')).toBe(false);
    expect(isCorrect('35', '3.5')).toBe(false);
  });

  it('is never correct when there is none', () => {
    expect(isCorrect(null, '')).toBe(false);
    expect(isCorrect('', '')).toBe(false);
    expect(isCorrect(' . ', '')).toBe(false);
  });

  it('is the last closed box of the text', () => {
    expect(boxedAnswer('\\boxed{1} and \\boxed{ 2 }', 'paper')).toBe('2');
    expect(boxedAnswer('\\boxed{\\frac{1}{2}} then \\boxed{3', 'paper')).toBe('\\frac{1}{2}');
    expect(boxedAnswer('\\boxed{a \\boxed{b}}', 'paper')).toBe('b');
    expect(boxedAnswer('\\boxed{a\\}', 'paper')).toBeNull();
    expect(boxedAnswer('no box', 'paper')).toBeNull();
    expect(boxedAnswer('', 'paper')).toBeNull();
  });
});
