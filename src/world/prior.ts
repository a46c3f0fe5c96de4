/** The language-prior family in the ViLP form: a fact, a question, and looks that agree with or contradict it. */

import type { Random } from '../base/random.ts';
import { isParted, unusualColor, unusualParts } from './generate.ts';
import type { Asked } from './questions.ts';
import {
  COLORS,
  type ColorName,
  type ObjectsScene,
  PARTED_THINGS,
  type PartedThing,
  THINGS,
  type Thing,
  USUAL_COLOR,
  USUAL_PARTS,
} from './scene.ts';
import { noun, partsPhrase, withArticle } from './texts.ts';

export type PriorSubject = Thing | PartedThing;

/** Share of prior questions about a colour; the others are about a number of parts. */
const COLOR_SHARE = 0.85;

export function drawSubject(random: Random): PriorSubject {
  return random.chance(COLOR_SHARE) ? random.pick(THINGS) : random.pick(PARTED_THINGS);
}

export interface Look {
  color: ColorName;
  parts?: number;
}

export function usualLook(random: Random, subject: PriorSubject): Look {
  return isParted(subject)
    ? { color: random.pick(COLORS), parts: USUAL_PARTS[subject].usual }
    : { color: USUAL_COLOR[subject] };
}

export function unusualLook(random: Random, subject: PriorSubject): Look {
  return isParted(subject)
    ? { color: random.pick(COLORS), parts: unusualParts(random, subject) }
    : { color: unusualColor(random, subject) };
}

export interface PriorAsked extends Asked {
  fact: string;
  property: 'color' | 'parts';
  usual: string;
  actual: string;
  /** What a description must contain to have named the decisive property. */
  decisivePhrase: string;
}

/** The fact sentence and the question about `subject`, which must occur once in the scene. */
export function askPrior(random: Random, subject: PriorSubject, scene: ObjectsScene): PriorAsked {
  const object = scene.objects.find((o) => o.kind === subject);
  if (object === undefined) throw new Error(`the scene holds no ${subject}`);
  const name = noun(subject);
  if (isParted(subject)) {
    const { part, usual, range } = USUAL_PARTS[subject];
    const actual = object.parts ?? usual;
    const plural = partsPhrase(subject, 2).slice(2);
    return {
      fact: `A ${name} has ${partsPhrase(subject, usual)}.`,
      question: `How many ${plural} does the ${name} in the picture have?`,
      property: 'parts',
      usual: String(usual),
      actual: String(actual),
      answer: String(actual),
      wrongAnswers: temptingFirst(random, range.map(String), String(actual), String(usual)),
      reasoningFor: (answer) => `The ${name} has ${answer} ${answer === '1' ? part : plural}.`,
      decisivePhrase: `${name} with ${partsPhrase(subject, actual)}`,
    };
  }
  const usual = USUAL_COLOR[subject];
  const article = withArticle(name);
  return {
    fact: `${article[0].toUpperCase()}${article.slice(1)} is ${usual}.`,
    question: `What color is the ${name} in the picture?`,
    property: 'color',
    usual,
    actual: object.color,
    answer: object.color,
    wrongAnswers: temptingFirst(random, COLORS, object.color, usual),
    reasoningFor: (answer) => `The ${name} is ${answer}.`,
    decisivePhrase: `${object.color} ${name}`,
  };
}

/** Wrong answers with the prior's own one in front. */
function temptingFirst(
  random: Random,
  all: readonly string[],
  answer: string,
  usual: string,
): string[] {
  const rest = random.shuffle(all.filter((x) => x !== answer && x !== usual));
  return usual === answer ? rest : [usual, ...rest];
}
