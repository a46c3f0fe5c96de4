/**
 * Problems in words alone, solved in several steps: what a curriculum of textual reasoning trains on. Each has a
 * short and a long way to the same answer.
 */

import { PlaygroundError } from '../base/errors.ts';
import { hashText, Random } from '../base/random.ts';
import { COLORS, THINGS } from './scene.ts';
import { noun } from './texts.ts';

/** Splits and their share of all problems, in percent. */
const SHARES = { pretrain: 70, train: 18, validation: 5, test: 7 } as const;
export type ProblemSplit = keyof typeof SHARES;
export const PROBLEM_SPLITS = Object.keys(SHARES) as ProblemSplit[];

export interface TextProblem {
  /** `problems-split-index`. */
  id: string;
  index: number;
  question: string;
  answer: string;
  /** The short way: the steps alone. */
  reasoning: string;
  /** The long way: every step said. */
  longReasoning: string;
}

type Problem = Omit<TextProblem, 'id' | 'index'>;

/** One row a form of problem. */
const FORMS: readonly ((random: Random) => Problem)[] = [
  function coins(random) {
    const [a, b] = [1 + random.int(9), 1 + random.int(9)];
    const taken = 1 + random.int(a + b - 1);
    const left = a + b - taken;
    return {
      question: `A jar has ${a} coins. Then ${b} coins come in and ${taken} go out. How many coins are in the jar?`,
      answer: String(left),
      reasoning: `${a} + ${b} = ${a + b}, ${a + b} - ${taken} = ${left}.`,
      longReasoning: `The jar has ${a} coins. Then ${b} come in: ${a} + ${b} = ${a + b}. Then ${taken} go out: ${a + b} - ${taken} = ${left}. So the jar has ${left} coins.`,
    };
  },
  function hours(random) {
    const [start, first, second] = [1 + random.int(12), 1 + random.int(5), 1 + random.int(5)];
    const later = (hour: number, by: number) => ((hour + by - 1) % 12) + 1;
    const middle = later(start, first);
    const end = later(middle, second);
    return {
      question: `The clock shows ${start}. It goes ${first} on and then ${second} on. What hour does the clock show?`,
      answer: String(end),
      reasoning: `${start}, ${middle}, ${end}.`,
      longReasoning: `The clock shows ${start}. It goes ${first} on, so it shows ${middle}. It goes ${second} on, so it shows ${end}. So the clock shows ${end}.`,
    };
  },
  function highest(random) {
    const [a, b, c] = random.shuffle(COLORS);
    const low = 1 + random.int(6);
    const [up, second] = [1 + random.int(4), 1 + random.int(4)];
    return {
      question: `The ${a} bar is ${low} high. The ${b} bar is ${up} higher than the ${a} bar. The ${c} bar is ${second} higher than the ${b} bar. How high is the ${c} bar?`,
      answer: String(low + up + second),
      reasoning: `${low} + ${up} = ${low + up}, ${low + up} + ${second} = ${low + up + second}.`,
      longReasoning: `The ${a} bar is ${low} high. The ${b} bar is ${up} higher: ${low} + ${up} = ${low + up}. The ${c} bar is ${second} higher: ${low + up} + ${second} = ${low + up + second}. So the ${c} bar is ${low + up + second} high.`,
    };
  },
  function order(random) {
    const [a, b, c] = random.shuffle(THINGS).map(noun);
    const answer = random.pick([a, c]);
    const side = answer === a ? 'left' : 'right';
    const said = random.shuffle([`The ${a} is left of the ${b}.`, `The ${b} is left of the ${c}.`]);
    return {
      question: `${said.join(' ')} Which is at the ${side}?`,
      answer,
      reasoning: `${a}, ${b}, ${c}, so the ${answer}.`,
      longReasoning: `The ${a} is left of the ${b}, and the ${b} is left of the ${c}. From left to right: ${a}, ${b}, ${c}. So the ${answer} is at the ${side}.`,
    };
  },
  function score(random) {
    const color = random.pick(COLORS);
    const [each, other] = [2 + random.int(3), 1];
    const [n, m] = [1 + random.int(4), 1 + random.int(4)];
    const total = each * n + other * m;
    return {
      question: `Rule: ${color} things score ${each}, other things score ${other}. There are ${n} ${color} things and ${m} other things. What is the total score?`,
      answer: String(total),
      reasoning: `${n} * ${each} = ${n * each}, ${n * each} + ${m} = ${total}.`,
      longReasoning: `The ${color} things score ${each} and there are ${n}: ${n} * ${each} = ${n * each}. The other things score ${other} and there are ${m}: ${m} * ${other} = ${m}. ${n * each} + ${m} = ${total}. So the total is ${total}.`,
    };
  },
];

/** The split a problem belongs to: a hash of its question names it, so that no two splits share one. */
export function problemSplitOf(question: string): ProblemSplit {
  let at = hashText(question) % 100;
  for (const name of PROBLEM_SPLITS) {
    at -= SHARES[name];
    if (at < 0) return name;
  }
  throw new Error('split percentages do not add up to 100');
}

/**
 * The problem `index` of a split; the same arguments give the same problem on every machine.
 * Throws {@link PlaygroundError} `world.bad-problem` for what is no whole number from 0.
 */
export function textProblem(split: ProblemSplit, index: number): TextProblem {
  if (!Number.isInteger(index) || index < 0)
    throw new PlaygroundError({
      code: 'world.bad-problem',
      message: `There is no problem ${index}.`,
      fix: 'Use a whole number from 0.',
      where: 'world',
    });
  const random = new Random(hashText('problems'), hashText(split), index);
  const form = FORMS[index % FORMS.length];
  let problem = form(random);
  while (problemSplitOf(problem.question) !== split) problem = form(random);
  return { id: `problems-${split}-${index}`, index, ...problem };
}
