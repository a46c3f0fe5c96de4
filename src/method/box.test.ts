import { describe, expect, it } from 'vitest';
import { endsInBox } from './box.ts';

describe('a text that ends in a closed box', () => {
  it.each([
    '\\boxed{red}',
    'x \\boxed{red}.',
    '\\boxed{red} .\n',
    '\\boxed{\\frac{1}{2}}',
    '\\boxed{\\boxed{a}}',
    '\\boxed{a} \\boxed{b}',
  ])('%j', (text) => {
    expect(endsInBox(text)).toBe(true);
  });

  it.each([
    'the set {a, b}',
    '\\boxed{red} or {blue}',
    '\\boxed{red',
    '\\boxed{red\\}',
    '\\boxed{red}..',
    '',
  ])('is not %j', (text) => {
    expect(endsInBox(text)).toBe(false);
  });
});
