/**
 * How models are asked: one table a dialect, one row a context in which a model is asked or re-scores a
 * rollout. The image always stands before the text, as in the rollout and teacher contexts of the paper.
 */

import { PlaygroundError } from '../base/errors.ts';
import type { DialectName } from '../contract/models/model.ts';
import { perReader, type Wording, wordingFault } from '../contract/trace/wording.ts';
import type { Reader } from '../method/sight.ts';
import { TEACHER_NAMES } from '../method/types.ts';

export type PromptContext = 'plain' | Reader;
export const PROMPT_CONTEXTS: readonly PromptContext[] = ['student', 'plain', ...TEACHER_NAMES];

export interface PromptRow {
  /** The text after the image in the user turn, with `{question}` and `{answer}`; null for the image alone. */
  readonly text: string | null;
  /** What the assistant's turn starts with. */
  readonly prefill: string;
  /** The same where the reader is shown the rollout from its start and continues the student's own turn; as `prefill` when absent. */
  readonly continuing?: string;
}

export type Dialect = Readonly<Record<PromptContext, PromptRow>>;

const DESCRIBE = '<description>';

/** What the built-in model was taught; a prompt takes few of its positions. */
const SHORT: Dialect = {
  student: {
    prefill: DESCRIBE,
    text: '{question}\nDescribe the picture, think, then box the answer.',
  },
  plain: { prefill: '', text: '{question}' },
  perception: { prefill: '', text: null },
  reasoning: {
    prefill: '<think>',
    continuing: DESCRIBE,
    text: '{question}\nReference answer: {answer}\nThink towards it, then box the answer.',
  },
  reference: {
    prefill: DESCRIBE,
    text: '{question}\nReference answer: {answer}\nUse the full form: describe the picture, think, then box the answer.',
  },
  privileged: {
    prefill: DESCRIBE,
    text: '{question}\nReference answer: {answer}\nDescribe the picture, think, then box the answer.',
  },
};

const FORM =
  '<description> what the image shows </description>\n<think> your reasoning </think>\n\\boxed{your final answer}';

/** The form spelt out, for models that were never taught it: in the method's form, in this project's words. */
const FULL: Dialect = {
  student: {
    prefill: DESCRIBE,
    text: `{question}\n\nFirst describe what the image shows that matters for the question. Then reason step by step from your description. Then give the final answer in a box. Answer in exactly this form, with nothing before, between or after its parts:\n${FORM}`,
  },
  plain: { prefill: '', text: '{question}' },
  perception: { prefill: '', text: null },
  reasoning: {
    prefill: '<think>',
    continuing: DESCRIBE,
    text: '{question}\n\nThe reference answer is: {answer}\n\nReason step by step, from what the image shows, towards the reference answer, without saying that you were given one. Write your reasoning between <think> and </think>, then put the final answer in \\boxed{}.',
  },
  reference: {
    prefill: DESCRIBE,
    text: `{question}\n\nThe reference answer is: {answer}\n\nWrite a complete response that leads to the reference answer, without saying that you were given one. All three parts are needed, in this order, each closed: describe what the image shows, reason step by step, give the final answer in a box. Answer in exactly this form, with nothing before, between or after its parts:\n${FORM}`,
  },
  privileged: {
    prefill: DESCRIBE,
    text: `{question}\n\nThe reference answer is: {answer}\n\nFirst describe what the image shows that matters for the question. Then reason step by step from your description. Then give the final answer in a box. Answer in exactly this form, with nothing before, between or after its parts:\n${FORM}`,
  },
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = { short: SHORT, full: FULL };

/** How a student is asked in words alone, without a picture: what stages of textual reasoning do. Nobody teaches it there. */
export const WORDS_ONLY: Readonly<Record<DialectName, PromptRow>> = {
  short: { prefill: '<think>', text: '{question}\nThink, then box the answer.' },
  full: {
    prefill: '<think>',
    text: '{question}\n\nReason step by step, then give the final answer in a box. Answer in exactly this form, with nothing before, between or after its parts:\n<think> your reasoning </think>\n\\boxed{your final answer}',
  },
};

/** A question about a picture that is told instead of shown. */
export const toldQuestion = (caption: string, question: string): string =>
  `Picture: ${caption}\n${question}`;

/** What a dialect asks each reader. */
export function promptsOf(dialect: DialectName): Required<Wording> {
  return perReader((reader) => DIALECTS[dialect][reader].text ?? '');
}

/**
 * The row of a dialect with a person's own words, where there are some. Throws {@link PlaygroundError} `prompt.wording`
 * for words that show the reader something else than the method does.
 */
export function worded(dialect: DialectName, reader: Reader, wording: Wording = {}): PromptRow {
  const row = DIALECTS[dialect][reader];
  const own = wording[reader];
  if (own === undefined) return row;
  const fault = wordingFault(reader, own);
  if (fault === null) return { ...row, text: own === '' ? null : own };
  throw new PlaygroundError({
    code: 'prompt.wording',
    message: `The prompt of “${reader}” cannot be used: ${fault}`,
    fix: 'Change its words, or take those of the model’s dialect.',
    where: reader,
  });
}

export interface PromptInput {
  readonly question: string;
  /** The reference answer a*, which only privileged contexts show. */
  readonly answer: string;
}

/** A row's text for a question, both trimmed, so that stray white space never shifts a token; null without a text. */
export function textOf({ text }: PromptRow, input: PromptInput): string | null {
  const words = { question: input.question.trim(), answer: input.answer.trim() };
  return (
    text?.replace(/\{(question|answer)\}/g, (_, word: keyof PromptInput) => words[word]) ?? null
  );
}
