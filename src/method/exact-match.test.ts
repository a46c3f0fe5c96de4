import { describe, expect, it } from 'vitest';
import { exactMatch, normaliseAnswer } from './exact-match.ts';

describe('the exact match', () => {
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
    ['twenty ten', 'twenty ten'],
    ['one hundred', '100'],
    ['No one.', 'no one'],
    ['twenty\u2011one', '21'],
    ['A. red', 'a. red'],
    ['A.', 'a'],
    ['B. red', 'b red'],
    ['J. Smith', 'j smith'],
    ['3.5', '3.5'],
    ['.5', '.5'],
    ['3.', '3'],
    ['', ''],
  ])('%j is normalised to %j', (given, expected) => {
    expect(normaliseAnswer(given)).toBe(expected);
    expect(normaliseAnswer(expected)).toBe(expected);
  });

  it('is correct when both sides are the same after normalisation', () => {
    expect(exactMatch('Four.', '4')).toBe(true);
    expect(exactMatch('4', 'four')).toBe(true);
    expect(exactMatch('red leaf', 'red')).toBe(false);
    expect(exactMatch('35', '3.5')).toBe(false);
  });

  it('is the paper’s, and makes no wrong answer right', () => {
    expect(exactMatch('A. red', 'a red')).toBe(false);
    expect(exactMatch('A. red', 'a. Red')).toBe(true);
    expect(exactMatch('No. 1', 'no one')).toBe(false);
    expect(exactMatch('1 hundred', 'one hundred')).toBe(false);
    expect(exactMatch('5.0', '5')).toBe(false);
    expect(exactMatch('(A)', 'A')).toBe(false);
  });

  it('holds of nothing empty', () => {
    expect(exactMatch('', '')).toBe(false);
    expect(exactMatch(' . ', '')).toBe(false);
  });
});
