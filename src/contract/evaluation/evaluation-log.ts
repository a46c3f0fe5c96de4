/** Evaluations as they are written down: the record and the lines of its log, read from parsed JSON. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { MEASURES } from '../../method/grading.ts';
import { ROUNDED_PRECISIONS } from '../models/model.ts';
import { checked } from '../settings/checked.ts';
import { seeingSchema } from '../settings/seeing.ts';
import {
  EVALUATION_FORMAT,
  type EvaluationLine,
  type EvaluationRecord,
} from './evaluation-records.ts';
import {
  EVALUATION_MEASURES,
  type EvaluationSettings,
  FACT_SETTINGS,
  QUESTION_PROMPTS,
  validateEvaluation,
  WORLD_SETS,
} from './evaluation-settings.ts';
import { GIVEN_REFERENCES, TEACHER_FORMS } from './teacher-forms.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const finite = v.pipe(v.number(), v.finite());
const amount = v.pipe(finite, v.minValue(0));
const flag = v.nullable(v.boolean());

const key = {
  item: count,
  fact: v.picklist(FACT_SETTINGS),
  seed: count,
  response: count,
  id: v.string(),
};

const truth = v.object({
  names: v.boolean(),
  colors: flag,
  places: flag,
  counts: flag,
  decisive: flag,
});

const sums = v.object({ tokens: count, answer: amount, image: amount });

const evaluationLine = v.variant('type', [
  v.object({
    type: v.literal('answer'),
    ...key,
    family: v.nullable(v.string()),
    image: v.nullable(v.picklist([1, 2, 3])),
    question: v.string(),
    reference: v.string(),
    ids: v.array(count),
    text: v.string(),
    answer: v.nullable(v.string()),
    correct: flag,
    usual: flag,
    strict: v.boolean(),
    lenient: v.boolean(),
    reason: v.nullable(v.string()),
    tokens: v.object({ all: count, description: count, reasoning: count }),
    truth: v.nullable(truth),
  }),
  v.object({
    type: v.literal('leakage'),
    ...key,
    method: v.picklist(['opsd', 'vigos']),
    description: sums,
    reasoningAnswer: sums,
    all: sums,
  }),
  v.object({
    type: v.literal('teacher'),
    ...key,
    image: v.nullable(v.picklist([1, 2, 3])),
    form: v.picklist(TEACHER_FORMS.map(({ id }) => id)),
    given: v.picklist(GIVEN_REFERENCES),
    reference: v.string(),
    text: v.string(),
    boxed: v.nullable(v.string()),
    holds: v.boolean(),
  }),
]) satisfies v.GenericSchema<unknown, EvaluationLine>;

const set = v.union([
  v.object({ name: v.picklist(WORLD_SETS.map(({ name }) => name)), count }),
  v.object({
    name: v.literal('file'),
    file: v.string(),
    fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256')),
    count,
    groups: v.optional(v.literal(true)),
  }),
]);

const settings = v.object({
  set,
  seeing: v.optional(seeingSchema),
  measures: v.array(v.picklist(EVALUATION_MEASURES.map(({ id }) => id))),
  facts: v.array(v.picklist(FACT_SETTINGS)),
  grading: v.picklist(MEASURES),
  sampling: v.object({ temperature: finite, topP: finite, topK: finite, maxNewTokens: finite }),
  responses: count,
  seeds: v.array(count),
  leakage: v.object({ rollouts: count, wrongAnswers: count, epsilon: amount }),
  teachers: v.optional(v.object({ groups: count })),
  prompt: v.exactOptional(v.picklist(QUESTION_PROMPTS)),
}) satisfies v.GenericSchema<unknown, EvaluationSettings>;

const interval = v.object({ low: finite, high: finite });

const date = v.pipe(v.string(), v.isoTimestamp());

const evaluationRecord = v.object({
  format: v.literal(EVALUATION_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'not an id')),
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  createdAt: date,
  updatedAt: date,
  state: v.picklist(['running', 'paused', 'done']),
  version: v.string(),
  model: v.object({
    name: v.string(),
    parameters: count,
    fingerprint: v.nullable(v.string()),
    precision: v.optional(v.picklist(ROUNDED_PRECISIONS)),
    student: v.nullable(
      v.object({
        label: v.string(),
        fingerprint: v.string(),
        runId: v.nullable(v.string()),
        step: v.nullable(count),
      }),
    ),
  }),
  backend: v.picklist(['webgpu', 'wasm']),
  settings,
  ms: amount,
  figures: v.array(
    v.object({
      id: v.string(),
      label: v.string(),
      unit: v.picklist(['share', 'tokens']),
      measure: v.picklist(['form', ...EVALUATION_MEASURES.map(({ id }) => id)]),
      sentence: v.string(),
      value: v.nullable(finite),
      interval: v.nullable(interval),
      method: v.picklist(['wilson', 'bootstrap']),
      pictures: count,
      responses: count,
      why: v.nullable(v.string()),
    }),
  ),
  imported: v.exactOptional(v.object({ at: date, verified: v.boolean(), lines: v.boolean() })),
}) satisfies v.GenericSchema<unknown, EvaluationRecord>;

/** A record from parsed JSON. Throws {@link PlaygroundError} `evaluation.invalid` and `evaluation.invalid-setting`. */
export function readEvaluationRecord(json: unknown, where: string): EvaluationRecord {
  const record = read(evaluationRecord, json, where);
  return { ...record, settings: validateEvaluation(record.settings) };
}

/** A line of a log from parsed JSON. Throws {@link PlaygroundError} `evaluation.invalid`. */
export function readEvaluationLine(json: unknown, where: string): EvaluationLine {
  return read(evaluationLine, json, where);
}

function read<T extends v.GenericSchema>(
  schema: T,
  json: unknown,
  where: string,
): v.InferOutput<T> {
  return checked(
    schema,
    json,
    (reason, field) =>
      new PlaygroundError({
        code: 'evaluation.invalid',
        message: `${where} cannot be used: ${reason}.`,
        fix: 'Take it unchanged as this page or the command wrote it, or evaluate again.',
        where: field === '' ? where : `${where}: ${field}`,
      }),
  );
}
