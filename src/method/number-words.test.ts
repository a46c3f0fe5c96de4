import { describe, expect, it } from 'vitest';
import { digitsForWords } from './number-words.ts';

describe('a number in words', () => {
  it.each([
    ['zero', '0'],
    ['one', '1'],
    ['nineteen', '19'],
    ['twenty', '20'],
    ['forty two', '42'],
    ['twenty-one', '21'],
    ['twenty\u2010one', '21'],
    ['twenty\u2011one', '21'],
    ['twenty\u2013one', '21'],
    ['twenty - one', '21'],
    ['one hundred', '100'],
    ['a hundred', '100'],
    ['one hundred and five', '105'],
    ['one hundred five', '105'],
    ['two hundred and twenty-one', '221'],
    ['nineteen hundred', '1900'],
    ['one thousand', '1000'],
    ['one thousand and one', '1001'],
    ['one thousand, two hundred and five', '1205'],
    ['twelve thousand three hundred forty-five', '12345'],
    ['two million', '2000000'],
    ['one million two hundred thousand', '1200000'],
    ['two red dots', '2 red dots'],
    ['one or two', '1 or 2'],
    ['two and three', '2 and 3'],
    ['one, two', '1, 2'],
    ['one dog', '1 dog'],
    ['number one', 'number 1'],
  ])('%j is %j', (words, digits) => {
    expect(digitsForWords(words)).toBe(digits);
  });

  it.each([
    'no one',
    'no-one',
    'someone',
    'anyone',
    'every one',
    'which one',
    'the one',
    'one another',
    'twenty ten',
    'two two',
    'one two three',
    'hundred',
    'hundreds',
    'one hundred hundred',
    'two thousand thousand',
    'twenty zero',
    'three point five',
    'two thirds',
    'two-thirds',
    'one half',
    'three quarters',
    'twenty-first',
    'one hundredth',
    '3 hundred',
    '1.5 million',
    'tone',
    'fourth',
    'x-one',
  ])('%j stays', (words) => {
    expect(digitsForWords(words)).toBe(words);
  });
});
