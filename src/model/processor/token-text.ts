/** Gives each token of a byte-level tokenizer its own text, although a character's bytes may lie in several tokens. */

/** GPT-2's byte-level alphabet: printable Latin-1 stands for itself, every other byte for a letter from U+0100 on. */
export const BYTE_ALPHABET: ReadonlyMap<string, number> = byteAlphabet();

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 bytes as text; each maximal invalid part becomes one U+FFFD, as in Rust's `from_utf8_lossy`. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** UTF-8 bytes as text where they are whole characters, whose text hangs on nothing beside them; else null. */
export function wholeCharacters(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** All tokens' bytes in one array. */
export function joinBytes(tokens: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(tokens.reduce((sum, token) => sum + token.length, 0));
  let at = 0;
  for (const token of tokens) {
    all.set(token, at);
    at += token.length;
  }
  return all;
}

/**
 * One text a token; their concatenation is {@link decodeUtf8} of all bytes. A character (or an invalid part, shown
 * as U+FFFD) belongs to the token that holds its last byte; the tokens before it that only hold its first bytes
 * get the empty text.
 */
export function splitTokenTexts(tokens: readonly Uint8Array[]): string[] {
  const bytes = joinBytes(tokens);
  const texts: string[] = [];
  let tokenEnd = 0;
  let cut = 0;
  for (const token of tokens) {
    tokenEnd += token.length;
    const start = cut;
    while (cut < tokenEnd) {
      const next = cut + unitLength(bytes, cut);
      if (next > tokenEnd) break;
      cut = next;
    }
    texts.push(decodeUtf8(bytes.subarray(start, cut)));
  }
  return texts;
}

/** Length in bytes of the character at `at`, or of the maximal invalid part there (WHATWG Encoding, UTF-8 decoder). */
function unitLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  let needed = 0;
  if (lead >= 0xc2 && lead <= 0xdf) needed = 1;
  else if (lead >= 0xe0 && lead <= 0xef) needed = 2;
  else if (lead >= 0xf0 && lead <= 0xf4) needed = 3;
  let lower = 0x80;
  let upper = 0xbf;
  if (lead === 0xe0) lower = 0xa0;
  else if (lead === 0xed) upper = 0x9f;
  else if (lead === 0xf0) lower = 0x90;
  else if (lead === 0xf4) upper = 0x8f;
  for (let i = 1; i <= needed; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || byte < lower || byte > upper) return i;
    lower = 0x80;
    upper = 0xbf;
  }
  return needed + 1;
}

function byteAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    alphabet.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return alphabet;
}
