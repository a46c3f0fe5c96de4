/**
 * The user turn and the assistant's prefill of every context in which the model is asked or re-scores a
 * rollout. The image always stands before the text, as in the rollout and teacher contexts of the paper.
 */

export const PROMPT_CONTEXTS = [
  'student',
  'plain',
  'perception',
  'reasoning',
  'reference',
  'privileged',
] as const;
export type PromptContext = (typeof PROMPT_CONTEXTS)[number];

export interface PromptInput {
  question: string;
  /** The reference answer a*, which only privileged contexts show. */
  answer: string;
}

export interface Prompt {
  /** The text after the image in the user turn; null where the user turn is the image alone. */
  text: string | null;
  /** What the assistant's turn starts with. */
  prefill: string;
}

interface PromptRow {
  prefill: string;
  text: ((input: PromptInput) => string) | null;
}

/** One row a context. */
export const PROMPTS: Record<PromptContext, PromptRow> = {
  student: {
    prefill: '<description>',
    text: ({ question }) => `${question}\nDescribe the picture, think, then box the answer.`,
  },
  plain: {
    prefill: '',
    text: ({ question }) => question,
  },
  perception: { prefill: '', text: null },
  reasoning: {
    prefill: '<think>',
    text: ({ question, answer }) =>
      `${question}\nReference answer: ${answer}\nThink towards it, then box the answer.`,
  },
  reference: {
    prefill: '<description>',
    text: ({ question, answer }) =>
      `${question}\nReference answer: ${answer}\nUse the full form: describe the picture, think, then box the answer.`,
  },
  privileged: {
    prefill: '<description>',
    text: ({ question, answer }) =>
      `${question}\nReference answer: ${answer}\nDescribe the picture, think, then box the answer.`,
  },
};

/** The prompt of a context; texts are trimmed, so that stray white space never shifts a token. */
export function promptFor(context: PromptContext, input: PromptInput): Prompt {
  const row = PROMPTS[context];
  const trimmed = { question: input.question.trim(), answer: input.answer.trim() };
  return { text: row.text === null ? null : row.text(trimmed), prefill: row.prefill };
}
