/** Tokens beside the vocabulary that are matched as a whole, by the rules of the tokenizers library. */

import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../sources/json-source.ts';

const flag = v.optional(v.boolean(), false);
/** The highest token id that is taken; Qwen's vocabularies end at 151,936. */
export const MAX_TOKEN_ID = 2 ** 20 - 1;

export const tokenId = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TOKEN_ID));

/** Longest text of an added token; Qwen's have at most 21 characters. */
const MAX_CONTENT = 1000;

export const addedTokenSchema = v.looseObject({
  id: tokenId,
  content: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CONTENT)),
  special: flag,
  /** Takes the white space before it, or after it, with it. */
  lstrip: flag,
  rstrip: flag,
  /** Is none inside a word. */
  single_word: flag,
  /** Is looked for in the normalised text; without the flag as the library has it, not for special tokens. */
  normalized: v.optional(v.boolean()),
});
export type AddedToken = v.InferOutput<typeof addedTokenSchema>;

/** A part of a text: ordinary text, or a token that stands for it. */
export type Section = string | AddedToken;

/**
 * The added tokens of `tokenizer_config.json` in the form of `tokenizer.json`; undefined where it lists none. As in
 * transformers, its list is the one that counts.
 */
export function tokensOfConfig(config: JsonObject): unknown[] | undefined {
  const decoder = config.added_tokens_decoder;
  if (!isJsonObject(decoder)) return undefined;
  return Object.entries(decoder).map(([id, token]) =>
    isJsonObject(token) ? { ...token, id: Number(id) } : token,
  );
}

/** Whether the token is looked for in the normalised text. */
export function isNormalized({ normalized, special }: AddedToken): boolean {
  return normalized ?? !special;
}

/** Cuts a text at tokens, the longest at the leftmost place first. */
export class TokenSplitter {
  readonly #byContent: ReadonlyMap<string, AddedToken>;
  readonly #pattern: RegExp | null;

  constructor(tokens: readonly AddedToken[]) {
    this.#byContent = new Map(tokens.map((token) => [token.content, token]));
    const longestFirst = [...this.#byContent.keys()].sort((a, b) => b.length - a.length);
    this.#pattern =
      longestFirst.length === 0 ? null : new RegExp(longestFirst.map(escapeRegExp).join('|'), 'gu');
  }

  /** The text in sections; those of ordinary text are not empty. */
  split(text: string): Section[] {
    if (this.#pattern === null) return text === '' ? [] : [text];
    const sections: Section[] = [];
    let done = 0;
    for (const match of text.matchAll(this.#pattern)) {
      const token = this.#byContent.get(match[0]);
      if (token === undefined || match.index < done) continue;
      let start = match.index;
      let end = start + match[0].length;
      if (
        token.single_word &&
        (WORD_END.test(text.slice(0, start)) || WORD_START.test(text.slice(end)))
      )
        continue;
      if (token.lstrip) start = Math.max(done, text.slice(0, start).trimEnd().length);
      if (token.rstrip) end = text.length - text.slice(end).trimStart().length;
      if (start > done) sections.push(text.slice(done, start));
      sections.push(token);
      done = end;
    }
    if (done < text.length) sections.push(text.slice(done));
    return sections;
  }
}

const WORD_END = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const WORD_START = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

export function escapeRegExp(text: string): string {
  return text.replace(/[-.*+?^${}()|[\]\\/]/g, '\\$&');
}
