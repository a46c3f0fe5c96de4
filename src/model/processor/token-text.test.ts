import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYTE_ALPHABET, decodeUtf8, joinBytes, splitTokenTexts } from './token-text.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('token texts', () => {
  it('show an invalid part at the token that holds its last byte, not at the next one', () => {
    expect(splitTokenTexts([bytes(0xe2), bytes(0x98), bytes(0x61)])).toEqual(['', '\ufffd', 'a']);
    expect(splitTokenTexts([bytes(0xff), bytes(0x61)])).toEqual(['\ufffd', 'a']);
  });

  it('show a character that is cut off by the end', () => {
    expect(splitTokenTexts([bytes(0x61), bytes(0xf0, 0x9f), bytes(0x98)])).toEqual([
      'a',
      '',
      '\ufffd',
    ]);
  });

  it('keep a byte order mark', () => {
    expect(splitTokenTexts([bytes(0xef, 0xbb, 0xbf)])).toEqual(['\ufeff']);
  });

  it('join to the text of all bytes, whatever the bytes are', () => {
    const interesting = fc.constantFrom(0x61, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4);
    const byte = fc.oneof(interesting, fc.integer({ min: 0, max: 255 }));
    const token = fc.array(byte, { maxLength: 4 }).map((values) => Uint8Array.from(values));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const texts = splitTokenTexts(tokens);
        expect(texts).toHaveLength(tokens.length);
        expect(texts.join('')).toBe(decodeUtf8(joinBytes(tokens)));
      }),
    );
  });
});

describe('the byte-level alphabet', () => {
  it('has a letter of its own for each byte; a space is Ġ and a line break Ċ', () => {
    expect(new Set(BYTE_ALPHABET.values()).size).toBe(256);
    expect(BYTE_ALPHABET.size).toBe(256);
    expect(BYTE_ALPHABET.get('Ġ')).toBe(0x20);
    expect(BYTE_ALPHABET.get('Ċ')).toBe(0x0a);
  });
});
