import { describe, expect, it } from 'vitest';
import { cleanReference } from './reference.ts';

describe('a reference answer in the released code’s reading', () => {
  it.each([
    ['red', 'red'],
    ['  red\n', 'red'],
    ['Answer: red', 'red'],
    ['ANSWER：red', 'red'],
    ['answer :  red', 'red'],
    ['The answer: red', 'The answer: red'],
    ['Answer: Answer: red', 'Answer: red'],
    ['```red```', ''],
    ['```\nred\n```', 'red'],
    ['```text\nred\n```', 'red'],
    ['```\nAnswer: red\n```', 'red'],
    ['<answer>red</answer>', 'red'],
    ['<ANSWER> red </Answer>', 'red'],
    ['It is <answer>red</answer>, I think', 'red'],
    ['<answer>red</answer><answer>blue</answer>', 'red'],
    ['<answer>red', '<answer>red'],
    ['<think> red </think> <answer>\\boxed{red}</answer>', 'red'],
    ['\\boxed{red}', 'red'],
    ['$\\boxed{\\frac{1}{2}}$', '\\frac{1}{2}'],
    ['\\boxed{red} or \\boxed{blue}', 'blue'],
    ['\\boxed{red} or \\boxed{blue', '\\boxed{red} or \\boxed{blue'],
    ['\\boxed{}', '\\boxed{}'],
    ['\\boxed{None}', '\\boxed{None}'],
    ['\\boxed{a\\}', 'a\\'],
    ['"red"', 'red'],
    ["'red'", 'red'],
    ['`red`', 'red'],
    ['"`red`"', 'red'],
    ["5'", '5'],
    ['“red”', '“red”'],
    ['red.', 'red.'],
    ['A. red', 'A. red'],
  ])('%j is shown and graded as %j', (given, cleaned) => {
    expect(cleanReference(given, 'code')).toBe(cleaned);
  });

  it.each(['Answer: red', '"red"', '\\boxed{red}', '<answer>red</answer>', '```\nred\n```'])(
    'is only trimmed in the paper’s: %j',
    (given) => {
      expect(cleanReference(` ${given}\n`, 'paper')).toBe(given);
    },
  );
});
