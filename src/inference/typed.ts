/**
 * A completion given as text, as a person types it or a trainer logs it: with its prompt or header in front, its
 * end and padding behind. Special tokens are read as what they are, and what was done is said.
 */

import { PlaygroundError } from '../base/errors.ts';
import type { FileKind } from '../base/file-kinds.ts';
import { foreignText } from '../base/foreign-text.ts';
import type { DialectName } from '../contract/models/model.ts';
import { endsInBox } from '../method/box.ts';
import type { Reading } from '../method/types.ts';
import type { TextAssets } from '../model/processor/text-assets.ts';
import type { Tokenizer } from '../model/processor/tokenizer.ts';
import { DIALECTS } from './dialects.ts';

/** What reading a completion takes of a model: its tokenizer, and the dialect whose prefill it continues. */
export interface TypedAssets extends TextAssets {
  readonly architecture: { readonly dialect: DialectName };
}

export interface TypedCompletion {
  readonly ids: readonly number[];
  /** What was left out, added or read otherwise than it looks, one sentence each; positions count from 1. */
  readonly asRead: readonly string[];
}

/** Whole files in a completion's place; other JSON may well be what a student wrote. */
const NO_COMPLETION: ReadonlySet<FileKind> = new Set<FileKind>([
  'completions',
  'token-ids',
  'chat',
  'trace',
  'run',
  'zip',
  'gzip',
  'parquet',
  'gguf',
  'safetensors',
  'onnx',
  'ggml',
  'pickle',
  'other-weights',
  'arrow',
  'numpy',
  'picture',
  'film',
  'document',
  'packed',
]);

const TAG = '</?(?:description|think)>';
/** LaTeX commands in n, which are no escaped line break. */
const LATEX_N = '(?:u|e|eq|eg|abla|ot|otin|i|mid)(?![a-z])';
const ESCAPED_BREAK = new RegExp(
  `\\\\n(?:\\\\n)*\\s*(?:${TAG}|<\\|)|(?:${TAG}|\\|>)\\s*\\\\n(?!${LATEX_N})`,
);
/** What other models end, pad and part turns with. */
const OTHERS_TOKENS =
  /<\|[\w.-]{1,40}\|>|<｜[^｜<>]{1,40}｜>|<\/?s>|<(?:eos|bos|pad|unk|end_of_turn|start_of_turn)>|\[(?:PAD|EOS|BOS|SEP|CLS|UNK|\/?INST)\]/g;
/** A prompt or header of which a decoder left out the special tokens. */
const BARE_HEADER = /^\s*(?:(?:system|user)\n(?:[\s\S]*?\n)??)?assistant\n/;

/**
 * Ids of a completion: the text after the student's prefill, or with it, or with the whole prompt in front. The first
 * end token ends it, only padding may follow; without one an end is added behind a box that
 * is closed in this reading.
 * Throws {@link PlaygroundError} `rollout.not-a-completion` for a file of another kind, `rollout.escaped` for text
 * whose line breaks are written out, `rollout.raw-tokens`, `rollout.no-assistant` and `rollout.after-end`.
 */
export function readTyped(
  typed: string,
  assets: TypedAssets,
  reading: Reading = 'paper',
): TypedCompletion {
  const asRead: string[] = [];
  refuseOtherKinds(typed);
  const text = lineEnds(typed, asRead);
  refuseEscapes(text);
  const special = specialTexts(assets);
  const start = afterHeader(text, assets, asRead);
  const { end, eos } = endOf(text, start, special, assets, asRead);
  const body = text.slice(start, end);
  sayTokensWithin(text, start, end, special, asRead);
  const ids = assets.tokenizer.encode(body);
  if (eos !== null) return { ids: [...ids, eos], asRead };
  if (end < text.length || !endsInBox(body, reading)) return { ids, asRead };
  const added = assets.tokenizer.eosIds[0];
  asRead.push(
    `The text has no end token, so ${assets.tokenizer.tokenText(added)} was added behind its closed box.`,
  );
  return { ids: [...ids, added], asRead };
}

function refuseOtherKinds(text: string): void {
  const other = foreignText(text);
  if (other === null) return;
  if (other.kind === 'json-string' && /\\|</.test(text)) throw escaped(other.what);
  if (!NO_COMPLETION.has(other.kind)) return;
  throw new PlaygroundError({
    code: 'rollout.not-a-completion',
    message: `This is ${other.what}; a rollout is the text of one completion.`,
    fix: 'Give the text of one of them, decoded, from after <description> on.',
    where: 'completion',
    detail: { ...other },
  });
}

/** Without a byte order mark; line ends that are all Windows' become line feeds. */
function lineEnds(typed: string, asRead: string[]): string {
  let text = typed;
  if (text.startsWith('\ufeff')) {
    text = text.slice(1);
    asRead.push('The byte order mark in front was left out.');
  }
  const returns = text.split('\r').length - 1;
  if (returns === 0) return text;
  const pairs = text.split('\r\n').length - 1;
  const breaks = text.split('\n').length - 1;
  if (pairs === returns && pairs === breaks) {
    asRead.push(`${count(pairs, 'Windows line end')} (CR LF) became ${count(pairs, 'line feed')}.`);
    return text.replaceAll('\r\n', '\n');
  }
  asRead.push(
    `${count(returns, 'carriage return')} among other line ends: kept, as part of the text.`,
  );
  return text;
}

function refuseEscapes(text: string): void {
  const found = ESCAPED_BREAK.exec(text);
  if (found !== null)
    throw escaped(`text whose line breaks are written as \\n (character ${found.index + 1})`);
  const marks = text.split('Ġ').length - 1;
  if (marks < 3 || text.includes(' ')) return;
  throw new PlaygroundError({
    code: 'rollout.raw-tokens',
    message:
      'These are raw tokens: Ġ and Ċ are how byte-level BPE writes a space and a line break.',
    fix: 'Decode the tokens with their tokenizer and give that text.',
    where: `character ${text.indexOf('Ġ') + 1}`,
  });
}

function escaped(what: string): PlaygroundError {
  return new PlaygroundError({
    code: 'rollout.escaped',
    message: `This is ${what}, and the student would read it letter by letter.`,
    fix: 'Give the decoded text, with real line breaks and without the quotes around it (jq -r and print show it so).',
    where: 'completion',
  });
}

interface SpecialTexts {
  readonly ids: ReadonlyMap<string, number>;
  /** Matches each of them, the longest first; global. */
  readonly pattern: RegExp;
}

/** The tokenizer's own special tokens and ends, by how they are written. */
function specialTexts(assets: TypedAssets): SpecialTexts {
  const known = SPECIAL_TEXTS.get(assets.tokenizer);
  if (known !== undefined) return known;
  const made = makeSpecialTexts(assets);
  SPECIAL_TEXTS.set(assets.tokenizer, made);
  return made;
}

/** Of each tokenizer, since a file of rollouts reads tens of thousands of completions with one. */
const SPECIAL_TEXTS = new WeakMap<Tokenizer, SpecialTexts>();

function makeSpecialTexts({ tokenizer, specialIds }: TypedAssets): SpecialTexts {
  const ids = new Map<string, number>();
  for (const id of [...specialIds, ...tokenizer.eosIds]) ids.set(tokenizer.tokenText(id), id);
  const longestFirst = [...ids.keys()].sort((a, b) => b.length - a.length);
  const escapedTexts = longestFirst.map((text) => text.replace(/[-.*+?^${}()|[\]\\]/g, '\\$&'));
  return { ids, pattern: new RegExp(escapedTexts.join('|'), 'g') };
}

/** Where the completion's own text begins: behind left padding, prompt, header and prefill. */
function afterHeader(
  text: string,
  { tokenizer, padId, architecture }: TypedAssets,
  asRead: string[],
): number {
  const { prefill } = DIALECTS[architecture.dialect].student;
  const opening = tokenizer.tokenText(tokenizer.special.imStart);
  const padding = leadingPadding(text, tokenizer.tokenText(padId));
  let start = 0;
  if (text.startsWith(opening, padding.end)) {
    const header = `${opening}assistant\n`;
    const at = text.indexOf(header, padding.end);
    if (at < 0) throw noAssistant(opening);
    start = at + header.length;
    if (padding.tokens > 0)
      asRead.push(`${count(padding.tokens, 'padding token')} in front of the prompt left out.`);
    sayHeader(at - padding.end, opening, asRead);
  } else {
    const bare = BARE_HEADER.exec(text);
    if (bare !== null) {
      start = bare[0].length;
      const shown = bare[0].trim().startsWith('assistant') ? 'header' : 'prompt and the header';
      asRead.push(
        `The ${shown} in front, of which a decoder had left out the special tokens (“assistant” on a line of its own), was left out.`,
      );
    }
  }
  const own = text.slice(start);
  const inFront = own.length - own.trimStart().length;
  if (!own.startsWith(prefill, inFront)) return start;
  asRead.push(`The ${prefill} in front is the prompt’s own and was not read again.`);
  return start + inFront + prefill.length;
}

function leadingPadding(text: string, pad: string): { tokens: number; end: number } {
  let end = text.length - text.trimStart().length;
  let tokens = 0;
  while (text.startsWith(pad, end)) {
    tokens++;
    end += pad.length;
    end += text.length - end - text.slice(end).trimStart().length;
  }
  return { tokens, end };
}

function sayHeader(promptLength: number, opening: string, asRead: string[]): void {
  asRead.push(
    promptLength === 0
      ? `The header ${opening}assistant in front was left out.`
      : `The prompt in front (${promptLength} characters, up to ${opening}assistant) was left out: the page’s own prompt stands there.`,
  );
}

function noAssistant(opening: string): PlaygroundError {
  return new PlaygroundError({
    code: 'rollout.no-assistant',
    message: `The text begins with a prompt (${opening}…) and has no turn of the assistant's.`,
    fix: 'Give the completion, or the prompt with the completion behind it.',
    where: 'completion',
  });
}

/** Where the completion ends, and the end token that stands there; null for padding alone or none. */
function endOf(
  text: string,
  start: number,
  { ids, pattern }: SpecialTexts,
  { tokenizer, padId }: TypedAssets,
  asRead: string[],
): { end: number; eos: number | null } {
  const isEnd = (id: number | undefined): id is number =>
    id !== undefined && (id === padId || tokenizer.eosIds.includes(id));
  const ends = [...text.matchAll(pattern)].filter(
    ({ 0: token, index }) => index >= start && isEnd(ids.get(token)),
  );
  if (ends.length === 0) return { end: text.length, eos: null };
  const [first] = ends;
  let at = first.index;
  for (const { 0: token, index } of ends) {
    if (text.slice(at, index).trim() !== '') throw afterEnd(text, first, at);
    at = index + token.length;
  }
  if (text.slice(at).trim() !== '') throw afterEnd(text, first, at);
  const id = ids.get(first[0]);
  const eos = id !== undefined && tokenizer.eosIds.includes(id) ? id : null;
  const padding = ends.length - (eos === null ? 0 : 1);
  if (eos !== null) asRead.push(`${first[0]} (character ${first.index + 1}) is read as the end.`);
  if (padding > 0) asRead.push(`${count(padding, 'padding token')} behind the text left out.`);
  return { end: first.index, eos };
}

function afterEnd(text: string, first: RegExpExecArray, from: number): PlaygroundError {
  const at = from + text.slice(from).search(/\S/);
  const more = text.slice(at, at + 40);
  return new PlaygroundError({
    code: 'rollout.after-end',
    message: `The completion ends with ${first[0]} (character ${first.index + 1}), and more follows at character ${at + 1}: “${more}”.`,
    fix: 'Give one completion: cut the text behind its end, where only padding may stand.',
    where: `character ${at + 1}`,
    detail: { end: first.index, more: at },
  });
}

/** Names special tokens inside the completion, and other models' tokens, which are plain text to this one. */
function sayTokensWithin(
  text: string,
  start: number,
  end: number,
  { ids, pattern }: SpecialTexts,
  asRead: string[],
): void {
  const own = new RegExp(TAG);
  for (const [token, places] of placesOf(text.matchAll(pattern), start, end)) {
    if (own.test(token)) continue;
    asRead.push(
      `${token} (${places}) is read as the special token that it names, id ${ids.get(token)}; it shows no image and ends nothing.`,
    );
  }
  for (const [token, places] of placesOf(text.matchAll(OTHERS_TOKENS), start, end)) {
    if (ids.has(token)) continue;
    asRead.push(
      `${token} (${places}) is a token of other models; this one has none of that name and reads it as plain text.`,
    );
  }
}

/** Where each found text stands in `[start, end)`, in words. */
function placesOf(
  matches: Iterable<RegExpExecArray>,
  start: number,
  end: number,
): Map<string, string> {
  const found = new Map<string, number[]>();
  for (const { 0: token, index } of matches)
    if (index >= start && index < end) found.set(token, [...(found.get(token) ?? []), index + 1]);
  const words = (at: number[]) =>
    at.length === 1
      ? `character ${at[0]}`
      : `character ${at[0]} and ${count(at.length - 1, 'more place')}`;
  return new Map([...found].map(([token, at]) => [token, words(at)]));
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
