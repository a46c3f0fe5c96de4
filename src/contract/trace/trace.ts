/** The trace of one rollout, format "vigos-trace/1": what was sampled, who supervises it, by how much they differ. */

import * as v from 'valibot';
import { toErrorRecord } from '../../base/errors.ts';
import { isBase64, MAX_PNG_CHARS, PNG_HEAD } from '../../base/png-text.ts';
import { MEASURES } from '../../method/grading.ts';
import {
  type MethodConfig,
  type RolloutFaultCode,
  type RolloutSpans,
  type RuleId,
  type Segment,
  TEACHER_NAMES,
} from '../../method/types.ts';
import { validateMethod } from '../../method/validate.ts';
import { DIFFICULTIES } from '../../world/difficulty.ts';
import { SPLIT_NAMES } from '../../world/split.ts';
import { samplingSchema } from '../settings/sampling-bounds.ts';
import { seeingSchema } from '../settings/seeing.ts';
import { MISMATCHED_PICTURES, MOST_WRONG_ANSWERS } from './leakage.ts';
import { wordingSchema } from './wording.ts';

export const TRACE_FORMAT = 'vigos-trace/1';

const teacher = v.picklist(TEACHER_NAMES);
const context = v.picklist(['student', 'plain', ...TEACHER_NAMES]);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const positive = v.pipe(count, v.minValue(1));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1.0001));
const finite = v.pipe(v.number(), v.finite());

/** By the same check as a method from anywhere else, whose path and words it keeps. */
const method = v.pipe(
  v.unknown(),
  v.rawTransform<unknown, MethodConfig>(({ dataset, addIssue, NEVER }) => {
    try {
      return validateMethod(dataset.value);
    } catch (error) {
      const { message, where = '', detail } = toErrorRecord(error);
      const [first, ...rest] = where
        .split('.')
        .slice(1)
        .map((key) => pathItem(dataset.value, key));
      addIssue({
        message,
        expected: String(detail?.expected),
        received: String(detail?.given),
        ...(first && { path: [first, ...rest] }),
      });
      return NEVER;
    }
  }),
);

const pathItem = (input: unknown, key: string) =>
  ({ type: 'unknown', origin: 'value', input, key, value: undefined }) as const;

/** A divergence in nats; rounding may take it a little below zero. */
const divergenceNats = v.pipe(finite, v.minValue(-1e-6));

const span = v.pipe(
  v.object({ start: count, end: count }),
  v.check(({ start, end }) => start <= end, 'a span that ends before it starts'),
);
const spans = v.object({
  description: v.optional(span),
  descriptionClose: v.optional(span),
  thinkOpen: v.optional(span),
  reasoning: v.optional(span),
  thinkClose: v.optional(span),
  boxOpen: v.optional(span),
  answer: v.optional(span),
  boxClose: v.optional(span),
  trailing: v.optional(span),
}) satisfies v.GenericSchema<RolloutSpans>;

const topEntry = v.object({
  id: count,
  text: v.string(),
  p: probability,
  otherP: v.nullable(probability),
  /** Files from before it was written down have none. */
  term: v.optional(finite),
});

const segmentName = v.picklist([
  'description',
  'reasoning',
  'answer',
  'delimiter',
  'trailing',
]) satisfies v.GenericSchema<Segment>;

const token = v.object({
  id: count,
  text: v.string(),
  segment: segmentName,
  teacher: v.nullable(teacher),
  rule: v.string(),
  studentLogProb: finite,
  teacherLogProb: v.nullable(finite),
  forwardKl: v.nullable(divergenceNats),
  reverseKl: v.nullable(divergenceNats),
  /** Only where the loss is made of it; files from before it was written down have none there either. */
  jsd: v.optional(divergenceNats),
  loss: v.nullable(finite),
  clipped: v.boolean(),
  studentEntropy: finite,
  teacherEntropy: v.nullable(finite),
  studentTop: v.array(topEntry),
  teacherTop: v.nullable(v.array(topEntry)),
  studentTail: probability,
  teacherTail: v.nullable(probability),
});

const prompt = v.object({
  rendered: v.string(),
  image: v.nullable(
    v.object({
      width: positive,
      height: positive,
      visualTokens: positive,
      /** What the official processor makes of it, where it was scaled down further to fit into memory. */
      officialTokens: v.optional(positive),
    }),
  ),
  prefill: v.string(),
});

export const scenePictureSchema = v.object({
  kind: v.literal('scene'),
  split: v.picklist(SPLIT_NAMES),
  index: count,
  /** Only where the scene was drawn otherwise than its split's are. */
  usualShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  difficulty: v.optional(v.picklist(DIFFICULTIES)),
  seeing: v.optional(seeingSchema),
});

/** A scene of the built-in world is drawn again from its place; any other picture is in the file, as a PNG. */
const picture = v.variant('kind', [
  scenePictureSchema,
  v.object({
    kind: v.literal('png'),
    name: v.string(),
    data: v.pipe(
      v.string(),
      v.startsWith(PNG_HEAD),
      v.maxLength(MAX_PNG_CHARS),
      v.check((data) => isBase64(data.slice(PNG_HEAD.length)), 'letters that are no Base64'),
    ),
  }),
]);

/** What teachers saw in the picture's place. */
const instead = v.object({
  picture: v.picklist(['blank', 'swapped']),
  of: v.picklist(['all', ...TEACHER_NAMES]),
});

const nats = v.pipe(finite, v.maxValue(1e-6));

/** A supervised token under PALR's counterfactuals, see `leakage.ts`. */
const leakageToken = v.object({
  token: count,
  segment: segmentName,
  teacher,
  student: nats,
  matched: nats,
  wrongAnswers: v.pipe(v.array(nats), v.readonly()),
  wrongImage: nats,
});
const leakageTokens = v.pipe(v.array(leakageToken), v.readonly());

/** What PALR is made of, for both methods on this rollout, at temperature 1. */
const leakage = v.object({
  methods: v.object({ vigos: method, opsd: method }),
  wrongAnswers: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MOST_WRONG_ANSWERS)),
  /** What stood in the picture's place: the next scene's, a blank one, or one of somebody's own. */
  picture: v.picklist(MISMATCHED_PICTURES),
  epsilon: v.pipe(finite, v.minValue(0)),
  tokens: v.object({ vigos: leakageTokens, opsd: leakageTokens }),
});

const shownElse = v.object({ itself: divergenceNats, student: divergenceNats });

/** A supervised token's teacher with another picture and a wrong answer, see `looks.ts`. */
const looksTokens = v.pipe(
  v.array(
    v.object({
      token: count,
      segment: segmentName,
      teacher,
      student: divergenceNats,
      otherPicture: shownElse,
      wrongAnswer: v.nullable(shownElse),
    }),
  ),
  v.readonly(),
);

/** Whether the teachers of both methods look at the picture and go by the answer, on this rollout. */
const looks = v.object({
  methods: v.object({ vigos: method, opsd: method }),
  temperature: v.pipe(finite, v.minValue(0.01), v.maxValue(100)),
  /** What stood in the picture's place. */
  picture: v.picklist(['blank', 'swapped']),
  wrongAnswer: v.nullable(v.string()),
  tokens: v.object({ vigos: looksTokens, opsd: looksTokens }),
});

/** What a file has to hold; whether it goes together is another question (`traceFile.ts`). */
export const traceSchema = v.object({
  format: v.literal(TRACE_FORMAT),
  model: v.object({
    name: v.string(),
    architecture: v.string(),
    parameters: positive,
    vocabSize: positive,
    /** What it computes otherwise than its architecture does, a sentence each. */
    marks: v.optional(v.array(v.string())),
  }),
  backend: v.picklist(['webgpu', 'wasm']),
  seed: v.nullable(count),
  sampling: v.nullable(samplingSchema),
  /** How a completion given as text was read, one sentence each. */
  asRead: v.optional(v.array(v.string())),
  input: v.object({ question: v.string(), answer: v.string() }),
  /** A person's own words in the place of the model's dialect. */
  wording: v.optional(wordingSchema),
  picture: v.optional(picture),
  instead: v.optional(instead),
  method,
  prompts: v.record(context, prompt),
  text: v.string(),
  answer: v.nullable(v.string()),
  /** By which measure the answer is right or wrong, and the reference answer as it was graded by. */
  grading: v.optional(
    v.object({ measure: v.picklist(MEASURES), correct: v.boolean(), reference: v.string() }),
  ),
  valid: v.boolean(),
  reason: v.nullable(
    v.object({ code: v.string(), message: v.string(), char: count, token: count }),
  ),
  spans,
  tokens: v.pipe(v.array(token), v.minLength(1)),
  leakage: v.optional(leakage),
  looks: v.optional(looks),
});

/**
 * One entry of a top list; `otherP` is its probability on the other side, null without a teacher. `term` is what it adds
 * to the divergence of the token's loss before any clip, nats; absent without a teacher and in older files.
 */
export type TraceTopEntry = v.InferOutput<typeof topEntry>;

/** The student's picture, for whoever opens the trace; the engine does not write it, pages and commands do. */
export type TracePicture = v.InferOutput<typeof picture>;

export type ScenePicture = v.InferOutput<typeof scenePictureSchema>;

/** PALR of the rollout; pages and commands write it, where it was asked for. */
export type TraceLeakage = v.InferOutput<typeof leakage>;

/** Whether the teachers look; pages and commands write it, where it was asked for. */
export type TraceLooks = v.InferOutput<typeof looks>;

/** The context a model saw: the rendered template text, prefill included; `image` null is no picture. */
export type TracePrompt = v.InferOutput<typeof prompt>;

/**
 * One completion token, in nats; all figures at the method's distillation temperature. Figures of a token without a teacher are null on the teacher's side;
 * `loss` is the divergence after the clip, before λ; that divergence is one of `forwardKl`, `reverseKl` and `jsd`.
 */
export interface TokenTrace extends Omit<v.InferOutput<typeof token>, 'rule'> {
  rule: RuleId;
}

/** `seed` and `sampling` are null for a completion that was typed; `method` holds every switch. */
export interface Trace
  extends Omit<v.InferOutput<typeof traceSchema>, 'tokens' | 'reason' | 'method'> {
  method: MethodConfig;
  reason: { code: RolloutFaultCode; message: string; char: number; token: number } | null;
  tokens: TokenTrace[];
}

/** A trace from a file, and what is known of it beyond its own words. */
export interface OpenedTrace {
  readonly trace: Trace;
  /** It has the checksum that was written with it; false for one without. */
  readonly sealed: boolean;
  /**
   * Whether its tokens are the loaded model's: their ids have these texts there. Its figures are nobody's but the file's
   * in either case. Null where no model is loaded.
   */
  readonly tokensKnown: boolean | null;
}
