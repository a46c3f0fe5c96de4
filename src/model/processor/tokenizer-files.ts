/** A tokenizer's files as one tokenizer.json: what transformers' Qwen2Tokenizer makes of them. */

import {
  isJsonObject,
  type JsonObject,
  type JsonSource,
  readJsonObject,
} from '../sources/json-source.ts';
import { tokensOfConfig } from './added-tokens.ts';

export interface TokenizerSources {
  tokenizerJson?: JsonSource;
  tokenizerConfigJson: JsonSource;
  /** The older pair of files, read where there is no tokenizer.json. */
  vocabJson?: JsonSource;
  mergesTxt?: string | null;
  addedTokensJson?: JsonSource;
  /** Only its `eos_token_id` is read. */
  generationConfigJson?: JsonSource;
  /** Stop ids that config.json names. */
  configEosIds?: readonly number[];
}

/** Where Qwen's tokenizer class cuts a text before the merges. */
const QWEN_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** Patterns of byte-level tokenizers that take a time proportional to the text; foreign ones may take for ever. */
const KNOWN_PATTERNS: ReadonlySet<string> = new Set([
  QWEN_PATTERN,
  QWEN_PATTERN.replace('|\\p{N}|', '|\\p{N}{1,3}|'),
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
]);

const QWEN_PRE_TOKENIZER = {
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: QWEN_PATTERN }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
};

/** Classes whose constructor sets normalizer and pre-tokenizer itself, whatever tokenizer.json says. */
const QWEN_CLASSES: readonly unknown[] = [undefined, null, 'Qwen2Tokenizer', 'Qwen2TokenizerFast'];

/**
 * The content of tokenizer.json as it counts, and what a person should know about it. `foreign` makes the error for
 * what is not taken. Throws `model.file-*` as in jsonSource.ts.
 */
export function readTokenizerFiles(
  sources: TokenizerSources,
  foreign: (reason: string) => Error,
): { json: JsonObject; config: JsonObject; notices: string[] } {
  const config = readJsonObject(sources.tokenizerConfigJson, 'tokenizer_config.json');
  const json =
    isMissing(sources.tokenizerJson) && !isMissing(sources.vocabJson)
      ? fromVocabulary(sources, config, foreign)
      : readJsonObject(sources.tokenizerJson, 'tokenizer.json');
  const listed = tokensOfConfig(config);
  const added = listed ?? json.added_tokens;
  const given = isMissing(sources.tokenizerJson) ? undefined : json.added_tokens;
  const notices: string[] = [];
  if (!QWEN_CLASSES.includes(config.tokenizer_class)) {
    refuseForeign(json, foreign);
    return { json: { ...json, added_tokens: added }, config, notices };
  }
  const other = [
    ...(sameTokens(listed, given) ? [] : ['added tokens']),
    ...(samePattern(json.pre_tokenizer) ? [] : ['the cuts before the merges']),
  ];
  if (other.length > 0)
    notices.push(
      `tokenizer.json has ${other.join(' and ')} other than the tokenizer that transformers makes of this folder (its class and tokenizer_config.json decide); that one is used here too.`,
    );
  const own = { normalizer: { type: 'NFC' }, pre_tokenizer: QWEN_PRE_TOKENIZER };
  return { json: { ...json, ...own, added_tokens: plainSpecials(added, config) }, config, notices };
}

/** The class adds the tokens that the configuration calls special once more, without flags. */
function plainSpecials(added: unknown, config: JsonObject): unknown {
  const names = specialNames(config);
  const flags = {
    special: true,
    lstrip: false,
    rstrip: false,
    single_word: false,
    normalized: false,
  };
  const plain = (token: unknown) =>
    isJsonObject(token) && names.has(token.content) ? { ...token, ...flags } : token;
  return Array.isArray(added) ? added.map(plain) : added;
}

const isMissing = (source: unknown) => source === undefined || source === null || source === '';

function fromVocabulary(
  { vocabJson, mergesTxt, addedTokensJson }: TokenizerSources,
  config: JsonObject,
  foreign: (reason: string) => Error,
): JsonObject {
  if (!QWEN_CLASSES.includes(config.tokenizer_class))
    throw foreign(
      `there is no tokenizer.json, and vocab.json and merges.txt are read for a Qwen2Tokenizer only, not for a ${String(config.tokenizer_class)}`,
    );
  const merges = (mergesTxt ?? '').split(/\r?\n/).filter((line) => line !== '');
  const first = merges[0]?.startsWith('#version') ? 1 : 0;
  const listed = isMissing(addedTokensJson)
    ? []
    : Object.entries(readJsonObject(addedTokensJson, 'added_tokens.json'));
  const named = specialNames(config);
  return {
    added_tokens: listed.map(([content, id]) => {
      const special = named.has(content);
      return { id, content, special, normalized: !special };
    }),
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: readJsonObject(vocabJson, 'vocab.json'),
      merges: merges.slice(first),
    },
  };
}

/** Tokens that tokenizer_config.json calls special. */
function specialNames(config: JsonObject): Set<unknown> {
  const lists = [config.additional_special_tokens, config.extra_special_tokens];
  const single = ['bos_token', 'eos_token', 'unk_token', 'pad_token'].map((key) => config[key]);
  const all = [...single, ...lists.flatMap((list) => (Array.isArray(list) ? list : []))];
  return new Set(all.map((token) => (isJsonObject(token) ? token.content : token)));
}

function sameTokens(listed: readonly unknown[] | undefined, added: unknown): boolean {
  if (listed === undefined || !Array.isArray(added)) return true;
  const spell = (token: unknown) => {
    if (!isJsonObject(token)) return '';
    const { id, content, special, lstrip, rstrip, single_word: word } = token;
    return JSON.stringify([id, content, special, lstrip, rstrip, word].map((x) => x ?? false));
  };
  const known = new Set(listed.map(spell));
  return added.length === listed.length && added.every((token) => known.has(spell(token)));
}

function samePattern(preTokenizer: unknown): boolean {
  if (preTokenizer === undefined) return true;
  const found = patternsIn(preTokenizer);
  return found.length === 1 && found[0] === QWEN_PATTERN;
}

/** Every pattern inside a component, as written. */
function patternsIn(component: unknown): string[] {
  if (Array.isArray(component)) return component.flatMap(patternsIn);
  if (!isJsonObject(component)) return [];
  return Object.entries(component).flatMap(([key, value]) =>
    key === 'Regex' && typeof value === 'string' ? [value] : patternsIn(value),
  );
}

/** A tokenizer that says itself how it cuts: patterns that are not known may take for ever on some text. */
function refuseForeign(json: JsonObject, foreign: (reason: string) => Error): void {
  const { normalizer, pre_tokenizer: cuts } = json;
  const form = isJsonObject(normalizer) ? String(normalizer.type) : null;
  if (form !== null && !['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form))
    throw foreign(`its normalizer ${form} is none of NFC, NFD, NFKC, NFKD`);
  const unknown = patternsIn(cuts).find((pattern) => !KNOWN_PATTERNS.has(pattern));
  if (unknown !== undefined)
    throw foreign(`it cuts texts by a pattern that is not known here: ${unknown.slice(0, 80)}`);
}
