import { describe, expect, it } from 'vitest';
import { readFixture, readModelFile } from '../fixtures/support.ts';
import {
  type ChatMessage,
  checkTemplate,
  countImages,
  mapTexts,
  readChatTemplate,
  renderChat,
} from './chat.ts';

interface Row {
  name: string;
  messages: ChatMessage[];
  sizes: unknown[];
  rendered: string;
  closed: string;
}

const template = readChatTemplate({ jinja: readModelFile('chat_template.jinja') });

describe('the chat template', () => {
  it.each(readFixture<Row>('chat.json'))('renders $name as transformers does', (row) => {
    const render = (addGenerationPrompt: boolean) =>
      renderChat(template, row.messages, { addGenerationPrompt });
    expect(render(true)).toBe(row.rendered);
    expect(render(false)).toBe(row.closed);
    expect(countImages(row.messages)).toBe(row.sizes.length);
  });

  it('adds the default system prompt, and a prefill after the generation prompt', () => {
    const text = renderChat(template, [{ role: 'user', content: [{ type: 'image' }] }], {
      addGenerationPrompt: true,
      prefill: '<description>',
    });
    expect(text).toBe(
      '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' +
        '<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|><|im_end|>\n' +
        '<|im_start|>assistant\n<description>',
    );
  });

  it('is found in chat_template.jinja, chat_template.json and tokenizer_config.json, in this order', () => {
    const chatTemplateJson = '{"chat_template": "json"}';
    const tokenizerConfigJson = { chat_template: [{ name: 'default', template: 'list' }] };
    const sources = { jinja: 'jinja', chatTemplateJson, tokenizerConfigJson };
    expect(readChatTemplate(sources)).toBe('jinja');
    expect(readChatTemplate({ ...sources, jinja: null })).toBe('json');
    expect(readChatTemplate({ tokenizerConfigJson })).toBe('list');
    const same = readChatTemplate({ tokenizerConfigJson: readModelFile('tokenizer_config.json') });
    expect(same).toBe(template);
    expect(() => readChatTemplate({ tokenizerConfigJson: {} })).toThrow('no chat template');
  });

  it('is told not to open a place for thinking, where it asks', () => {
    const source =
      '{{ messages[0].content }}{% if enable_thinking is defined and enable_thinking is false %}<think></think>{% else %}<think>{% endif %}';
    const messages: ChatMessage[] = [{ role: 'user', content: 'a' }];
    expect(renderChat(source, messages, { addGenerationPrompt: true })).toBe('a<think></think>');
  });

  it('says what is wrong when it cannot be read or refuses the messages', () => {
    const render = (source: string) =>
      renderChat(source, [{ role: 'user', content: 'a' }], { addGenerationPrompt: true });
    expect(() => render('{% if %}')).toThrow('chat template failed');
    expect(() => render("{{ raise_exception('roles must alternate') }}")).toThrow(
      'roles must alternate',
    );
  });
});

describe('the trial of a foreign template', () => {
  it('refuses one that drops the question, with or without a picture beside it, and takes Qwen’s', () => {
    expect(() => checkTemplate(template)).not.toThrow();
    const left = /leaves the question out/;
    for (const source of [
      template.replaceAll(/content\['text'\]|content\.text/g, "''"),
      "<|image_pad|>{% for m in messages %}{{ m['role'] }}{% endfor %}",
      'What color is it?',
    ])
      expect(() => checkTemplate(source)).toThrow(left);
    const alone =
      '{% for m in messages %}{% if m.content | length > 1 %}<|image_pad|>{{ m.content[1].text }}{% endif %}{% endfor %}';
    expect(() => checkTemplate(alone)).toThrow(left);
  });
});

describe('texts of a conversation', () => {
  it('are changed everywhere, and images are kept', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'a' },
      { role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'b' }] },
    ];
    expect(mapTexts(messages, (text) => text.toUpperCase())).toEqual([
      { role: 'system', content: 'A' },
      { role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'B' }] },
    ]);
  });
});
