import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { VIGOS_PAPER } from '../method/presets.ts';
import type { ModelAssets } from '../model/assets.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { createTokenizer } from '../model/processor/tokenizer.ts';
import { readTyped } from './typed.ts';
import { planRollout } from './walk.ts';

let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

const BODY = ' a red leaf. </description> <think> It is red. </think> \\boxed{red}';
const PREFILL = '<description>';
const END = '<|im_end|>';
const PAD = '<|endoftext|>';
const HEADER = '<|im_start|>assistant\n';
const USER = `<|im_start|>system\nYou are a helpful assistant.${END}\n<|im_start|>user\n<|vision_start|><|image_pad|><|image_pad|><|vision_end|>What color?\nDescribe the picture, think, then box the answer.${END}\n`;
const BARE = 'system\nYou are a helpful assistant.\nuser\nWhat color?\nassistant\n';

/** Text in front of the end, the end token or null, and what has to be said. */
interface Reading {
  given: string;
  text?: string;
  end?: string | null;
  said?: readonly string[];
}

const ADDED = 'has no end token, so <|im_end|> was added behind its closed box';
const OWN_PREFILL = '<description> in front is the prompt’s own';
const READ_END = '<|im_end|> (character';

const READINGS: readonly (readonly [string, Reading])[] = [
  ['text alone', { given: BODY, said: [ADDED] }],
  ['with the prefill', { given: PREFILL + BODY, said: [OWN_PREFILL, ADDED] }],
  ['with white space and the prefill', { given: `\n ${PREFILL}${BODY}`, said: [OWN_PREFILL] }],
  ['with its end', { given: BODY + END, said: [READ_END] }],
  ['with prefill and end', { given: PREFILL + BODY + END, said: [OWN_PREFILL, READ_END] }],
  ['ended by the other end', { given: BODY + PAD, end: PAD, said: [`${PAD} (character`] }],
  ['with end and line break', { given: `${BODY}${END}\n`, said: [READ_END] }],
  ['with end and one padding', { given: BODY + END + PAD, said: ['1 padding token behind'] }],
  [
    'with end and long padding',
    { given: BODY + END + PAD.repeat(90), said: ['90 padding tokens'] },
  ],
  ['padded with its own end', { given: BODY + END.repeat(7), said: ['6 padding tokens'] }],
  ['padded by line', { given: `${BODY}${END}\n${PAD}\n${PAD}\n`, said: ['2 padding tokens'] }],
  [
    'padded without an end of its own',
    { given: BODY + PAD.repeat(3), end: PAD, said: ['2 padding'] },
  ],
  ['with a period and its end', { given: `${BODY}.${END}`, text: `${BODY}.` }],
  ['with a line break before its end', { given: `${BODY}\n${END}`, text: `${BODY}\n` }],
  [
    'with its header',
    { given: HEADER + BODY, said: ['header <|im_start|>assistant in front', ADDED] },
  ],
  ['with header and prefill', { given: HEADER + PREFILL + BODY, said: ['header', OWN_PREFILL] }],
  [
    'with header, prefill, end',
    { given: HEADER + PREFILL + BODY + END, said: ['header', READ_END] },
  ],
  [
    'with header, end, padding',
    { given: HEADER + BODY + END + PAD + PAD, said: ['header', '2 padding'] },
  ],
  [
    'with the whole prompt',
    { given: USER + HEADER + PREFILL + BODY, said: ['The prompt in front ('] },
  ],
  [
    'with prompt and end',
    { given: USER + HEADER + PREFILL + BODY + END, said: ['The prompt in front ('] },
  ],
  [
    'with prompt, end, padding',
    { given: USER + HEADER + PREFILL + BODY + END + PAD.repeat(4), said: ['4 padding'] },
  ],
  [
    'left-padded, with prompt',
    {
      given: PAD.repeat(12) + USER + HEADER + PREFILL + BODY + END,
      said: ['12 padding tokens in front', 'The prompt in front'],
    },
  ],
  [
    'left-padded, with header',
    { given: `${PAD}\n${HEADER}${BODY}`, said: ['1 padding token in front'] },
  ],
  [
    'with a prompt without prefill',
    { given: USER + HEADER + BODY + END, said: ['The prompt in front'] },
  ],
  [
    'with a bare header',
    { given: `assistant\n${PREFILL}${BODY}`, said: ['The header in front, of which'] },
  ],
  [
    'with a bare header, no prefill',
    { given: `assistant\n${BODY}`, said: ['The header in front, of which'] },
  ],
  [
    'with a bare prompt',
    { given: BARE + PREFILL + BODY, said: ['The prompt and the header in front'] },
  ],
  [
    'with a bare user turn',
    { given: `user\nWhat color?\nassistant\n${BODY}`, said: ['The prompt and the header'] },
  ],
  ['with a bare prompt and an end', { given: BARE + PREFILL + BODY + END, said: [READ_END] }],
  [
    'cut off before the box',
    {
      given: ' a red leaf. </description> <think> It',
      text: ' a red leaf. </description> <think> It',
      end: null,
      said: [],
    },
  ],
  [
    'cut off, padded',
    { given: ` a red leaf.${PAD}${PAD}`, text: ' a red leaf.', end: PAD, said: ['1 padding'] },
  ],
  ['ended without a box', { given: ` a red leaf.${END}`, text: ' a red leaf.' }],
  ['ended at once', { given: END, text: '' }],
  [
    'a set behind no box',
    {
      given: ' a </description> <think> the set {red}',
      text: ' a </description> <think> the set {red}',
      end: null,
    },
  ],
  ['with a byte order mark', { given: `\ufeff${BODY}`, said: ['byte order mark'] }],
  [
    'with a byte order mark and a header',
    { given: `\ufeff${HEADER}${BODY}`, said: ['byte order mark', 'header'] },
  ],
  [
    'with Windows line ends',
    {
      given: `${BODY.replaceAll('> ', '>\r\n')}\r\n`,
      text: `${BODY.replaceAll('> ', '>\n')}\n`,
      said: ['4 Windows line ends (CR LF) became 4 line feeds'],
    },
  ],
  [
    'with Windows line ends in a header',
    { given: `<|im_start|>assistant\r\n${BODY}`, said: ['1 Windows line end ', 'header'] },
  ],
  [
    'with both line ends',
    {
      given: ` a\r\nred\nleaf`,
      text: ' a\r\nred\nleaf',
      end: null,
      said: ['1 carriage return among other line ends: kept'],
    },
  ],
  [
    'with a picture’s token inside',
    {
      given: ` a <|image_pad|> leaf.${END}`,
      text: ' a <|image_pad|> leaf.',
      said: ['<|image_pad|> (character 4) is read as the special token that it names, id 1498'],
    },
  ],
  [
    'with several of them',
    {
      given: ` a <|image_pad|><|image_pad|> leaf${END}`,
      text: ' a <|image_pad|><|image_pad|> leaf',
      said: ['character 4 and 1 more place'],
    },
  ],
  [
    'with a turn that opens inside',
    {
      given: ` a leaf <|im_start|> user`,
      text: ' a leaf <|im_start|> user',
      end: null,
      said: ['<|im_start|> (character 9)'],
    },
  ],
  [
    'with Llama’s end',
    { given: `${BODY}</s>`, text: `${BODY}</s>`, end: null, said: ['</s> (character'] },
  ],
  [
    'with Gemma’s end',
    { given: `${BODY}<eos>`, text: `${BODY}<eos>`, end: null, said: ['<eos> (character'] },
  ],
  [
    'with Gemma’s end of turn',
    {
      given: `${BODY}<end_of_turn>`,
      text: `${BODY}<end_of_turn>`,
      end: null,
      said: ['<end_of_turn>'],
    },
  ],
  [
    'with Llama 3’s end',
    {
      given: `${BODY}<|eot_id|>`,
      text: `${BODY}<|eot_id|>`,
      end: null,
      said: ['<|eot_id|> (character'],
    },
  ],
  [
    'with Llama 3’s end of text',
    {
      given: `${BODY}<|end_of_text|>`,
      text: `${BODY}<|end_of_text|>`,
      end: null,
      said: ['<|end_of_text|>'],
    },
  ],
  [
    'with Phi’s end',
    { given: `${BODY}<|end|>`, text: `${BODY}<|end|>`, end: null, said: ['<|end|>'] },
  ],
  [
    'with BERT’s padding',
    {
      given: `${BODY}[PAD][PAD]`,
      text: `${BODY}[PAD][PAD]`,
      end: null,
      said: ['[PAD] (character 68 and 1 more place)'],
    },
  ],
  [
    'with T5’s padding',
    { given: `${BODY}<pad>`, text: `${BODY}<pad>`, end: null, said: ['<pad>'] },
  ],
  [
    'with DeepSeek’s end',
    {
      given: `${BODY}<｜end▁of▁sentence｜>`,
      text: `${BODY}<｜end▁of▁sentence｜>`,
      end: null,
      said: ['is a token of other models'],
    },
  ],
  [
    'with another model’s end, then ours',
    { given: `${BODY}</s>${END}`, text: `${BODY}</s>`, said: ['</s>', READ_END] },
  ],
  [
    'with a Greek letter behind a tag',
    {
      given: ' a </description> <think>\\nu = 3 </think> \\boxed{3}',
      text: ' a </description> <think>\\nu = 3 </think> \\boxed{3}',
      said: [ADDED],
    },
  ],
  ['with white space alone in front', { given: `\n\n${BODY}`, text: `\n\n${BODY}`, said: [ADDED] }],
  [
    'with code fences',
    { given: `\`\`\`\n${BODY}\n\`\`\``, text: `\`\`\`\n${BODY}\n\`\`\``, end: null },
  ],
  ['in quotes', { given: `"red"`, text: '"red"', end: null }],
  [
    'as JSON that a student wrote',
    { given: '{"answer": "red"}', text: '{"answer": "red"}', end: null },
  ],
  [
    'that speaks of an assistant',
    { given: ` assistant\nred`, text: 'red', end: null, said: ['header in front'] },
  ],
  [
    'with the prefill twice',
    { given: PREFILL + PREFILL + BODY, text: PREFILL + BODY, said: [OWN_PREFILL] },
  ],
];

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
