/** What a rollout is about: picture, question and reference answer, from the settings or a person's own. */

import { type Picture, renderScene } from '../../../world/render.ts';
import { type WorldItem, worldItem } from '../../../world/split.ts';
import type { OwnPicture } from '../scene/own-picture.ts';
import type { LabSettings } from './settings.ts';

/** Edge of a scene's picture as the model is given it, in pixels. */
export const MODEL_EDGE = 112;

export interface Subject {
  /** Null for a person's own picture. */
  item: WorldItem | null;
  own: OwnPicture | null;
  /** As the prompt holds it, the fact sentence included. */
  question: string;
  /** The reference answer a*. */
  answer: string;
  /** The true answer where it is known: a scene's own. */
  trueAnswer: string | null;
  /** Answers to offer: the true one first, then common wrong ones. */
  suggestions: readonly string[];
}

const OWN_QUESTION = 'What color is the object in the center?';

let lastItem: WorldItem | null = null;

/** {@link worldItem} that remembers its last answer, since every render asks for the same one. */
export function currentItem({ split, index }: Pick<LabSettings, 'split' | 'index'>): WorldItem {
  if (lastItem?.split !== split || lastItem.index !== index) lastItem = worldItem(split, index);
  return lastItem;
}

/** A scene's question as it is asked: with the fact sentence in setting F, without it in setting P. */
export const askedQuestion = (item: WorldItem, fact: boolean): string =>
  fact && item.fact !== undefined ? `${item.fact} ${item.question}` : item.question;

export type Asked = Pick<LabSettings, 'split' | 'index' | 'fact' | 'question' | 'answer'>;

export function subjectOf(settings: Asked, own: OwnPicture | null): Subject {
  if (own !== null)
    return {
      item: null,
      own,
      question: settings.question ?? OWN_QUESTION,
      answer: settings.answer ?? '',
      trueAnswer: null,
      suggestions: [],
    };
  const item = currentItem(settings);
  return {
    item,
    own: null,
    question: settings.question ?? askedQuestion(item, settings.fact),
    answer: settings.answer ?? item.answer,
    trueAnswer: settings.question === null ? item.answer : null,
    suggestions: [item.answer, ...item.wrongAnswers],
  };
}

/** The subject's pixels: a person's own as they are, a scene drawn at `edge` pixels. */
export function pictureOf(
  { own, item }: Pick<Subject, 'own' | 'item'>,
  edge: number,
): Picture | null {
  return own ?? (item === null ? null : renderScene(item.scene, edge));
}

/** Identity of the picture, so that a rollout knows whether it belongs to the picture shown. */
export const pictureKey = (subject: Subject): string =>
  subject.item?.id ??
  `own:${subject.own?.name}:${subject.own?.originalWidth}x${subject.own?.originalHeight}`;
