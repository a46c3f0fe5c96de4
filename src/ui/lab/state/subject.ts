/** What a rollout is about: picture, question and reference answer, from the settings or a person's own. */

import { seeingInWords, shareInPercent } from '../../../contract/settings/seeing.ts';
import type { Wording } from '../../../contract/trace/wording.ts';
import type { AnswerMeasure } from '../../../method/grading.ts';
import type { Picture } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { type ItemOptions, type WorldItem, worldItem } from '../../../world/split.ts';
import type { OwnPicture } from '../pictures/own-picture.ts';
import type { LabSettings } from './settings.ts';

/** The page is about a picture that it does not have. */
export interface AbsentPicture {
  /** The file of the trace that it belongs to; null where a link is about it. */
  readonly file: string | null;
  /** There never was one: the student was asked without. */
  readonly none: boolean;
}

export interface Subject {
  /** Null where it is no scene of the world. */
  item: WorldItem | null;
  /** Where the scene is found; null with the item. */
  place: Required<ScenePlace> | null;
  own: OwnPicture | null;
  absent: AbsentPicture | null;
  /** As the prompt holds it, the fact sentence included. */
  question: string;
  /** The reference answer a*. */
  answer: string;
  /** The true answer where it is known: a scene's own. */
  trueAnswer: string | null;
  /** A person's own words in the place of the model's prompts. */
  wording: Wording;
  /** How its answer is graded, where an evaluation says so. */
  grading: AnswerMeasure | null;
  /** Answers to offer: the true one first, then common wrong ones. */
  suggestions: readonly string[];
}

/** What a subject is asked with that is no setting. */
interface AskedWith {
  readonly wording?: Wording;
  readonly grading?: AnswerMeasure | null;
}

const OWN_QUESTION = 'What color is the object in the center?';

/** What decides which scene of the world it is. */
export type ScenePlace = Pick<LabSettings, 'split' | 'index'> &
  Partial<Pick<LabSettings, 'usualShare' | 'difficulty' | 'seeing'>>;

/** How the world is asked to draw a place; nothing where it is drawn as its split always is. */
export function drawnBy(place: ScenePlace): ItemOptions {
  const { usualShare = null, difficulty = 'mixed', seeing = null } = place;
  return {
    ...(usualShare === null ? {} : { usualShare }),
    ...(difficulty === 'mixed' ? {} : { difficulty }),
    ...(seeing === null ? {} : { seeing }),
  };
}

export const samePlace = (a: ScenePlace, b: ScenePlace): boolean => placeKey(a) === placeKey(b);

function placeKey(place: ScenePlace): string {
  const { split, index, usualShare = null, difficulty = 'mixed', seeing = null } = place;
  const seen = seeing === null ? '' : Object.values(seeing).join();
  return `${split}-${index}|${usualShare ?? ''}|${difficulty}|${seen}`;
}

/** A place in words: "train-4, 10 % usual looks, hard, noise of 20". */
export function placeName(place: ScenePlace): string {
  const { usualShare = null, difficulty = 'mixed', seeing = null } = place;
  return [
    `${place.split}-${place.index}`,
    ...(usualShare === null ? [] : [`${shareInPercent(usualShare)} usual looks`]),
    ...(difficulty === 'mixed' ? [] : [difficulty]),
    ...(seeing === null ? [] : seeingInWords(seeing)),
  ].join(', ');
}

let last: { key: string; item: WorldItem } | null = null;

/** {@link worldItem} that remembers its last answer, since every render asks for the same one. */
export function currentItem(place: ScenePlace): WorldItem {
  const key = placeKey(place);
  if (last?.key !== key) last = { key, item: worldItem(place.split, place.index, drawnBy(place)) };
  return last.item;
}

/** A scene's question as it is asked: with the fact sentence in setting F, without it in setting P. */
export const askedQuestion = (item: WorldItem, fact: boolean): string =>
  fact && item.fact !== undefined ? `${item.fact} ${item.question}` : item.question;

export type Asked = Required<ScenePlace> & Pick<LabSettings, 'fact' | 'question' | 'answer'>;

export function subjectOf(
  settings: Asked,
  own: OwnPicture | null,
  absent: AbsentPicture | null = null,
  { wording = {}, grading = null }: AskedWith = {},
): Subject {
  if (own !== null || absent !== null)
    return {
      item: null,
      place: null,
      own,
      absent: own === null ? absent : null,
      question: settings.question ?? OWN_QUESTION,
      answer: settings.answer ?? '',
      trueAnswer: null,
      wording,
      grading,
      suggestions: [],
    };
  const item = currentItem(settings);
  const { split, index, usualShare, difficulty, seeing } = settings;
  return {
    item,
    place: { split, index, usualShare, difficulty, seeing },
    own: null,
    absent: null,
    question: settings.question ?? askedQuestion(item, settings.fact),
    answer: settings.answer ?? item.answer,
    trueAnswer: settings.question === null ? item.answer : null,
    wording,
    grading,
    suggestions: [item.answer, ...item.wrongAnswers],
  };
}

/** What a state of the page is about. */
export const subjectNow = (state: {
  settings: Asked;
  own: OwnPicture | null;
  absent: AbsentPicture | null;
  wording: Wording;
  grading: AnswerMeasure | null;
}): Subject => subjectOf(state.settings, state.own, state.absent, state);

/** A scene's own question is graded as the paper does, a person's as people write answers. */
export const measureOf = ({
  trueAnswer,
  grading,
}: Pick<Subject, 'trueAnswer' | 'grading'>): AnswerMeasure =>
  grading ?? (trueAnswer === null ? 'mathematical' : 'exact');

/** The subject's pixels: a person's own as they are, a scene drawn at `edge` pixels. */
export function pictureOf(
  { own, item }: Pick<Subject, 'own' | 'item'>,
  edge: number,
): Picture | null {
  return own ?? (item === null ? null : renderItem(item, edge));
}

let pictures = 0;
const ownKeys = new WeakMap<OwnPicture, string>();

/** Identity of the picture, so that a rollout knows whether it belongs to the picture shown. */
export function pictureKey({ place, own, absent }: Subject): string {
  if (place !== null) return placeKey(place);
  if (own === null) return `absent:${absent?.file ?? ''}`;
  // Two files may have the same name and size.
  const key = ownKeys.get(own) ?? `own:${++pictures}`;
  ownKeys.set(own, key);
  return key;
}
