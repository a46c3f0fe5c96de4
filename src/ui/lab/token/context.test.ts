import { describe, expect, it } from 'vitest';
import { promptPieces } from './context.ts';

describe('a rendered prompt in pieces', () => {
  it('keeps every character of the text and marks special tokens', () => {
    const pieces = promptPieces('<|im_start|>user\nWhat?<|im_end|>\n', 0);
    expect(pieces.map(({ kind, text }) => [kind, text])).toEqual([
      ['special', '<|im_start|>'],
      ['text', 'user\nWhat?'],
      ['special', '<|im_end|>'],
      ['text', '\n'],
    ]);
  });

  it.each([1, 16])(
    'says how many visual tokens stand in an image’s place (%i in the text)',
    (n) => {
      const pieces = promptPieces(`<|vision_start|>${'<|image_pad|>'.repeat(n)}<|vision_end|>`, 16);
      expect(pieces.map((piece) => piece.text)).toEqual([
        '<|vision_start|>',
        '<|image_pad|> × 16',
        '<|vision_end|>',
      ]);
    },
  );

  it('leaves the tags of the form in the text', () => {
    expect(promptPieces('<description>', 0)).toEqual([
      { kind: 'text', text: '<description>', at: 0 },
    ]);
  });
});
