import { describe, expect, it } from 'vitest';
import { promptPieces } from './context.ts';

describe('a rendered prompt in pieces', () => {
  it('keeps every character of the text and marks special tokens', () => {
    const pieces = promptPieces('<|im_start|>user\nWhat?<|im_end|>\n');
    expect(pieces.map(({ kind, text }) => [kind, text])).toEqual([
      ['special', '<|im_start|>'],
      ['text', 'user\nWhat?'],
      ['special', '<|im_end|>'],
      ['text', '\n'],
    ]);
  });

  it('counts the places of an image instead of repeating them', () => {
    const pieces = promptPieces(`<|vision_start|>${'<|image_pad|>'.repeat(16)}<|vision_end|>`);
    expect(pieces.map((piece) => piece.text)).toEqual([
      '<|vision_start|>',
      '<|image_pad|> × 16',
      '<|vision_end|>',
    ]);
  });

  it('leaves the tags of the form in the text', () => {
    expect(promptPieces('<description>')).toEqual([{ kind: 'text', text: '<description>', at: 0 }]);
  });
});
