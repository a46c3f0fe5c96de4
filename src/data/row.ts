/** A record of a file as the items that it holds. */

import { isRecord } from '../base/parsed-json.ts';
import type { DataRow } from '../contract/data/data-row.ts';
import type { DataMapping } from '../contract/data/data-sets.ts';
import { valueAt } from '../rollouts/shapes.ts';

/** An item before its picture is found: what its record says of it. */
export interface Draft {
  readonly row: Omit<DataRow, 'picture'>;
  readonly picture: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/** Longest question, answer and other texts, characters. */
const MOST_TEXT = 50_000;
const MOST_WORLD = 200_000;

/** Marks that stand for the picture in a question: the picture goes first anyway. */
const MARKS = /<\|vision_start\|><\|image_pad\|><\|vision_end\|>|<image>/g;

/** The items of a record, or why it holds none, in words that follow "skipped as". */
export function draftsOf(record: Values, mapping: DataMapping, line: string): Draft[] | string {
  const at = (key: string | undefined): unknown =>
    key === undefined ? undefined : valueAt(record, key);
  const asked = textOf(at(mapping.question));
  if (asked === null) return 'a row without a question';
  const pictures = pictureList(at(mapping.picture));
  const marks = asked.match(MARKS)?.length ?? 0;
  const question = asked.replace(MARKS, '').trim();
  if (question === '') return 'a row without a question';
  if (question.length > MOST_TEXT) return `a question of more than ${MOST_TEXT} characters`;
  if (pictures.length > 1 || marks > 1)
    return 'a question about several pictures at once, and the model is asked about one';
  const answer = textOf(at(mapping.answer)) ?? '';
  const family = textOf(at(mapping.family));
  const id = textOf(at(mapping.id)) ?? `line ${line}`;
  const common = { id, line, question, ...(family === null ? {} : { family }) };
  const three = [mapping.picture2, mapping.picture3].map((key) => pictureList(at(key)));
  if (mapping.picture2 !== undefined && mapping.picture3 !== undefined) {
    const answers = [answer, ...[mapping.answer2, mapping.answer3].map((key) => textOf(at(key)))];
    if (pictures.length === 0 || three.some((list) => list.length !== 1))
      return 'a row without all of its three pictures';
    if (answers.some((own) => own === null || own === ''))
      return 'a row without all of its three answers';
    return groupOf(common, [pictures, ...three].flat(), answers as string[]);
  }
  if (answer.length > MOST_TEXT) return `an answer of more than ${MOST_TEXT} characters`;
  const optional = {
    wrongAnswers: textsOf(at(mapping.wrongAnswers)),
    description: shortTextOf(at(mapping.description)),
    reasoning: shortTextOf(at(mapping.reasoning)),
  };
  const row = {
    ...common,
    answer,
    ...defined(optional),
    ...worldFields(at(mapping.world)),
  };
  return [{ row, picture: pictures[0] ?? null }];
}

/** Three items: the first picture agrees with the prior, whose answer is the usual one on the others. */
function groupOf(
  common: Pick<DataRow, 'id' | 'line' | 'question' | 'family'>,
  pictures: readonly unknown[],
  answers: readonly string[],
): Draft[] {
  const { fact, question } = factOf(common.question);
  return ([1, 2, 3] as const).map((image, i) => ({
    row: {
      ...common,
      id: `${common.id}, picture ${image}`,
      question,
      ...(fact === null ? {} : { fact }),
      answer: answers[i],
      image,
      ...(image > 1 && answers[i] !== answers[0] ? { usual: answers[0] } : {}),
      wrongAnswers: answers.filter((own) => own !== answers[i]),
    },
    picture: pictures[i],
  }));
}

/** The sentence that a question of three pictures begins with, which setting P drops (ViLP, `--without_fact`). */
function factOf(text: string): { fact: string | null; question: string } {
  const [, fact, question] = /^([^.?]+\.)\s+(\S[\s\S]*)$/.exec(text) ?? [];
  return fact === undefined ? { fact: null, question: text } : { fact, question };
}

/** What an export of the world knows of an item beside its columns. */
function worldFields(value: unknown): Partial<Draft['row']> {
  const text = isRecord(value) ? JSON.stringify(value) : value;
  if (typeof text !== 'string' || text.length > MOST_WORLD) return {};
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isRecord(said)) return {};
  const prior = isRecord(said.prior) ? said.prior : {};
  const { usual, actual, image } = prior;
  const conflicts = typeof usual === 'string' && usual !== actual;
  return {
    world: text,
    ...defined({ fact: shortTextOf(said.fact), wrongAnswers: textsOf(said.wrong_answers) }),
    ...(image === 1 || image === 2 || image === 3 ? { image } : {}),
    ...(conflicts ? { usual } : {}),
  };
}

/** A text that is not empty, a number or a truth as one; null for everything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return textOf(new TextDecoder().decode(value));
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

const shortTextOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text === null || text.length > MOST_TEXT ? undefined : text;
};

function textsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.flatMap((one) => textOf(one) ?? []).slice(0, 64);
  return texts.length === 0 ? undefined : texts;
}

const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/** What a cell says of pictures, one or a list of them; empty for none. */
function pictureList(value: unknown): readonly unknown[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) {
    // Bytes that JSON wrote as numbers are one picture.
    if (value.length > 16 && value.every((one) => typeof one === 'number')) return [value];
    return value.flatMap(pictureList);
  }
  const said = isRecord(value) ? [value.bytes, value.path, value.url] : [value];
  return said.some((one) => one !== null && one !== undefined && one !== '') ? [value] : [];
}
