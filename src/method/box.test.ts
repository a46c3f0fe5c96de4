import { describe, expect, it } from 'vitest';
import { endsInBox, lastBoxContent } from './box.ts';

describe('a text that ends in a closed box', () => {
  it.each([
    '\\boxed{red}',
    'x \\boxed{red}.',
    '\\boxed{red} .\n',
    '\\boxed{\\frac{1}{2}}',
    '\\boxed{\\boxed{a}}',
    '\\boxed{a} \\boxed{b}',
  ])('%j', (text) => {
    expect(endsInBox(text, 'paper')).toBe(true);
  });

  it.each([
    'the set {a, b}',
    '\\boxed{red} or {blue}',
    '\\boxed{red',
    '\\boxed{red\\}',
    '\\boxed{red}..',
    '',
  ])('is not %j', (text) => {
    expect(endsInBox(text, 'paper')).toBe(false);
  });
});

describe('an escaped brace', () => {
  it('is text in the paper’s reading, and a brace like any other in the code’s', () => {
    expect(endsInBox('\\boxed{red\\}', 'code')).toBe(true);
    expect(lastBoxContent('\\boxed{\\{1\\}}', 'paper')).toBe('\\{1\\}');
    expect(lastBoxContent('\\boxed{\\{1\\}}', 'code')).toBe('\\{1\\}');
    expect(lastBoxContent('\\boxed{a\\}b}', 'paper')).toBe('a\\}b');
    expect(lastBoxContent('\\boxed{a\\}b}', 'code')).toBe('a\\');
    expect(lastBoxContent('\\boxed{a\\{b}', 'paper')).toBe('a\\{b');
    expect(lastBoxContent('\\boxed{a\\{b}', 'code')).toBeNull();
  });
});
