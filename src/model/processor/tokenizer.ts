/** Byte-level BPE tokenizer of Qwen's kind: ids and texts as Hugging Face's own implementation gives them. */

import { Tokenizer as HuggingFaceTokenizer, SplitPreTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../sources/json-source.ts';
import {
  type AddedToken,
  addedTokenSchema,
  escapeRegExp,
  tokenId as id,
  isNormalized,
  TokenSplitter,
} from './added-tokens.ts';
import {
  BYTE_ALPHABET,
  decodeUtf8,
  joinBytes,
  splitTokenTexts,
  wholeCharacters,
} from './token-text.ts';
import { readTokenizerFiles, type TokenizerSources } from './tokenizer-files.ts';

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
  /** Ids at which generation stops: those of generation_config.json, then of the tokenizer, then of config.json. */
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
  /** What a person should know about the files, a sentence each. */
  readonly notices: readonly string[];
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

const tokenizerSchema = v.looseObject({
  added_tokens: v.pipe(v.array(addedTokenSchema), v.maxLength(100_000)),
  decoder: v.looseObject({ type: v.literal('ByteLevel') }),
  model: v.looseObject({
    type: v.literal('BPE'),
    // Not v.record: it drops keys such as `constructor`, which are tokens here.
    vocab: v.custom<JsonObject>(isJsonObject, 'Expected an object'),
    merges: v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
  }),
});

/**
 * A tokenizer from the files' texts or parsed contents.
 * Throws {@link PlaygroundError} `model.file-missing`, `model.file-truncated`, `model.file-foreign`, and
 * `tokenizer.foreign` for a tokenizer that is not byte-level BPE with Qwen-VL's special tokens.
 */
export function createTokenizer(sources: TokenizerSources): Tokenizer {
  const { json, config, notices } = readTokenizerFiles(sources, foreign);
  const result = v.safeParse(tokenizerSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw foreign(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { added_tokens: added, model } = result.output;
  const specials = new Map(added.filter((t) => t.special).map((t) => [t.content, t.id]));
  const specialIds = new Set(specials.values());
  const plain = createPlain(json, config);
  const bytesOf = bytesById(model.vocab, added);
  const contents = new Map(added.map((token) => [token.content, token.id]));
  const idOf = (token: string) => contents.get(token) ?? plain.token_to_id(token);
  const special = lookUpSpecials(specials);
  const ordinary = added.filter((token) => !token.special);
  const splitters = {
    special: new TokenSplitter(added.filter((token) => token.special)),
    raw: new TokenSplitter(ordinary.filter((token) => !isNormalized(token))),
    normalized: new TokenSplitter(ordinary.filter(isNormalized)),
  };
  const heads = new RegExp(
    `[${[...specials.keys()].map((s) => escapeRegExp(s[0])).join('')}]`,
    'g',
  );
  const noBytes = new Uint8Array(0);
  const tokenBytes = (tokenId: number) => bytesOf[tokenId] ?? noBytes;
  /** Texts of tokens that hold whole characters alone, whatever stands beside them; null of others. */
  const wholeTexts: (string | null | undefined)[] = [];
  const wholeText = (tokenId: number): string | null => {
    const known = wholeTexts[tokenId];
    if (known !== undefined) return known;
    const found = wholeCharacters(tokenBytes(tokenId));
    if (bytesOf[tokenId] !== undefined) wholeTexts[tokenId] = found;
    return found;
  };
  const tokenTexts = (ids: readonly number[]): string[] => {
    const texts: string[] = [];
    for (const tokenId of ids) {
      const text = wholeText(tokenId);
      if (text === null) return splitTokenTexts(ids.map(tokenBytes));
      texts.push(text);
    }
    return texts;
  };
  const normalize = normalizerOf(json.normalizer);
  const stops = stopIds(sources, config, idOf, special);
  const more = stops.all.filter((id) => !stops.named.includes(id) && bytesOf[id] !== undefined);
  if (stops.named.length > 0 && more.length > 0)
    notices.push(
      `Sampling stops at ${more.map((id) => decodeUtf8(tokenBytes(id))).join(', ')} too, which the tokenizer or config.json calls an end and generation_config.json does not.`,
    );

  const merged = byWords(wordsOf(json.pre_tokenizer), (text) =>
    text === '' ? [] : plain.encode(text, { add_special_tokens: false }).ids,
  );
  const encodePlain = (text: string): number[] =>
    idsOf(splitters.raw, text, (part) => idsOf(splitters.normalized, normalize(part), merged));
  const encode = (text: string, guard?: string): number[] =>
    idsOf(splitters.special, text, (part) =>
      encodePlain(guard ? part.replaceAll(guard, '') : part),
    );

  return {
    vocabSize: bytesOf.length,
    special,
    eosIds: stops.all.filter((id) => bytesOf[id] !== undefined),
    encode,
    guardText: (text, guard) => text.replace(heads, (head) => head + guard),
    encodePlain,
    decode: (ids, options) => {
      const kept = options?.skipSpecial ? ids.filter((i) => !specialIds.has(i)) : ids;
      return decodeUtf8(joinBytes(kept.map(tokenBytes)));
    },
    tokenTexts,
    tokenText: (tokenId) => decodeUtf8(tokenBytes(tokenId)),
    tokenBytes,
    idOf,
    isSpecial: (tokenId) => specialIds.has(tokenId),
    notices,
  };
}

/** Ids of a text cut at tokens; what lies between them is encoded by `rest`. */
function idsOf(
  splitter: TokenSplitter,
  text: string,
  rest: (part: string) => readonly number[],
): number[] {
  const ids: number[] = [];
  for (const section of splitter.split(text)) {
    if (typeof section !== 'string') ids.push(section.id);
    else for (const part of rest(section)) ids.push(part);
  }
  return ids;
}

function normalizerOf(normalizer: unknown): (text: string) => string {
  const form = isJsonObject(normalizer) ? String(normalizer.type) : '';
  return /^NFK?[CD]$/.test(form) ? (text) => text.normalize(form) : (text) => text;
}

/** Texts of a BPE model that the library joins to tokens whatever they are. */
const AFFIXES = ['continuing_subword_prefix', 'end_of_word_suffix', 'unk_token'];

/** The library's tokenizer without the added tokens: they are split off before it sees the text. */
function createPlain(json: JsonObject, config: JsonObject): HuggingFaceTokenizer {
  for (const [name, value] of Object.entries(isJsonObject(json.model) ? json.model : {}))
    if (AFFIXES.includes(name) && value !== null && typeof value !== 'string')
      throw foreign(`its model's ${name} is no text`);
  try {
    return new HuggingFaceTokenizer(
      {
        ...json,
        normalizer: json.normalizer ?? null,
        pre_tokenizer: withLongS(json.pre_tokenizer ?? null),
        post_processor: null,
        added_tokens: [],
      },
      config,
    );
  } catch (cause) {
    throw foreign(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Words whose ids are remembered, and their longest: the words of any text come again and again. */
const MOST_WORDS = 50_000;
const LONGEST_WORD = 64;

/**
 * Encodes word by word and remembers each: a word's ids hang on nothing around it, since merges stay within one. `words`
 * cuts a text; null where that is not known, or where it would not give the whole text again.
 */
function byWords(
  words: ((text: string) => readonly string[]) | null,
  encode: (text: string) => number[],
): (text: string) => number[] {
  if (words === null) return encode;
  const known = new Map<string, readonly number[]>();
  const idsOfWord = (word: string): readonly number[] => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const ids = encode(word);
    if (word.length <= LONGEST_WORD) {
      if (known.size >= MOST_WORDS) known.clear();
      known.set(word, ids);
    }
    return ids;
  };
  return (text) => {
    const parts = words(text);
    if (parts.reduce((sum, { length }) => sum + length, 0) !== text.length) return encode(text);
    const ids: number[] = [];
    for (const part of parts) for (const id of idsOfWord(part)) ids.push(id);
    return ids;
  };
}

/** How Qwen's tokenizers cut a text into words: one split by a pattern, then bytes; null for any other way. */
function wordsOf(preTokenizer: unknown): ((text: string) => readonly string[]) | null {
  const known = v.safeParse(qwenWordsSchema, withLongS(preTokenizer ?? null));
  if (!known.success) return null;
  const [{ pattern, behavior, invert }] = known.output.pretokenizers;
  const split = new SplitPreTokenizer({ type: 'Split', pattern, behavior, invert });
  return (text) => split.pre_tokenize_text(text);
}

/** Qwen's pattern looks ahead at most for the end of white space, so that a word alone is cut as within its text. */
const QWEN_WORDS =
  "(?i:'[sſ]|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const qwenWordsSchema = v.object({
  type: v.literal('Sequence'),
  pretokenizers: v.strictTuple([
    v.object({
      type: v.literal('Split'),
      pattern: v.object({ Regex: v.literal(QWEN_WORDS) }),
      behavior: v.literal('Isolated'),
      invert: v.literal(false),
    }),
    v.object({
      type: v.literal('ByteLevel'),
      add_prefix_space: v.literal(false),
      use_regex: v.literal(false),
    }),
  ]),
});

/**
 * Python's engine (Oniguruma) folds case over all of Unicode, so that Qwen's `(?i:'s|…)` also matches 'ſ (U+017F);
 * the library folds ASCII only. No other letter of that group has a non-ASCII case partner.
 */
function withLongS(preTokenizer: unknown): unknown {
  const pattern = JSON.stringify(preTokenizer);
  return JSON.parse(pattern.replaceAll("(?i:'s|", "(?i:'[sſ]|"));
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

/** `generate()` stops at those of the generation config or else of the config, trainers at the tokenizer's too. */
function stopIds(
  { generationConfigJson, configEosIds }: TokenizerSources,
  config: JsonObject,
  idOf: (token: string) => number | undefined,
  special: SpecialIds,
): { named: readonly number[]; all: readonly number[] } {
  const generation = generationConfigJson ?? {};
  const { eos_token_id: eos } = readJsonObject(generation, 'generation_config.json');
  const listed = v.safeParse(v.union([id, v.array(id)]), eos);
  const first = !listed.success ? [] : [listed.output].flat();
  const named = isJsonObject(config.eos_token) ? config.eos_token.content : config.eos_token;
  const own = typeof named === 'string' ? idOf(named) : undefined;
  const all = [...first, ...(own === undefined ? [] : [own]), ...(configEosIds ?? [])];
  return { named: first, all: all.length === 0 ? [special.imEnd] : [...new Set(all)] };
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
      fix: 'Take tokenizer.json and tokenizer_config.json unchanged from the model.',
      where: TOKENIZER_FILE,
      detail: { reason },
    },
    { cause },
  );
}
