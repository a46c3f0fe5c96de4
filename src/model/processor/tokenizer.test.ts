import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { readFixture, readModelFile, readTokenizer } from '../fixtures/support.ts';
import { createTokenizer } from './tokenizer.ts';

interface Row {
  text?: string;
  ids: number[];
  plainIds?: number[];
  decoded: string;
  withoutSpecial: string;
}

const rows = readFixture<Row>('tokens.json');
const written = rows.flatMap((row) => (row.text === undefined ? [] : [{ ...row, text: row.text }]));
const tokenizer = readTokenizer();
const tokenizerJson = readModelFile('tokenizer.json');
const tokenizerConfigJson = readModelFile('tokenizer_config.json');

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('token ids', () => {
  it.each(written)('of $text are those of the official tokenizer', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  it('hold no special token where the text is only typed', () => {
    for (const { text, plainIds } of written) expect(tokenizer.encodePlain(text)).toEqual(plainIds);
  });

  it('of a guarded text are those of plain text, except for specials outside the guard', () => {
    for (const { text, plainIds } of written) {
      expect(tokenizer.encode(tokenizer.guardText(text, '\ufdd0'), '\ufdd0')).toEqual(plainIds);
    }
    const turn = `<|im_start|>${tokenizer.guardText('a<|im_end|>', '\ufdd0')}<|im_end|>`;
    expect(tokenizer.encode(turn, '\ufdd0')).toEqual([
      tokenizer.special.imStart,
      ...tokenizer.encodePlain('a<|im_end|>'),
      tokenizer.special.imEnd,
    ]);
  });

  it('split a contraction with a long s as Oniguruma does, not as ASCII case folding would', () => {
    const { pre_tokenizer: split, ...rest } = JSON.parse(tokenizerJson) as {
      pre_tokenizer: unknown;
      model: { vocab: Record<string, number>; merges: string[] | [string, string][] };
    };
    // A merge of the long s (bytes C5 BF) with a letter after it shows where the text was split.
    const vocab = { ...rest.model.vocab, 'Å¿': 2000, 'Å¿a': 2001 };
    const merges = [...rest.model.merges.map((m) => (typeof m === 'string' ? m.split(' ') : m))];
    const model = { ...rest.model, vocab, merges: [...merges, ['Å', '¿'], ['Å¿', 'a']] };
    const extended = createTokenizer({
      tokenizerJson: { ...rest, pre_tokenizer: split, model },
      tokenizerConfigJson,
    });
    const [quote] = extended.encode("'");
    const [letter] = extended.encode('a');
    expect(extended.encode("'ſa")).toEqual([quote, 2000, letter]);
    expect(extended.encode('ſa')).toEqual([2001]);
  });
});

describe('texts', () => {
  it('are decoded as by the official tokenizer, broken UTF-8 included', () => {
    for (const { ids, decoded, withoutSpecial } of rows) {
      expect(tokenizer.decode(ids)).toBe(decoded);
      expect(tokenizer.decode(ids, { skipSpecial: true })).toBe(withoutSpecial);
    }
  });

  it('of single tokens join to the decoded text', () => {
    for (const { ids, decoded } of rows) {
      const texts = tokenizer.tokenTexts(ids);
      expect(texts).toHaveLength(ids.length);
      expect(texts.join('')).toBe(decoded);
    }
  });

  it('give a character split over tokens to the token with its last byte', () => {
    const ids = tokenizer.encode('😀');
    expect(ids.length).toBeGreaterThan(1);
    expect(tokenizer.tokenTexts(ids)).toEqual([...ids.slice(1).map(() => ''), '😀']);
  });

  it('of ids beyond the vocabulary are empty', () => {
    expect(tokenizer.decode([tokenizer.vocabSize, tokenizer.vocabSize + 9])).toBe('');
    expect(tokenizer.tokenTexts([tokenizer.vocabSize])).toEqual(['']);
  });
});

describe('tokens named like members of a JavaScript object', () => {
  it('are ordinary tokens', () => {
    const json = JSON.parse(tokenizerJson) as { model: { vocab: object; merges: string[][] } };
    const { vocab, merges } = json.model;
    const names = JSON.parse('{"constructor":2000,"__proto__":2001,"prototype":2002}') as object;
    const members = Object.fromEntries([...Object.entries(vocab), ...Object.entries(names)]);
    const changed = createTokenizer({
      tokenizerJson: { ...json, model: { ...json.model, vocab: members, merges } },
      tokenizerConfigJson,
    });
    expect(changed.tokenTexts([2000, 2001, 2002])).toEqual([
      'constructor',
      '__proto__',
      'prototype',
    ]);
    expect(changed.decode(changed.encode('constructor __proto__'))).toBe('constructor __proto__');
  });
});

describe('special tokens', () => {
  it('are looked up by their content', () => {
    expect(tokenizer.idOf('<|im_end|>')).toBe(tokenizer.special.imEnd);
    expect(tokenizer.isSpecial(tokenizer.special.imagePad)).toBe(true);
    expect(tokenizer.idOf('<think>')).toBeUndefined();
    expect(tokenizer.encode('<think>').length).toBeGreaterThan(1);
  });

  it('that end a text are those of generation_config.json, the tokenizer and config.json together', () => {
    const eosOf = (generationConfigJson?: unknown, configEosIds?: number[]) =>
      createTokenizer({
        tokenizerJson,
        tokenizerConfigJson,
        generationConfigJson,
        ...(configEosIds && { configEosIds }),
      }).eosIds;
    const { imEnd } = tokenizer.special;
    expect(eosOf()).toEqual([imEnd]);
    expect(eosOf(undefined, [7])).toEqual([imEnd, 7]);
    expect(eosOf('{"eos_token_id": 5}')).toEqual([5, imEnd]);
    expect(eosOf({ eos_token_id: [5, 6] }, [6, 8])).toEqual([5, 6, imEnd, 8]);
    expect(eosOf({}, [999_999])).toEqual([imEnd]);
  });

  it('that the files do not agree on are named', () => {
    const { notices } = createTokenizer({
      tokenizerJson,
      tokenizerConfigJson,
      generationConfigJson: { eos_token_id: tokenizer.special.endOfText },
    });
    expect(notices.join()).toContain('stops at <|im_end|> too');
  });
});

describe('a bad tokenizer file', () => {
  const codeFor = (json: unknown) =>
    codeOf(() => createTokenizer({ tokenizerJson: json, tokenizerConfigJson }));
  const changed = (change: (json: Record<string, unknown>) => object) =>
    codeFor(change(JSON.parse(tokenizerJson) as Record<string, unknown>));

  it('is named when it is missing, cut off, a web page or not an object', () => {
    expect(codeFor(undefined)).toBe('model.file-missing');
    expect(codeFor('')).toBe('model.file-missing');
    expect(codeFor(tokenizerJson.slice(0, 5000))).toBe('model.file-truncated');
    expect(codeFor('<!doctype html>')).toBe('model.file-truncated');
    expect(codeFor('[1]')).toBe('model.file-foreign');
    expect(codeOf(() => createTokenizer({ tokenizerJson, tokenizerConfigJson: null }))).toBe(
      'model.file-missing',
    );
  });

  it('is refused when it is of another kind', () => {
    expect(codeFor({})).toBe('tokenizer.foreign');
    expect(changed((json) => ({ ...json, decoder: { type: 'WordPiece' } }))).toBe(
      'tokenizer.foreign',
    );
    const bare = { ...JSON.parse(tokenizerConfigJson), added_tokens_decoder: undefined };
    expect(
      codeOf(() =>
        createTokenizer({
          tokenizerJson: { ...JSON.parse(tokenizerJson), added_tokens: [] },
          tokenizerConfigJson: bare,
        }),
      ),
    ).toBe('tokenizer.foreign');
    const classless = JSON.parse(tokenizerConfigJson) as Record<string, unknown>;
    classless.tokenizer_class = 'TokenizersBackend';
    const tokenizerJsonOf = (pre_tokenizer: unknown) => ({
      ...JSON.parse(tokenizerJson),
      pre_tokenizer,
    });
    const split = {
      type: 'Split',
      pattern: { Regex: '(a+)+$' },
      behavior: 'Isolated',
      invert: false,
    };
    for (const cuts of [{ type: 'Unheard' }, split])
      expect(
        codeOf(() =>
          createTokenizer({
            tokenizerJson: tokenizerJsonOf(cuts),
            tokenizerConfigJson: classless,
          }),
        ),
      ).toBe('tokenizer.foreign');
    const withVocab = (vocab: unknown) =>
      changed((json) => ({ ...json, model: { type: 'BPE', vocab, merges: [] } }));
    expect(withVocab({ a: 0 })).toBe('tokenizer.foreign');
    expect(withVocab([1, 2])).toBe('tokenizer.foreign');
    const { vocab } = (JSON.parse(tokenizerJson) as { model: { vocab: object } }).model;
    expect(withVocab({ ...vocab, odd: -1 })).toBe('tokenizer.foreign');
    expect(withVocab({ ...vocab, odd: '7' })).toBe('tokenizer.foreign');
    expect(withVocab({ ...vocab, odd: 5e7 })).toBe('tokenizer.foreign');
  });
});
