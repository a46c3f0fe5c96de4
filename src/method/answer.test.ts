import { describe, expect, it } from 'vitest';
import { boxedAnswer } from './answer.ts';

describe('a graded answer', () => {
  it('is the last closed box of the text', () => {
    expect(boxedAnswer('\\boxed{1} and \\boxed{ 2 }', 'paper')).toBe('2');
    expect(boxedAnswer('\\boxed{\\frac{1}{2}} then \\boxed{3', 'paper')).toBe('\\frac{1}{2}');
    expect(boxedAnswer('\\boxed{a \\boxed{b}}', 'paper')).toBe('b');
    expect(boxedAnswer('\\boxed{a\\}', 'paper')).toBeNull();
    expect(boxedAnswer('no box', 'paper')).toBeNull();
    expect(boxedAnswer('', 'paper')).toBeNull();
  });
});
