/** Byte-level BPE tokenizer of Qwen's kind: ids and texts as Hugging Face's own implementation gives them. */

import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonSource, readJsonObject } from '../jsonSource.ts';
import { BYTE_ALPHABET, decodeUtf8, joinBytes, splitTokenTexts } from './tokenText.ts';

/** The control tokens that prompts are built from, looked up in the tokenizer; ids differ between models. */
export interface SpecialIds {
  readonly endOfText: number;
  readonly imStart: number;
  readonly imEnd: number;
  readonly visionStart: number;
  readonly visionEnd: number;
  readonly imagePad: number;
}

export interface Tokenizer {
  /** One more than the highest id; a model's logits may be wider (padding). */
  readonly vocabSize: number;
  readonly special: SpecialIds;
  /** Ids at which generation stops, from generation_config.json or else tokenizer_config.json. */
  readonly eosIds: readonly number[];
  /**
   * Token ids of a text in which `<|im_start|>` and the like are recognised. A special token that contains the
   * `guard` character is not: the guard is taken out and the rest is ordinary text (see guardText).
   */
  encode(text: string, guard?: string): number[];
  /** The text with the guard character behind every place where a special token could begin. */
  guardText(text: string, guard: string): string;
  /** Token ids of a text in which nothing is special: what a person typed, or a rollout's own words. */
  encodePlain(text: string): number[];
  /** Ids without an entry (the padding of a wider model) have no text. */
  decode(ids: readonly number[], options?: { skipSpecial?: boolean }): string;
  /**
   * Each token's own text; the concatenation is `decode(ids)`. A character split over several tokens belongs to the
   * token with its last byte.
   */
  tokenTexts(ids: readonly number[]): string[];
  /** The text of one token alone; bytes that are no character show as U+FFFD. */
  tokenText(id: number): string;
  /** The UTF-8 bytes of one token. */
  tokenBytes(id: number): Uint8Array;
  /** The id of a token by its exact content, such as `<|im_end|>`. */
  idOf(token: string): number | undefined;
  isSpecial(id: number): boolean;
}

export interface TokenizerSources {
  tokenizerJson: JsonSource;
  tokenizerConfigJson: JsonSource;
  /** Only its `eos_token_id` is read. */
  generationConfigJson?: JsonSource;
}

const TOKENIZER_FILE = 'tokenizer.json';

/** Specials of {@link SpecialIds} by their content. */
const SPECIAL_CONTENTS: Readonly<Record<keyof SpecialIds, string>> = {
  endOfText: '<|endoftext|>',
  imStart: '<|im_start|>',
  imEnd: '<|im_end|>',
  visionStart: '<|vision_start|>',
  visionEnd: '<|vision_end|>',
  imagePad: '<|image_pad|>',
};

const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const addedTokenSchema = v.looseObject({
  id,
  content: v.pipe(v.string(), v.minLength(1)),
  special: v.optional(v.boolean(), false),
  lstrip: v.optional(v.boolean(), false),
  rstrip: v.optional(v.boolean(), false),
  single_word: v.optional(v.boolean(), false),
});
const tokenizerSchema = v.looseObject({
  added_tokens: v.array(addedTokenSchema),
  decoder: v.looseObject({ type: v.literal('ByteLevel') }),
  model: v.looseObject({
    type: v.literal('BPE'),
    // Not v.record: it drops keys such as `constructor`, which are tokens here.
    vocab: v.custom<JsonObject>(isJsonObject, 'Expected an object'),
    merges: v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
  }),
});
type AddedToken = v.InferOutput<typeof addedTokenSchema>;

/**
 * A tokenizer from the files' texts or parsed contents.
 * Throws {@link PlaygroundError} `model.file-missing`, `model.file-truncated`, `model.file-foreign`, and
 * `tokenizer.foreign` for a tokenizer that is not byte-level BPE with Qwen-VL's special tokens.
 */
export function createTokenizer(sources: TokenizerSources): Tokenizer {
  const json = readJsonObject(sources.tokenizerJson, TOKENIZER_FILE);
  const config = readJsonObject(sources.tokenizerConfigJson, 'tokenizer_config.json');
  const result = v.safeParse(tokenizerSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw foreign(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { added_tokens: added, model } = result.output;
  const specials = new Map(added.filter((t) => t.special).map((t) => [t.content, checkFlags(t)]));
  const specialIds = new Set(specials.values());
  const plain = createPlain(json, config, added);
  const bytesOf = bytesById(model.vocab, added);
  const idOf = (token: string) => specials.get(token) ?? plain.token_to_id(token);
  const special = lookUpSpecials(specials);
  const pattern = specialPattern([...specials.keys()]);
  const heads = new RegExp(
    `[${[...specials.keys()].map((s) => escapeRegExp(s[0])).join('')}]`,
    'g',
  );
  const noBytes = new Uint8Array(0);
  const tokenBytes = (tokenId: number) => bytesOf[tokenId] ?? noBytes;

  const encodePlain = (text: string): number[] =>
    text === '' ? [] : plain.encode(text, { add_special_tokens: false }).ids;

  const encode = (text: string, guard?: string): number[] => {
    const ids: number[] = [];
    for (const section of text.split(pattern)) {
      const specialId = specials.get(section);
      if (specialId !== undefined) ids.push(specialId);
      else
        for (const part of encodePlain(guard ? section.replaceAll(guard, '') : section))
          ids.push(part);
    }
    return ids;
  };

  return {
    vocabSize: bytesOf.length,
    special,
    eosIds: eosIds(sources.generationConfigJson, config, idOf, special),
    encode,
    guardText: (text, guard) => text.replace(heads, (head) => head + guard),
    encodePlain,
    decode: (ids, options) => {
      const kept = options?.skipSpecial ? ids.filter((i) => !specialIds.has(i)) : ids;
      return decodeUtf8(joinBytes(kept.map(tokenBytes)));
    },
    tokenTexts: (ids) => splitTokenTexts(ids.map(tokenBytes)),
    tokenText: (tokenId) => decodeUtf8(tokenBytes(tokenId)),
    tokenBytes,
    idOf,
    isSpecial: (tokenId) => specialIds.has(tokenId),
  };
}

/** The library's tokenizer without the special tokens: they are split off before it sees the text. */
function createPlain(
  json: JsonObject,
  config: JsonObject,
  added: readonly AddedToken[],
): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(
      {
        ...json,
        normalizer: json.normalizer ?? null,
        pre_tokenizer: withLongS(json.pre_tokenizer ?? null),
        post_processor: null,
        added_tokens: added.filter((token) => !token.special),
      },
      config,
    );
  } catch (cause) {
    throw foreign(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/**
 * Python's engine (Oniguruma) folds case over all of Unicode, so that Qwen's `(?i:'s|…)` also matches 'ſ (U+017F);
 * the library folds ASCII only. No other letter of that group has a non-ASCII case partner.
 */
function withLongS(preTokenizer: unknown): unknown {
  const pattern = JSON.stringify(preTokenizer);
  return JSON.parse(pattern.replaceAll("(?i:'s|", "(?i:'[sſ]|"));
}

function checkFlags(token: AddedToken): number {
  if (token.lstrip || token.rstrip || token.single_word)
    throw foreign(`special token ${token.content} takes white space or word edges with it`);
  return token.id;
}

function lookUpSpecials(specials: ReadonlyMap<string, number>): SpecialIds {
  const find = (name: keyof SpecialIds): number => {
    const found = specials.get(SPECIAL_CONTENTS[name]);
    if (found === undefined) throw foreign(`it has no special token ${SPECIAL_CONTENTS[name]}`);
    return found;
  };
  return {
    endOfText: find('endOfText'),
    imStart: find('imStart'),
    imEnd: find('imEnd'),
    visionStart: find('visionStart'),
    visionEnd: find('visionEnd'),
    imagePad: find('imagePad'),
  };
}

/** Splits a text at the special tokens and keeps them; the longest of several at one place wins. */
function specialPattern(contents: readonly string[]): RegExp {
  const longestFirst = [...contents].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map(escapeRegExp);
  return new RegExp(`(${escaped.join('|')})`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[-.*+?^${}()|[\]\\]/g, '\\$&');
}

function eosIds(
  generationConfigJson: JsonSource,
  config: JsonObject,
  idOf: (token: string) => number | undefined,
  special: SpecialIds,
): number[] {
  if (generationConfigJson !== undefined && generationConfigJson !== null) {
    const { eos_token_id: eos } = readJsonObject(generationConfigJson, 'generation_config.json');
    const list = v.safeParse(v.union([id, v.pipe(v.array(id), v.minLength(1))]), eos);
    if (list.success) return typeof list.output === 'number' ? [list.output] : list.output;
  }
  const named = config.eos_token;
  const content = typeof named === 'string' ? named : (named as JsonObject | null)?.content;
  const found = typeof content === 'string' ? idOf(content) : undefined;
  return [found ?? special.imEnd];
}

/** The bytes behind each id; model tokens are written in the byte-level alphabet, added ones as they are. */
function bytesById(vocab: JsonObject, added: readonly AddedToken[]): Uint8Array[] {
  for (const character of BYTE_ALPHABET.keys())
    if (!Object.hasOwn(vocab, character)) throw foreign('its vocabulary lacks single bytes');
  const bytes: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (const [token, tokenId] of Object.entries(vocab)) {
    if (!v.is(id, tokenId)) throw foreign(`its token ${token} has the id ${String(tokenId)}`);
    const values = Array.from(token, (character) => BYTE_ALPHABET.get(character));
    bytes[tokenId] = values.every((value) => value !== undefined)
      ? Uint8Array.from(values)
      : encoder.encode(token);
  }
  for (const token of added) bytes[token.id] = encoder.encode(token.content);
  return bytes;
}

function foreign(reason: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'tokenizer.foreign',
      message: `${TOKENIZER_FILE} is not a Qwen-VL tokenizer: ${reason}.`,
      fix: 'Take tokenizer.json and tokenizer_config.json unchanged from a Qwen2.5-VL checkpoint.',
      where: TOKENIZER_FILE,
      detail: { reason },
    },
    { cause },
  );
}
