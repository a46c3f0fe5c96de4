/**
 * Question families, one row a question form: how it is asked of a scene, its answer, wrong answers of
 * the same sort, and a reasoning text that leads to any given answer (privileged teachers are pretrained
 * on wrong references too, so the text must be able to end wrongly).
 */

import type { Random } from '../base/random.ts';
import {
  type ChartScene,
  COLORS,
  type DiceScene,
  KINDS,
  type Kind,
  type ObjectsScene,
  POSITIONS,
  type Scene,
  type SceneObject,
} from './scene.ts';
import { noun, positionPhrase, withArticle } from './texts.ts';

export type Family = 'general' | 'expert' | 'math' | 'spatial' | 'prior';

export interface Asked {
  question: string;
  answer: string;
  /** All other answers of the same sort, most tempting first or in random order. */
  wrongAnswers: string[];
  /** Reasoning that ends in `answer`, right or wrong. */
  reasoningFor: (answer: string) => string;
}

/** A question form: returns null where the scene cannot carry it. */
type QuestionForm<S extends Scene> = (random: Random, scene: S) => Asked | null;

const others = (random: Random, all: readonly string[], answer: string) =>
  random.shuffle(all.filter((x) => x !== answer));

/** Numbers close to n, nearest first. */
function nearNumbers(n: number, most: number): string[] {
  return [1, -1, 2, -2, 3, -3]
    .map((d) => n + d)
    .filter((x) => x >= 0 && x <= most)
    .map(String);
}

const yesNo = (answer: boolean) => ({
  answer: answer ? 'yes' : 'no',
  wrongAnswers: [answer ? 'no' : 'yes'],
});

/** Objects whose kind occurs once. */
function uniqueObjects(scene: ObjectsScene): SceneObject[] {
  return scene.objects.filter(
    (o) => scene.objects.filter((other) => other.kind === o.kind).length === 1,
  );
}

const list = (items: string[]) => items.join(', ');
const names = (objects: SceneObject[]) => list(objects.map((o) => noun(o.kind)));

const general: QuestionForm<ObjectsScene>[] = [
  function colorOf(random, scene) {
    const candidates = uniqueObjects(scene);
    if (candidates.length === 0) return null;
    const object = random.pick(candidates);
    return {
      question: `What color is the ${noun(object.kind)}?`,
      answer: object.color,
      wrongAnswers: others(random, COLORS, object.color),
      reasoningFor: (answer) => `The ${noun(object.kind)} is ${answer}.`,
    };
  },
  function whatIsAt(random, scene) {
    const alone = scene.objects.filter(
      (o) => scene.objects.filter((other) => other.cell === o.cell).length === 1,
    );
    if (alone.length === 0) return null;
    const object = random.pick(alone);
    return {
      question: `What is ${positionPhrase(object.cell)}?`,
      answer: noun(object.kind),
      wrongAnswers: others(random, KINDS.map(noun), noun(object.kind)),
      reasoningFor: (answer) => `There is ${withArticle(answer)} ${positionPhrase(object.cell)}.`,
    };
  },
  function sizeOf(random, scene) {
    const candidates = uniqueObjects(scene);
    if (candidates.length === 0) return null;
    const object = random.pick(candidates);
    return {
      question: `Is the ${noun(object.kind)} small or large?`,
      answer: object.size,
      wrongAnswers: [object.size === 'small' ? 'large' : 'small'],
      reasoningFor: (answer) => `The ${noun(object.kind)} is ${answer}.`,
    };
  },
  function isThere(random, scene) {
    const present = random.chance(0.5);
    const absent = KINDS.filter((kind) => scene.objects.every((o) => o.kind !== kind));
    const kind: Kind = present ? random.pick(scene.objects).kind : random.pick(absent);
    return {
      question: `Is there ${withArticle(noun(kind))}?`,
      ...yesNo(present),
      reasoningFor: (answer) => `The things are ${names(scene.objects)}, so ${answer}.`,
    };
  },
];

const expert: QuestionForm<ObjectsScene>[] = [
  function score(random, scene) {
    const color = random.chance(0.75) ? random.pick(scene.objects).color : random.pick(COLORS);
    const points = scene.objects.map((o) => (o.color === color ? 2 : 1));
    const total = points.reduce((a, b) => a + b, 0);
    const steps = scene.objects.map((o, i) => `${noun(o.kind)} ${points[i]}`);
    return {
      question: `Rule: ${color} things score 2, other things score 1. What is the total score?`,
      answer: String(total),
      wrongAnswers: nearNumbers(total, 9),
      reasoningFor: (answer) => `${list(steps)}, total ${answer}.`,
    };
  },
  function ifThen(random, scene) {
    const color = random.chance(0.5) ? random.pick(scene.objects).color : random.pick(COLORS);
    const found = scene.objects.find((o) => o.color === color);
    const answer = found === undefined ? 'stop' : 'go';
    return {
      question: `Rule: if anything is ${color}, say go. If not, say stop. What do you say?`,
      answer,
      wrongAnswers: [answer === 'go' ? 'stop' : 'go'],
      reasoningFor: (said) =>
        found === undefined
          ? `Nothing is ${color}, so ${said}.`
          : `The ${noun(found.kind)} is ${color}, so ${said}.`,
    };
  },
  function gate(_random, scene) {
    const large = scene.objects.filter((o) => o.size === 'large');
    return {
      question: 'Rule: the gate opens if two or more things are large. Does the gate open?',
      ...yesNo(large.length >= 2),
      reasoningFor: (answer) =>
        large.length === 0
          ? `Nothing is large, so ${answer}.`
          : `Large are ${names(large)}, that makes ${large.length}, so ${answer}.`,
    };
  },
];

const counting: QuestionForm<ObjectsScene>[] = [
  function countAll(_random, scene) {
    const n = scene.objects.length;
    return {
      question: 'How many things are there?',
      answer: String(n),
      wrongAnswers: nearNumbers(n, 6),
      reasoningFor: (answer) => `The things are ${names(scene.objects)}, that makes ${answer}.`,
    };
  },
  function countColor(random, scene) {
    const color = random.chance(0.8) ? random.pick(scene.objects).color : random.pick(COLORS);
    const found = scene.objects.filter((o) => o.color === color);
    return {
      question: `How many things are ${color}?`,
      answer: String(found.length),
      wrongAnswers: nearNumbers(found.length, 4),
      reasoningFor: (answer) =>
        found.length === 0
          ? `Nothing is ${color}, that makes ${answer}.`
          : `The ${names(found)} ${found.length === 1 ? 'is' : 'are'} ${color}, that makes ${answer}.`,
    };
  },
];

const chart: QuestionForm<ChartScene>[] = [
  function tallest(random, scene) {
    const highest = Math.max(...scene.bars.map((bar) => bar.value));
    const top = scene.bars.filter((bar) => bar.value === highest);
    if (top.length !== 1) return null;
    const rest = scene.bars.map((bar) => bar.color).filter((color) => color !== top[0].color);
    return {
      question: 'Which bar is the highest?',
      answer: top[0].color,
      wrongAnswers: random.shuffle(rest),
      reasoningFor: (answer) => `The highest bar is ${answer}.`,
    };
  },
  function height(random, scene) {
    const bar = random.pick(scene.bars);
    return {
      question: `How high is the ${bar.color} bar?`,
      answer: String(bar.value),
      wrongAnswers: nearNumbers(bar.value, 6).filter((x) => x !== '0'),
      reasoningFor: (answer) => `The ${bar.color} bar is ${answer} high.`,
    };
  },
  function difference(random, scene) {
    const [a, b] = random.shuffle(scene.bars).sort((x, y) => y.value - x.value);
    if (a.value === b.value) return null;
    const d = a.value - b.value;
    return {
      question: `How much higher is the ${a.color} bar than the ${b.color} bar?`,
      answer: String(d),
      wrongAnswers: nearNumbers(d, 6),
      reasoningFor: (answer) => `${a.value} - ${b.value} = ${answer}.`,
    };
  },
];

const dice: QuestionForm<DiceScene>[] = [
  function sum(_random, scene) {
    const total = scene.dice.reduce((s, die) => s + die.value, 0);
    return {
      question: 'What is the sum of the dice?',
      answer: String(total),
      wrongAnswers: nearNumbers(total, 18),
      reasoningFor: (answer) => `${scene.dice.map((die) => die.value).join(' + ')} = ${answer}.`,
    };
  },
  function valueShown(random, scene) {
    const die = random.pick(scene.dice);
    return {
      question: `What does the ${die.color} die show?`,
      answer: String(die.value),
      wrongAnswers: nearNumbers(die.value, 6).filter((x) => x !== '0'),
      reasoningFor: (answer) => `The ${die.color} die shows ${answer}.`,
    };
  },
];

const column = (o: SceneObject) => o.cell % 3;
const row = (o: SceneObject) => Math.floor(o.cell / 3);

const spatial: QuestionForm<ObjectsScene>[] = [
  function inFront(random, scene) {
    const front = scene.objects.find((o) => o.inFrontOf !== undefined);
    if (front?.inFrontOf === undefined) return null;
    const back = scene.objects[front.inFrontOf];
    const [first, second] = random.shuffle([front, back]);
    return {
      question: `Which is in front, the ${noun(first.kind)} or the ${noun(second.kind)}?`,
      answer: noun(front.kind),
      wrongAnswers: [noun(back.kind)],
      reasoningFor: (answer) => `The ${answer} is in front.`,
    };
  },
  function where(random, scene) {
    const candidates = uniqueObjects(scene).filter((o) => o.inFrontOf === undefined);
    if (candidates.length === 0) return null;
    const object = random.pick(candidates);
    return {
      question: `Where is the ${noun(object.kind)}?`,
      answer: POSITIONS[object.cell],
      wrongAnswers: others(random, POSITIONS, POSITIONS[object.cell]),
      reasoningFor: (answer) =>
        `The ${noun(object.kind)} is ${positionPhrase((POSITIONS as readonly string[]).indexOf(answer))}.`,
    };
  },
  function relation(random, scene) {
    const [a, b] = random.shuffle(uniqueObjects(scene).filter((o) => o.inFrontOf === undefined));
    if (a === undefined || b === undefined) return null;
    const horizontal = column(a) !== column(b) && (row(a) === row(b) || random.chance(0.5));
    if (!horizontal && row(a) === row(b)) return null;
    const holds = horizontal ? column(a) < column(b) : row(a) < row(b);
    return {
      question: `Is the ${noun(a.kind)} ${horizontal ? 'left of' : 'above'} the ${noun(b.kind)}?`,
      ...yesNo(holds),
      reasoningFor: (answer) =>
        `The ${noun(a.kind)} is ${positionPhrase(a.cell)}, the ${noun(b.kind)} is ${positionPhrase(b.cell)}, so ${answer}.`,
    };
  },
];

/** First form, from a random start, that the scene can carry. */
function firstThatFits<S extends Scene>(
  random: Random,
  forms: readonly QuestionForm<S>[],
  scene: S,
): Asked | null {
  for (const form of random.shuffle(forms)) {
    const asked = form(random, scene);
    if (asked !== null) return asked;
  }
  return null;
}

/** A question of a family (all but `prior`) about a scene, or null where none fits. */
export function ask(random: Random, family: Exclude<Family, 'prior'>, scene: Scene): Asked | null {
  switch (scene.type) {
    case 'objects': {
      const forms = { general, expert, math: counting, spatial }[family];
      const overlap = spatial[0];
      if (family === 'spatial' && random.chance(0.7)) {
        const asked = overlap(random, scene);
        if (asked !== null) return asked;
      }
      return firstThatFits(random, forms, scene);
    }
    case 'chart':
      return firstThatFits(random, chart, scene);
    case 'dice':
      return firstThatFits(random, dice, scene);
    case 'jar':
      return {
        question: 'How many coins are in the jar?',
        answer: String(scene.coins),
        wrongAnswers: nearNumbers(scene.coins, 9).filter((x) => x !== '0'),
        reasoningFor: (answer) => `The jar has ${answer} coins.`,
      };
    case 'clock':
      return {
        question: 'What hour does the clock show?',
        answer: String(scene.hour),
        wrongAnswers: [scene.hour + 1, scene.hour - 1, scene.hour + 6].map((h) =>
          String(((h + 11) % 12) + 1),
        ),
        reasoningFor: (answer) => `The clock shows ${answer}.`,
      };
  }
}
