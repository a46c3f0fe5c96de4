/** What an evaluation is asked to do: the sets, the measures, the presets, and the check of a request. */

import { PlaygroundError } from '../../base/errors.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import { MEASURES } from '../../method/grading.ts';
import { PALR_DEFAULTS } from '../../method/palr.ts';
import { CLEAR, dimmed, type Seeing } from '../../world/seeing.ts';
import { EVALUATION_BOUNDS } from '../settings/evaluation-bounds.ts';
import {
  isWithin,
  type NumberBounds,
  rangeInWords,
  SAMPLING_BOUNDS,
} from '../settings/sampling-bounds.ts';
import { SEEING_BOUNDS, SEEING_NAMES } from '../settings/seeing.ts';

/** Whether the fact sentence stands before a prior question (setting F) or is dropped (setting P). */
export type FactSetting = 'F' | 'P';
export const FACT_SETTINGS: readonly FactSetting[] = ['F', 'P'];

/** Sets of the tiny world. Those of groups have three pictures to a question: image 1 agrees with the prior, 2 and 3 do not. */
export const WORLD_SETS = [
  {
    name: 'prior-test',
    label: 'Prior groups',
    groups: true,
    sentence:
      'One question, three pictures: one looks as usual, two do not. No decision is made with them.',
  },
  {
    name: 'test',
    label: 'Test split',
    groups: false,
    sentence: 'Questions of all five families; no decision is made with them.',
  },
  {
    name: 'validation',
    label: 'Validation split',
    groups: false,
    sentence: 'Questions of all five families that training looks at while it runs.',
  },
  {
    name: 'train',
    label: 'Training split',
    groups: false,
    sentence: 'Questions of all five families that training draws from.',
  },
] as const;

export type WorldSetName = (typeof WORLD_SETS)[number]['name'];

export type EvaluationSet =
  | {
      readonly name: WorldSetName;
      /** Groups of three pictures where the set has groups, else pictures. */
      readonly count: number;
    }
  | {
      /** A set that a person brought. */
      readonly name: 'file';
      /** What it is called. */
      readonly file: string;
      /** SHA-256 over its questions, answers and pictures; empty for a file that nobody has read yet. */
      readonly fingerprint: string;
      /** The first pictures of the set, or groups where it has groups. */
      readonly count: number;
      /** Whether it has three pictures to a question; absent where it has one. */
      readonly groups?: true;
    };

/** What is measured. Validity and lengths come with every answer. */
export const EVALUATION_MEASURES = [
  {
    id: 'vilp',
    label: 'Prior and Score',
    sentence:
      'Does the model believe its eyes where the prior is wrong? Needs groups of three pictures.',
  },
  {
    id: 'truth',
    label: 'Description truth',
    sentence:
      'What the description says, held to the scene, and whether errors are of seeing or of thinking. Needs pictures of the world.',
  },
  {
    id: 'pass',
    label: 'Pass@k and Avg@k',
    sentence:
      'Right answers among k responses to a question, by question family. Needs reference answers.',
  },
  {
    id: 'palr',
    label: 'PALR',
    sentence:
      'How much of the teachers’ push comes from the reference answer instead of the picture, under OPSD and under ViGOS. Needs valid rollouts.',
  },
  {
    id: 'teachers',
    label: 'Teachers by themselves',
    sentence:
      'Are the teachers sure, and whom do they follow? What each writes by itself, given the right and a wrong reference, on pictures that agree with the prior and that contradict it. Needs groups of three pictures; the longest of all.',
  },
] as const;

/** How a question is asked: in the student's form, or as it stands. */
export const QUESTION_PROMPTS = ['student', 'plain'] as const;
export type QuestionPrompt = (typeof QUESTION_PROMPTS)[number];

export type EvaluationMeasure = (typeof EVALUATION_MEASURES)[number]['id'];

export interface EvaluationSampling {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 keeps everything. */
  readonly topK: number;
  readonly maxNewTokens: number;
}

export interface LeakageSettings {
  /** Valid rollouts that are measured, the first ones. */
  readonly rollouts: number;
  /** K. */
  readonly wrongAnswers: number;
  readonly epsilon: number;
}

export interface TeacherSettings {
  /** Groups whose pictures teachers are asked about, the first ones. */
  readonly groups: number;
}

/** Everything that decides the numbers, beside the model. */
export interface EvaluationSettings {
  readonly set: EvaluationSet;
  /** How well pictures of the world can be seen; absent where they are as they are drawn, and with a file. */
  readonly seeing?: Seeing;
  readonly measures: readonly EvaluationMeasure[];
  /** Settings F and P that are asked; figures other than Prior and Score are of the first. */
  readonly facts: readonly FactSetting[];
  /** How answers are graded. */
  readonly grading: AnswerMeasure;
  readonly sampling: EvaluationSampling;
  /** k, responses to each question and seed. */
  readonly responses: number;
  readonly seeds: readonly number[];
  readonly leakage: LeakageSettings;
  /** Absent where teachers are not asked. */
  readonly teachers?: TeacherSettings;
  /** The student's form where it is absent. An answer to a plain question has no description, so none is valid. */
  readonly prompt?: QuestionPrompt;
}

/** As the paper samples its evaluations: temperature 1.0, top-p 0.9, top-k 20. */
export const PAPER_SAMPLING: EvaluationSampling = {
  temperature: 1,
  topP: 0.9,
  topK: 20,
  maxNewTokens: 96,
};

export const LEAKAGE_DEFAULTS: LeakageSettings = {
  rollouts: 100,
  ...PALR_DEFAULTS,
};

export const TEACHER_DEFAULTS: TeacherSettings = { groups: 20 };

const BASE: EvaluationSettings = {
  set: { name: 'prior-test', count: 100 },
  measures: ['vilp', 'truth'],
  facts: ['F', 'P'],
  grading: 'exact',
  sampling: PAPER_SAMPLING,
  responses: 1,
  seeds: [1],
  leakage: LEAKAGE_DEFAULTS,
};

export const EVALUATION_PRESETS = [
  {
    id: 'looks',
    label: 'Does it look?',
    sentence:
      'Prior and Score with and without the fact sentence, and whether the description is true: does the model see, and does it believe what it sees?',
    settings: BASE,
  },
  {
    id: 'leakage',
    label: 'Leakage',
    sentence:
      'PALR of the first 100 valid rollouts under OPSD and under ViGOS: how much of the supervision comes from the answer.',
    settings: { ...BASE, measures: ['palr'], facts: ['F'] },
  },
  {
    id: 'accuracy',
    label: 'Accuracy',
    sentence: 'Pass@5 and Avg@5 on questions of all families, sampled as in the paper.',
    settings: {
      ...BASE,
      set: { name: 'test', count: 200 },
      measures: ['pass'],
      facts: ['P'],
      responses: 5,
    },
  },
  {
    id: 'everything',
    label: 'Everything',
    sentence:
      'All figures on prior groups, with one response to each picture; teachers by themselves on the first 20 groups.',
    settings: {
      ...BASE,
      measures: ['vilp', 'truth', 'pass', 'palr', 'teachers'],
      teachers: TEACHER_DEFAULTS,
    },
  },
] as const satisfies readonly {
  readonly id: string;
  readonly label: string;
  readonly sentence: string;
  readonly settings: EvaluationSettings;
}[];

export type EvaluationPreset = (typeof EVALUATION_PRESETS)[number]['id'];

export const hasGroups = (asked: EvaluationSet): boolean =>
  asked.name === 'file'
    ? asked.groups === true
    : WORLD_SETS.some((set) => set.name === asked.name && set.groups);

/** A file that nobody has opened yet may have groups; opened, it has its fingerprint and says so. */
export const mayHaveGroups = (asked: EvaluationSet): boolean =>
  hasGroups(asked) || (asked.name === 'file' && asked.fingerprint === '');

/** Pictures of a set. */
export const picturesOf = (set: EvaluationSet): number =>
  hasGroups(set) ? 3 * set.count : set.count;

/**
 * The settings as they are used: lists without repetitions, and a set without groups asked once, as its questions stand.
 * Throws {@link PlaygroundError} `evaluation.invalid-setting` naming the first that is out of range.
 */
export function validateEvaluation(settings: EvaluationSettings): EvaluationSettings {
  const { seeing = CLEAR, teachers = TEACHER_DEFAULTS, ...others } = settings;
  const { set, measures, facts, grading, sampling, responses, seeds, leakage } = others;
  number('set.count', 'the number of pictures or groups', EVALUATION_BOUNDS.count, set.count);
  number('responses', 'k', EVALUATION_BOUNDS.responses, responses);
  number('seeds', 'the number of seeds', EVALUATION_BOUNDS.seeds, new Set(seeds).size);
  for (const seed of seeds) number('seeds', 'a seed', SAMPLING_BOUNDS.seed, seed);
  for (const field of ['temperature', 'topP', 'topK', 'maxNewTokens'] as const)
    number(`sampling.${field}`, field, SAMPLING_BOUNDS[field], sampling[field]);
  for (const field of ['rollouts', 'wrongAnswers', 'epsilon'] as const)
    number(`leakage.${field}`, field, EVALUATION_BOUNDS[field], leakage[field]);
  number('teachers.groups', 'groups', EVALUATION_BOUNDS.teacherGroups, teachers.groups);
  for (const field of SEEING_NAMES)
    number(`seeing.${field}`, field, SEEING_BOUNDS[field], seeing[field]);
  const sets: readonly string[] = [...WORLD_SETS.map(({ name }) => name), 'file'];
  if (!sets.includes(set.name)) throw unknown('set', set.name, sets);
  if (!MEASURES.includes(grading)) throw unknown('grading', grading, MEASURES);
  if (settings.prompt !== undefined && !QUESTION_PROMPTS.includes(settings.prompt))
    throw unknown('prompt', settings.prompt, QUESTION_PROMPTS);
  const known = EVALUATION_MEASURES.map(({ id }) => id);
  const less = set.name === 'file' ? null : dimmed(seeing);
  return {
    ...others,
    ...(less === null ? {} : { seeing: less }),
    measures: listed('measures', measures, known),
    ...(measures.includes('teachers') ? { teachers } : {}),
    facts: mayHaveGroups(set)
      ? listed('facts', facts, FACT_SETTINGS)
      : [listed('facts', facts, FACT_SETTINGS)[0]],
    seeds: [...new Set(seeds)],
  };
}

/** The members of a list that are known, in the order in which they are listed everywhere; at least one. */
function listed<T extends string>(where: string, given: readonly T[], known: readonly T[]): T[] {
  const wrong = given.find((value) => !known.includes(value));
  if (wrong !== undefined) throw unknown(where, wrong, known);
  if (given.length === 0)
    throw invalid(
      where,
      `Nothing is chosen for ${where}.`,
      `Choose at least one of: ${known.join(', ')}.`,
    );
  return known.filter((value) => given.includes(value));
}

function number(where: string, what: string, bounds: NumberBounds, value: unknown): void {
  if (isWithin(bounds, value)) return;
  throw invalid(where, `${where} is ${String(value)}.`, `Give ${what} as ${rangeInWords(bounds)}.`);
}

function unknown(where: string, value: string, known: readonly string[]): PlaygroundError {
  return invalid(
    where,
    `There is no ${where} named “${value}”.`,
    `Give one of: ${known.join(', ')}.`,
  );
}

function invalid(where: string, message: string, fix: string): PlaygroundError {
  return new PlaygroundError({ code: 'evaluation.invalid-setting', message, fix, where });
}
