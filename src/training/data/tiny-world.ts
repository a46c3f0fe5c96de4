/** The tiny drawn world as a source of examples: what is drawn for training, what is held out, how it is graded. */

import { hashWords, Random } from '../../base/random.ts';
import type { RolloutInput } from '../../contract/engine.ts';
import type { FactSetting } from '../../contract/evaluation/evaluation-settings.ts';
import { TRAIN_FAMILIES } from '../../contract/settings/world-rows.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { toldQuestion } from '../../inference/dialects.ts';
import { dimmed } from '../../world/seeing.ts';
import {
  familyItem,
  familyNumber,
  validationGroupItem,
  type WorldItem,
  worldItem,
} from '../../world/split.ts';
import { textProblem } from '../../world/text-problems.ts';
import { askedItem, askedProblem, pictureOf, questionIn } from './asked-item.ts';
import type { ExampleSource, HeldOutExample, SourceExample } from './example-source.ts';
import { wrongReferenceOf } from './wrong-reference.ts';

/** Items of each family that are drawn from. */
const ITEMS = 1_000_000;
/** Stream of random numbers under a run's seed. */
const DATA_STREAM = 4;
/** The world's answers are single words and numbers. */
const MEASURE = 'exact';

export function tinyWorld({
  seed,
  data,
  followed,
}: Pick<TrainSettings, 'seed' | 'data' | 'followed'>): ExampleSource {
  const { families, usualShare, difficulty, factShare } = data;
  const seeing = dimmed(data);
  const seen = seeing === null ? {} : { seeing };
  const drawn = { usualShare, ...(difficulty === 'mixed' ? {} : { difficulty }), ...seen };
  const exampleOf = (
    item: WorldItem,
    fact: boolean,
    wrong: ReturnType<typeof wrongReferenceOf> = null,
  ): SourceExample => {
    const { split, index, description, answer } = item;
    // The description stays true: a wrong reference is to teach a wrong answer, not to see less.
    const { reasoning, answer: given } = wrong ?? item;
    return {
      item: { split, index, fact, ...drawn },
      get input() {
        return inputOf(item, given, fact);
      },
      answer,
      measure: MEASURE,
      wrongReference: wrong?.answer ?? null,
      reference: ` ${description} </description> <think> ${reasoning} </think> \\boxed{${given}}`,
      caption: ` ${description} </description>`,
    };
  };
  const told = (item: WorldItem, fact: boolean): SourceExample => {
    const { split, index, description, answer, reasoning } = item;
    const question = toldQuestion(description, questionIn(item, fact ? 'F' : 'P'));
    return {
      item: { split, index, fact, ...drawn, words: 'captions' },
      ...wordsOf({ question, answer, reasoning }),
    };
  };
  const drawNumber = (random: Random): number =>
    data.source === 'problems'
      ? random.int(ITEMS)
      : familyNumber(random.pick(families), random.int(ITEMS));
  const problem = (index: number): SourceExample => ({
    item: { split: 'train', index, usualShare, fact: false, words: 'problems' },
    ...wordsOf(textProblem('train', index)),
  });
  return {
    describe: () => ({
      name: 'tiny-world',
      label: 'Tiny world',
      sentence: 'Drawn pictures of a small world with questions of five families.',
    }),
    count: families.length * ITEMS,
    measure: MEASURE,
    example(step, index, number) {
      const random = new Random(hashWords(seed, DATA_STREAM), step, index);
      const at = number ?? drawNumber(random);
      if (data.source === 'problems') return problem(at);
      const item = worldItem('train', at, drawn);
      const fact = item.fact !== undefined && random.chance(factShare);
      if (data.source === 'captions') return told(item, fact);
      return exampleOf(item, fact, wrongReferenceOf(item, seed, data));
    },
    number: drawNumber,
    followed() {
      const family = families.includes('prior') ? 'prior' : TRAIN_FAMILIES[0];
      return exampleOf(familyItem('validation', family, followed.item), false);
    },
    // Of all families, trained or not, so that what is forgotten shows.
    validation: (count) => [
      ...heldOut(count, (i) => worldItem('validation', i, seen), { fact: 'P', groups: false }),
      ...heldOut(3 * count, (i) => validationGroupItem(i, seen), { fact: 'F', groups: true }),
    ],
    problems: (count) =>
      Array.from({ length: count }, (_, i) => ({
        asked: askedProblem(textProblem('validation', i)),
        fact: 'P' as const,
      })),
    final: (groups, fact) =>
      heldOut(3 * groups, (i) => worldItem('prior-test', i, seen), {
        fact: fact ? 'F' : 'P',
        groups: true,
      }),
  };
}

/** A question in words alone, and the way to its answer. */
function wordsOf({
  question,
  answer,
  reasoning,
}: Pick<WorldItem, 'question' | 'answer' | 'reasoning'>): Omit<SourceExample, 'item'> {
  return {
    input: { image: null, question, answer, wordsOnly: true },
    answer,
    measure: MEASURE,
    wrongReference: null,
    reference: ` ${reasoning} </think> \\boxed{${answer}}`,
    caption: null,
  };
}

function heldOut(
  count: number,
  itemAt: (index: number) => WorldItem,
  { fact, groups }: { readonly fact: FactSetting; readonly groups: boolean },
): HeldOutExample[] {
  return Array.from({ length: count }, (_, i) => ({
    asked: askedItem(itemAt(i), groups),
    fact,
    mismatched: () => pictureOf(itemAt(i + 1)),
  }));
}

/** An item as a question to the student; `fact` puts its fact sentence first, where it has one. */
function inputOf(item: WorldItem, answer: string, fact: boolean): RolloutInput {
  const { question } = item;
  return {
    image: pictureOf(item),
    question: fact && item.fact !== undefined ? `${item.fact} ${question}` : question,
    answer,
  };
}
