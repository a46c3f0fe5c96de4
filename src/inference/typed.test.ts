/** A completion given as text is read as what it stands for, and everything that was read into it is said. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import type { ModelAssets } from '../model/assets.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { createTokenizer } from '../model/processor/tokenizer.ts';
import { BARE, BODY, END, HEADER, PAD, PREFILL, READINGS, USER } from './fixtures/readings.ts';
import { planRollout } from './reading.ts';
import { readTyped } from './typed.ts';

let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

describe('a completion given as text', () => {
  it.each(READINGS)('%s', (_, { given, text = BODY, end = END, said = [] }) => {
    const { ids, asRead } = readTyped(given, assets);
    const { tokenizer } = assets;
    const last = ids.at(-1) ?? -1;
    const ended = tokenizer.eosIds.includes(last);
    expect(ended ? tokenizer.tokenText(last) : null).toBe(end);
    expect(tokenizer.decode(ended ? ids.slice(0, -1) : ids)).toBe(text);
    for (const words of said) expect(asRead.join('\n')).toContain(words);
    if (said.length === 0 && text === given) expect(asRead).toEqual([]);
  });

  it('is the same whatever stands around it, and valid', () => {
    const plain = readTyped(BODY, assets).ids;
    for (const given of [
      PREFILL + BODY + END,
      HEADER + PREFILL + BODY + END + PAD,
      PAD + USER + HEADER + PREFILL + BODY + END + PAD.repeat(20),
      BARE + PREFILL + BODY,
    ])
      expect(readTyped(given, assets).ids).toEqual(plain);
    expect(planRollout(assets, plain, VIGOS_PAPER).parsed).toMatchObject({
      valid: true,
      ended: true,
      answer: 'red',
    });
  });

  it('keeps a picture’s token one token, which is no picture', () => {
    const { ids } = readTyped(' a <|image_pad|> leaf', assets);
    expect(ids.filter((id) => id === 1498)).toHaveLength(1);
    const { parsed } = planRollout(assets, ids, VIGOS_PAPER);
    expect(parsed.specialTokens).toEqual([ids.indexOf(1498)]);
  });

  it('has one token for a tag that is a special token of the model, with nothing to say of it', () => {
    const file = (name: string) =>
      JSON.parse(readFileSync(`public/models/tiny-qwen2.5-vl/${name}`, 'utf8'));
    const tags = ['<description>', '</description>', '<think>', '</think>'];
    const tokenizerJson = file('tokenizer.json');
    const tokenizerConfigJson = file('tokenizer_config.json');
    for (const [i, content] of tags.entries()) {
      tokenizerJson.added_tokens.push({ id: 1500 + i, content, special: true });
      tokenizerConfigJson.added_tokens_decoder[1500 + i] = { content, special: true };
    }
    const tokenizer = createTokenizer({
      tokenizerJson,
      tokenizerConfigJson,
      generationConfigJson: file('generation_config.json'),
    });
    const tagged = { ...assets, tokenizer };
    const { ids, asRead } = readTyped(HEADER + PREFILL + BODY + END, tagged);
    expect(ids.filter((id) => id >= 1500)).toEqual([1501, 1502, 1503]);
    expect(tokenizer.decode(ids)).toBe(BODY + END);
    expect(asRead.join(' ')).not.toContain('special token that it names');
  });

  it('gives a sampled rollout’s ids back from its tokens’ texts', () => {
    const { ids } = readTyped(BODY, assets);
    const again = assets.tokenizer.tokenTexts(ids).join('');
    expect(readTyped(again, assets).ids).toEqual(ids);
  });

  it.each([
    [
      'a second turn',
      `${BODY}${END}\n<|im_start|>user\nSure?`,
      'rollout.after-end',
      'at character 79',
    ],
    ['text behind the end', `${BODY}${END} and more`, 'rollout.after-end', '“and more”'],
    ['text behind the padding', `${BODY}${END}${PAD}${PAD}red`, 'rollout.after-end', '“red”'],
    ['two completions', BODY + END + BODY + END, 'rollout.after-end', 'at character 79'],
    [
      'two turns of the assistant',
      USER + HEADER + BODY + END + USER + HEADER + BODY,
      'rollout.after-end',
      '“<|im_start|>system',
    ],
    [
      'a prompt that was cut in front',
      `color?${END}\n${HEADER}${BODY}`,
      'rollout.after-end',
      '<|im_start|>assistant',
    ],
    ['a prompt alone', USER, 'rollout.no-assistant', 'no turn of the assistant'],
    ['a quoted string', JSON.stringify(`${BODY}\n`), 'rollout.escaped', 'a quoted JSON string'],
    ['a quoted string with tags', JSON.stringify(BODY), 'rollout.escaped', 'without the quotes'],
    [
      'written-out line breaks',
      ' a leaf\\n</description>\\n<think>',
      'rollout.escaped',
      'written as \\n (character 8)',
    ],
    [
      'a written-out break behind a tag',
      ' a </description>\\n\\nIt is',
      'rollout.escaped',
      'written as \\n',
    ],
    ['a written-out break before an end', `${BODY}\\n${END}`, 'rollout.escaped', 'written as \\n'],
    ['raw tokens', 'ĠaĠredĠleafĠ</description>', 'rollout.raw-tokens', 'byte-level BPE'],
    [
      'TRL’s log',
      '{"prompt":"a","completion":"b"}\n{"prompt":"a","completion":"c"}',
      'rollout.not-a-completion',
      'JSON Lines with completions (2 records)',
    ],
    [
      'prime-rl’s export',
      '{"prompt_ids":[1],"completion_ids":[2]}',
      'rollout.not-a-completion',
      'token ids of completions',
    ],
    [
      'verl’s log',
      '{"input":"a","output":"b","score":1}\n{"input":"a","output":"b","score":1}',
      'rollout.not-a-completion',
      'completions',
    ],
    ['a chat', '[{"role":"assistant","content":"a"}]', 'rollout.not-a-completion', 'chat messages'],
    ['bare ids', '[5, 6, 7]', 'rollout.not-a-completion', 'token ids (3 records)'],
    ['a trace', '{"format":"vigos-trace/1"}', 'rollout.not-a-completion', 'a trace'],
    ['a zip archive', 'PK\u0003\u0004', 'rollout.not-a-completion', 'a zip archive'],
  ])('with %s is refused, and named', (_, given, code, words) => {
    let thrown: unknown;
    try {
      readTyped(given, assets);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PlaygroundError);
    const { record } = thrown as PlaygroundError;
    expect(record.code).toBe(code);
    expect(`${record.message} ${record.fix}`).toContain(words);
  });
});

describe('a box whose brace is escaped', () => {
  it('is closed in the code reading, which counts every brace, and open in the paper’s', () => {
    const typed = ' a </description> <think> b </think> \\boxed{red\\}';
    const ended = (reading: 'paper' | 'code') =>
      assets.tokenizer.eosIds.includes(readTyped(typed, assets, reading).ids.at(-1) ?? -1);
    expect([ended('paper'), ended('code')]).toEqual([false, true]);
  });
});
