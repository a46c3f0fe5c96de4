/** Renders a model's own chat template (Jinja), so that the prompt is the one it was trained on. */

import { Template } from '@huggingface/jinja';
import { PlaygroundError } from '../../base/errors.ts';
import { isJsonObject, type JsonSource, readJsonObject } from '../sources/json-source.ts';

/** Where an image stands in a turn; the pixels travel beside the messages. */
export interface ImagePart {
  readonly type: 'image';
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly (ImagePart | TextPart)[];
}

/** The places a model may keep its template in, each as text or parsed. */
export interface ChatTemplateSources {
  /** chat_template.jinja */
  jinja?: string | null;
  /** chat_template.json, the older file */
  chatTemplateJson?: JsonSource;
  tokenizerConfigJson?: JsonSource;
}

/**
 * The template's source, looked for in the order in which transformers does: chat_template.jinja,
 * chat_template.json, tokenizer_config.json. Throws {@link PlaygroundError} `model.file-missing` without any.
 */
export function readChatTemplate(sources: ChatTemplateSources): string {
  const template = findChatTemplate(sources);
  if (template.length <= MAX_TEMPLATE) return template;
  throw badTemplate(
    `it has ${template.length} characters, and ${MAX_TEMPLATE} are the most that are read`,
  );
}

function findChatTemplate(sources: ChatTemplateSources): string {
  if (sources.jinja) return sources.jinja;
  const files = [
    ['chat_template.json', sources.chatTemplateJson],
    ['tokenizer_config.json', sources.tokenizerConfigJson],
  ] as const;
  for (const [file, source] of files) {
    if (source === undefined || source === null) continue;
    const template = defaultTemplate(readJsonObject(source, file).chat_template);
    if (template) return template;
  }
  throw new PlaygroundError({
    code: 'model.file-missing',
    message: 'The model has no chat template.',
    fix: "Add chat_template.jinja from the model's Hugging Face page to the model folder.",
    where: 'chat_template.jinja',
  });
}

/** Most characters of a template; Qwen's have a few thousand. */
const MAX_TEMPLATE = 200_000;

/** A question that no template writes by itself. */
const PROBE = 'zebra 7301 quagga';

/**
 * Tries a template on a question with and without an image.
 * Throws `chat.template-invalid` where it fails, drops the question or makes no place for the image.
 */
export function checkTemplate(template: string): void {
  for (const images of [1, 0]) {
    const shown = Array.from({ length: images }, () => ({ type: 'image' as const }));
    const content = [...shown, { type: 'text' as const, text: PROBE }];
    const text = renderChat(template, [{ role: 'user', content }], { addGenerationPrompt: true });
    if (!text.includes(PROBE)) throw badTemplate('it leaves the question out of the prompt');
    const places = text.split('<|image_pad|>').length - 1;
    if (places !== images)
      throw badTemplate(`it makes ${places} places (<|image_pad|>) for ${images} images`);
  }
}

function badTemplate(reason: string): PlaygroundError {
  return new PlaygroundError({
    code: 'chat.template-invalid',
    message: `The model's chat template cannot be used: ${reason}.`,
    fix: "Take chat_template.jinja unchanged from the model's Hugging Face page.",
    where: 'chat_template.jinja',
    detail: { reason },
  });
}

/** A template field is one source, or a list of named ones of which `default` is meant. */
function defaultTemplate(field: unknown): string | undefined {
  if (typeof field === 'string') return field;
  if (!Array.isArray(field)) return undefined;
  const named = field.filter(isJsonObject).find((entry) => entry.name === 'default');
  return typeof named?.template === 'string' ? named.template : undefined;
}

export interface RenderOptions {
  /** Opens the assistant's turn at the end. */
  readonly addGenerationPrompt: boolean;
  /** What the assistant's turn starts with, after the generation prompt. */
  readonly prefill?: string;
}

/**
 * The conversation as the template writes it, one `<|image_pad|>` an image. A user turn may be an image alone.
 * Throws {@link PlaygroundError} `chat.template-invalid` where the template cannot be read or refuses the messages.
 */
export function renderChat(
  template: string,
  messages: readonly ChatMessage[],
  options: RenderOptions,
): string {
  try {
    const rendered = new Template(template).render({
      messages,
      add_generation_prompt: options.addGenerationPrompt,
      // Where a template asks: the method's form has a place of its own for thinking.
      enable_thinking: false,
    });
    return rendered + (options.prefill ?? '');
  } catch (cause) {
    throw new PlaygroundError(
      {
        code: 'chat.template-invalid',
        message: `The model's chat template failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
        fix: 'Take chat_template.jinja unchanged from the model, and check the roles of the messages.',
        where: 'chat_template.jinja',
        detail: { roles: messages.map((message) => message.role) },
      },
      { cause },
    );
  }
}

/** The same conversation with every text passed through `change`; images stay. */
export function mapTexts(
  messages: readonly ChatMessage[],
  change: (text: string) => string,
): ChatMessage[] {
  return messages.map(({ role, content }) => ({
    role,
    content:
      typeof content === 'string'
        ? change(content)
        : content.map((part) =>
            part.type === 'text' ? { type: 'text', text: change(part.text) } : part,
          ),
  }));
}

/** How many images the conversation shows. */
export function countImages(messages: readonly ChatMessage[]): number {
  return messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter((part) => part.type === 'image').length;
}
