import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mathMatch } from './math-match.ts';

interface Pair {
  reference: string;
  answer: string;
  same: boolean;
}

const { pairs }: { pairs: Pair[] } = JSON.parse(
  readFileSync(new URL('./fixtures/answers.json', import.meta.url), 'utf8'),
);

/** Where the verdict is not math-verify's, by the reason. */
const DEVIATIONS: Readonly<Record<string, readonly string[]>> = {
  'Letters that make a word are a word: math-verify takes them for a product, in any order.': [
    'xy | yx',
    'ab | ba',
    'no | on',
  ],
  'Two different units are no match; math-verify drops both.': ['5 m | 5 cm', '10 am | 10 pm'],
  'A mixed number with a plain fraction is one number; math-verify reads its first part alone.': [
    '1 1/2 | 1.5',
    '1 1/2 | 1',
  ],
  'Mark-up, punctuation, full-width digits, dashes and signs that math-verify does not read.': [
    '**73** | 73',
    '７３ | 73',
    '-3 | –3',
    '90 | 90°',
    'yes | Yes.',
    '5 | 5.',
    '5 | 5 dollars',
    '1 234 | 1234',
    '100 | 1e2',
  ],
  'A number in words is a number, as in the exact match.': ['100 | one hundred'],
  'Products that math-verify reads as a function or a unit.': ['2(3) | 6', '3ab | 3ba'],
  'A noun of a list of units from school books (apple, monkey, soldier) is a noun here.': [
    '4 | 4 apples',
  ],
};
const deviating = new Set(Object.values(DEVIATIONS).flat());
const nameOf = ({ reference, answer }: Pair) => `${reference} | ${answer}`;

describe('a mathematical match', () => {
  it.each(pairs.filter((pair) => !deviating.has(nameOf(pair))))(
    'decides as math-verify: $reference | $answer: $same',
    ({ reference, answer, same }) => {
      expect(mathMatch(answer, reference)).toBe(same);
      expect(mathMatch(reference, answer)).toBe(same);
    },
  );

  it.each(pairs.filter((pair) => deviating.has(nameOf(pair))))(
    'decides otherwise, for a reason that is listed: $reference | $answer: not $same',
    ({ reference, answer, same }) => {
      expect(mathMatch(answer, reference)).toBe(!same);
      expect(mathMatch(reference, answer)).toBe(!same);
    },
  );

  it('deviates in few listed pairs of at least 150, all of which are there', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(150);
    expect(deviating.size).toBeLessThan(pairs.length / 10);
    const known = new Set(pairs.map(nameOf));
    for (const name of deviating) expect(known).toContain(name);
  });

  it.each([
    ['\\text{E}', 'E', true],
    ['28\\%', '28', true],
    ['28\\%', '28%', true],
    ['28\\%', '0.28', true],
    ['**73**', '73', true],
    ['**73**', '37', false],
    ['`73`', '73', true],
    ['$73$', '73', true],
    ['\\[73\\]', '73', true],
    ['“73”', '73', true],
    ['７３', '73', true],
    ['７３．５', '73.5', true],
    ['（Ａ）', 'A', true],
    ['\u22123', '-3', true],
    ['\u22123', '3', false],
    ['\uff0d3', '-3', true],
    ['1,234', '1234', true],
    ['1,234,567.50', '1234567.5', true],
    ['1,23', '123', false],
    ['3.0', '3', true],
    ['3.0', '30', false],
    ['½', '0.5', true],
    ['1½', '1.5', true],
    ['¾', '75%', true],
    ['x²', 'x^2', true],
    ['5 m²', '5 m^2', true],
    ['5 m²', '5 m', false],
    ['5 square meters', '5 m^2', true],
    ['5 meters', '5 m', true],
    ['5 metre', '500 cm', false],
    ['90°', '90', true],
    ['20 °C', '20 °F', false],
    ['20 °C', '20', true],
    ['$5', '5', true],
    ['$5', '€5', false],
    ['5 $', '$5.00', true],
    ['50 percent', '50%', true],
    ['2:30 pm', '2:30 am', false],
    ['twenty-one', '21', true],
    ['twenty\u2011one', '21', true],
    ['one hundred', '100', true],
    ['one hundred', '1 hundred', false],
    ['no one', 'no 1', false],
    ['No. 1', 'no one', false],
    ['three', '3.0', true],
    ['twenty percent', '20%', true],
    ['-1 1/2', '-1.5', true],
    ['(A)', 'A', true],
    ['A.', '(a)', true],
    ['A', '(B)', false],
    ['A. red', 'a red', false],
    ['A. red', 'A', false],
    ['A. red', 'A. red', true],
    ['a red leaf', 'red leaf', false],
    ['Red', 'red', true],
    ['red.', 'red', true],
    ['light blue', 'blue', false],
    ['left', 'right', false],
    ['Paris', 'paris', true],
    ['sin', 'ins', false],
    ['3 hundred', '3', false],
    ['2 million', '2', false],
    ['4 dogs', '4 cats', false],
    ['', '', false],
    ['{}', '', false],
    ['\\frac{1}{0}', '\\frac{2}{0}', false],
    ['9^9^9^9', '9^9^9^8', false],
    ['\\frac12', '\\frac{1}{2', false],
    ['x', '|x|', false],
    ['\\sqrt{x^2}', 'x', false],
    ['\\sqrt{x^2}', '|x|', true],
    ['\\sqrt{4x}', '2\\sqrt{x}', true],
    ['\\sqrt{x}', '\\sqrt{-x}', false],
    ['5', '500%', true],
    ['5', '50%', false],
    ['5.0', '5%', false],
    ['0.0000001', '0', false],
    ['0.0000001', '0.0000002', false],
    ['1e-7', '0.0000001', true],
    ['123456789012345678.5', '123456789012345679.5', false],
    ['-0.3333333', '-1/3', true],
    ['(x+1)(x-1)', 'x^2-1', true],
    ['5 apples', '5 pears', false],
    ['1:30', '1.5', false],
    ['10:30', '10:20', false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(mathMatch(a, b)).toBe(same);
    expect(mathMatch(b, a)).toBe(same);
  });

  it('holds of whole numbers only where they are equal, however they are written', () => {
    const ways: readonly ((n: number) => string)[] = [
      String,
      (n) => `${n}.0`,
      (n) => `\\frac{${2 * n}}{2}`,
      (n) => `**${n}**`,
      (n) => `$${n}$`,
      (n) => `\\text{${n}}`,
      (n) => `${n}\\%`,
      (n) => n.toLocaleString('en'),
      (n) => `${n} cm`,
      (n) => `(${n})`,
    ];
    const one = fc.tuple(fc.nat(20_000), fc.constantFrom(...ways));
    fc.assert(
      fc.property(one, one, ([n, write], [m, rewrite]) => {
        const percent = [write, rewrite].filter((way) => way === ways[6]).length === 1;
        const decimal = [write, rewrite].includes(ways[1]);
        if (percent && decimal) return;
        expect(mathMatch(write(n), rewrite(m))).toBe(n === m);
        expect(mathMatch(write(n), rewrite(n))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws and stays quick, whatever is boxed', () => {
    const pieces = fc.constantFrom(
      '\\frac',
      '{',
      '}',
      '^',
      '9',
      '99999',
      '!',
      '(',
      ',',
      '\\sqrt',
      '[',
      '|',
      '_',
      'x',
      '=',
      '<',
      '%',
      '\\pm',
      ' ',
      '.',
      '-',
      '\\text{',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.string(), (parts, text) => {
        expect(mathMatch(parts.join(''), text)).toBeTypeOf('boolean');
        expect(mathMatch(parts.join(''), `${parts.join('')} x`)).toBeTypeOf('boolean');
      }),
      { numRuns: 400 },
    );
    expect(mathMatch('('.repeat(100_000), ')'.repeat(100_000))).toBe(false);
    expect(mathMatch('1,'.repeat(3_000), '2,'.repeat(3_000))).toBe(false);
  });
});
