import { describe, expect, it } from 'vitest';
import { spokenToken, visiblePieces, visibleText } from './visible-text.ts';

describe('token texts', () => {
  it('show white space as marks', () => {
    expect(visibleText(' red\n')).toBe('·red↵');
    expect(visibleText('\t')).toBe('⇥');
    expect(visibleText('')).toBe('∅');
  });

  it('keep marks apart from text, so that a real middle dot is not taken for a space', () => {
    expect(visiblePieces(' ·')).toEqual([
      { text: '·', mark: true },
      { text: '·', mark: false },
    ]);
  });

  it('show control codes instead of sending them to the page', () => {
    expect(visibleText('\u0007')).toBe('␇');
  });

  it('are said in words', () => {
    expect(spokenToken(' red')).toBe('red');
    expect(spokenToken('\n')).toBe('line break');
    expect(spokenToken('  ')).toBe('white space');
  });
});
