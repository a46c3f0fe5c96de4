/** A record of a file as a rollout: its fields by the mapping, messages as texts. */

import * as v from 'valibot';
import { bytesOfDataAddress } from '../base/data-address.ts';
import { isRecord } from '../base/parsed-json.ts';
import type { RolloutMapping } from '../contract/rollouts/rollouts.ts';
import { type ScenePicture, scenePictureSchema } from '../contract/trace/trace.ts';
import { numberOf, valueAt } from './shapes.ts';

/** What the name of a picture begins with that is a scene of the built-in world: which follows as JSON. */
const SCENE_PICTURE = 'scene:';

/** What is kept of a row beside its completion and its figures. */
export interface RowFields {
  readonly prompt?: string;
  readonly question?: string;
  readonly reference?: string;
  readonly id?: string;
  /** Who wrote the completion. */
  readonly model?: string;
  /** A path or address, or the picture itself as a data address. */
  readonly image?: string;
  /** Ids that were sampled; with texts, where the file has a text for each. */
  readonly ids?: readonly number[];
  readonly texts?: readonly string[];
}

export interface RowInput {
  readonly completion: string;
  readonly fields: RowFields;
  readonly step: number | null;
  /** By the set's names of numbers; NaN where there is none. */
  readonly numbers: readonly number[];
}

type Values = Readonly<Record<string, unknown>>;

/** Largest embedded picture that is kept, characters. */
const MOST_IMAGE = 8_000_000;

/** A record as a rollout, or in words why it is none. */
export function rowOf(
  record: Values,
  mapping: RolloutMapping,
  numbers: readonly string[],
  file: string,
): RowInput | string {
  const at = (field: keyof RolloutMapping): unknown => {
    const key = mapping[field];
    return key === undefined ? undefined : valueAt(record, key);
  };
  const given = at('completion');
  const read = completionOf(given);
  const tokens = tokensOf(at('ids'));
  if (read === null)
    return tokens === null
      ? `no completion in “${mapping.completion ?? 'completion'}”`
      : 'token ids alone, which could be any tokenizer’s';
  const { completion, before } = read;
  const reference = textOf(at('reference'));
  const prompt = messagesText(at('prompt')) ?? before;
  const question = textOf(at('question')) ?? questionOf(at('prompt') ?? given);
  const image = imageOf(at('image')) ?? imageOf(imageWithin(at('prompt') ?? given));
  const id = textOf(at('id'));
  const model = textOf(at('model'));
  const fields: RowFields = {
    ...(prompt === null ? {} : { prompt }),
    ...(question === null ? {} : { question }),
    ...(reference === null ? {} : { reference }),
    ...(image === null ? {} : { image }),
    ...(id === null ? {} : { id }),
    ...(model === null ? {} : { model }),
    ...(tokens === null ? {} : tokens),
  };
  return {
    completion,
    fields,
    step: numberOf(at('step')) ?? stepOfName(file),
    numbers: numbers.map((key) => numberOf(valueAt(record, key)) ?? Number.NaN),
  };
}

/** A file of one step bears its number: step_25/…, generations_step_25.json, completions_00025.parquet, 25.jsonl. */
function stepOfName(file: string): number | null {
  const found =
    /(?:step[_-]?|completions_)(\d{1,9})(?=\D|$)/i.exec(file) ??
    /(?:^|\/)(\d{1,9})\.jsonl$/.exec(file);
  return found === null ? null : Number(found[1]);
}

/** The text of what the assistant said last, and of the conversation before it. */
function completionOf(value: unknown): { completion: string; before: string | null } | null {
  if (typeof value === 'string') return value === '' ? null : { completion: value, before: null };
  if (isRecord(value)) return completionOf(contentOf(value));
  if (!Array.isArray(value) || value.length === 0) return null;
  if (value.length === 1 && typeof value[0] === 'string') return completionOf(value[0]);
  const last = value.findLastIndex((message) => isAssistant(message));
  if (last < 0) return null;
  const completion = contentOf(value[last]);
  const before = messagesText(value.slice(0, last));
  return completion === null || completion === '' ? null : { completion, before };
}

const ROLES: Readonly<Record<string, string>> = {
  gpt: 'assistant',
  human: 'user',
  model: 'assistant',
};
const roleOf = (message: unknown): string | null => {
  if (!isRecord(message)) return null;
  const role = message.role ?? message.from;
  return typeof role === 'string' ? (Object.hasOwn(ROLES, role) ? ROLES[role] : role) : null;
};
const isAssistant = (message: unknown): boolean => roleOf(message) === 'assistant';

/** The text of a message: OpenAI's content, in parts too, or ShareGPT's value. */
function contentOf(message: unknown): string | null {
  if (!isRecord(message)) return null;
  const content = message.content ?? message.value;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  return content
    .map((piece) =>
      typeof piece === 'string'
        ? piece
        : isRecord(piece) && typeof piece.text === 'string'
          ? piece.text
          : '',
    )
    .join('');
}

/** Messages as one text, a role before each; a text as it is. */
function messagesText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return null;
  const texts = value.flatMap((message) => {
    const text = contentOf(message);
    return text === null ? [] : [`${roleOf(message) ?? 'message'}: ${text}`];
  });
  return texts.length === 0 ? null : texts.join('\n');
}

/** Where a picture stands in a rendered prompt. */
const PICTURE = /<\|vision_start\|>(?:<\|image_pad\|>)*<\|vision_end\|>/g;

/** Of a prompt as a template rendered it: what stands between the last header of the user and that of the assistant. */
function renderedQuestion(prompt: string): string | null {
  const header = 'user\n';
  const at = prompt.lastIndexOf(header);
  const before = prompt.slice(Math.max(0, at - 12), Math.max(0, at));
  if (at < 0 || !(before === '' || before.endsWith('\n') || before.endsWith('<|im_start|>')))
    return null;
  const text = prompt.slice(at + header.length);
  const end = /(?:<\|im_end\|>)?\n(?:<\|im_start\|>)?assistant\b/.exec(text);
  return end === null ? null : text.slice(0, end.index).replace(PICTURE, '').trim();
}

/** What a person asked last, of messages or of a prompt as a template rendered it. */
function questionOf(value: unknown): string | null {
  if (typeof value === 'string') return renderedQuestion(value);
  if (!Array.isArray(value)) return null;
  const last = value.findLast((message) => roleOf(message) === 'user');
  return last === undefined ? null : contentOf(last);
}

/** The first picture in the parts of messages. */
function imageWithin(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined;
  for (const message of value) {
    const content = isRecord(message) ? message.content : null;
    if (!Array.isArray(content)) continue;
    for (const piece of content)
      if (isRecord(piece) && (piece.type === 'image' || piece.type === 'image_url'))
        return piece.image ?? (isRecord(piece.image_url) ? piece.image_url.url : piece.image_url);
  }
  return undefined;
}

/** Token ids, or the tokens of a trace, of which the text is known too. */
function tokensOf(value: unknown): Pick<RowFields, 'ids' | 'texts'> | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  if (value.every(isId)) return { ids: value as number[] };
  const tokens = value.filter(
    (token): token is { id: number; text: string } =>
      isRecord(token) && isId(token.id) && typeof token.text === 'string',
  );
  if (tokens.length < value.length) return null;
  return { ids: tokens.map(({ id }) => id), texts: tokens.map(({ text }) => text) };
}

const isId = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 0) return textOf(value[0]);
  if (isRecord(value)) return textOf(value.ground_truth ?? value.answer ?? value.target);
  return null;
}

/** A picture as a path, or as a data address: bytes, Base64, and how the datasets library and this page write one. */
function imageOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : imageOf(value[0]);
  if (value instanceof Uint8Array) return dataAddress(value);
  if (isRecord(value)) {
    const { bytes, path, data } = value;
    if (value.kind === 'scene') return `${SCENE_PICTURE}${JSON.stringify(value)}`;
    return imageOf(bytes ?? data ?? path ?? value.url ?? value.image);
  }
  if (typeof value !== 'string' || value === '' || value.length > MOST_IMAGE) return null;
  // PNG and JPEG in Base64 without the head of an address.
  if (/^(?:iVBORw0KGgo|\/9j\/)/.test(value))
    return `data:image/${value[0] === 'i' ? 'png' : 'jpeg'};base64,${value}`;
  return value;
}

function dataAddress(bytes: Uint8Array): string | null {
  if (bytes.length > (MOST_IMAGE * 3) / 4) return null;
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:application/octet-stream;base64,${btoa(text)}`;
}

/** The picture that a data address holds, as a file; null where its Base64 is damaged. */
export function pictureOfAddress(address: string): File | null {
  const found = bytesOfDataAddress(address);
  if (found === null) return null;
  const [, ending = 'png'] = found.type.split('/');
  return new File([found.bytes], `picture.${ending}`, { type: found.type });
}

/** The scene of the built-in world that a picture's name says; null where it says none. */
export function sceneOfPicture(name: string | undefined): ScenePicture | null {
  if (name?.startsWith(SCENE_PICTURE) !== true) return null;
  try {
    const said: unknown = JSON.parse(name.slice(SCENE_PICTURE.length));
    const read = v.safeParse(scenePictureSchema, said);
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}
