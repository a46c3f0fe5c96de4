/** The trace of one rollout, format "vigos-trace/1": what was sampled, who supervises it, by how much they differ. */

import * as v from 'valibot';
import { PlaygroundError } from '../base/errors.ts';
import { type ForeignKind, foreignText } from '../base/foreignText.ts';
import { MAX_PNG_CHARS, PNG_HEAD } from '../base/pngText.ts';
import { MEASURES } from '../method/grading.ts';
import {
  type MethodConfig,
  type RolloutFaultCode,
  type RolloutSpans,
  type RuleId,
  TEACHER_NAMES,
} from '../method/types.ts';
import { DIFFICULTIES } from '../world/difficulty.ts';
import { SPLIT_NAMES } from '../world/split.ts';

export const TRACE_FORMAT = 'vigos-trace/1';

const teacher = v.picklist(['perception', 'reasoning', 'reference', 'privileged']);
const context = v.picklist([
  'student',
  'plain',
  'perception',
  'reasoning',
  'reference',
  'privileged',
]);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1.0001));
const finite = v.pipe(v.number(), v.finite());

const divergence = v.variant('kind', [
  v.object({ kind: v.literal('forward-kl') }),
  v.object({ kind: v.literal('reverse-kl') }),
  v.object({ kind: v.literal('jsd'), beta: probability }),
]);
const clip = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('token'), value: finite }),
  v.object({ kind: v.literal('entry'), value: finite }),
]);
const boundaryClip = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('token'), value: finite }),
]);
const perTeacher = <T extends v.GenericSchema>(value: T) =>
  v.object({ perception: value, reasoning: value, reference: value, privileged: value });

const method = v.object({
  name: v.picklist(['vigos', 'opsd']),
  reading: v.picklist(['paper', 'code']),
  validity: v.picklist(['strict', 'lenient']),
  teachers: perTeacher(v.boolean()),
  divergence: perTeacher(divergence),
  lambdas: perTeacher(finite),
  temperature: finite,
  clip,
  // Traces from before there were these two switches were made without them.
  opener: v.optional(v.boolean(), false),
  boundaryClip: v.optional(boundaryClip, { kind: 'none' }),
}) satisfies v.GenericSchema<unknown, MethodConfig>;

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
});

const token = v.object({
  id: count,
  text: v.string(),
  segment: v.picklist(['description', 'reasoning', 'answer', 'delimiter', 'trailing']),
  teacher: v.nullable(teacher),
  rule: v.string(),
  studentLogProb: finite,
  teacherLogProb: v.nullable(finite),
  forwardKl: v.nullable(divergenceNats),
  reverseKl: v.nullable(divergenceNats),
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
  image: v.nullable(v.object({ width: count, height: count, visualTokens: count })),
  prefill: v.string(),
});

const sampling = v.object({
  temperature: finite,
  topP: finite,
  topK: count,
  seed: count,
  maxNewTokens: count,
  count,
});

/** A scene of the built-in world is drawn again from its place; any other picture is in the file, as a PNG. */
const picture = v.variant('kind', [
  v.object({
    kind: v.literal('scene'),
    split: v.picklist(SPLIT_NAMES),
    index: count,
    /** Only where the scene was drawn otherwise than its split's are. */
    usualShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    difficulty: v.optional(v.picklist(DIFFICULTIES)),
  }),
  v.object({
    kind: v.literal('png'),
    name: v.string(),
    data: v.pipe(v.string(), v.startsWith(PNG_HEAD), v.maxLength(MAX_PNG_CHARS)),
  }),
]);

/** What teachers saw in the picture's place. */
const instead = v.object({
  picture: v.picklist(['blank', 'swapped']),
  of: v.picklist(['all', ...TEACHER_NAMES]),
});

const trace = v.object({
  format: v.literal(TRACE_FORMAT),
  model: v.object({
    name: v.string(),
    architecture: v.string(),
    parameters: count,
    vocabSize: count,
  }),
  backend: v.picklist(['webgpu', 'wasm']),
  seed: v.nullable(count),
  sampling: v.nullable(sampling),
  /** How a completion given as text was read, one sentence each. */
  asRead: v.optional(v.array(v.string())),
  input: v.object({ question: v.string(), answer: v.string() }),
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
});

/** One entry of a top list; `otherP` is its probability on the other side, null without a teacher. */
export type TraceTopEntry = v.InferOutput<typeof topEntry>;

/** The student's picture, for whoever opens the trace; the engine does not write it, pages and commands do. */
export type TracePicture = v.InferOutput<typeof picture>;

/** The context a model saw: the rendered template text, prefill included; `image` null is no picture. */
export type TracePrompt = v.InferOutput<typeof prompt>;

/**
 * One completion token, in nats; all figures at the method's distillation temperature. Figures of a token without a teacher are null on the teacher's side;
 * `loss` is the divergence after the clip, before λ.
 */
export interface TokenTrace extends Omit<v.InferOutput<typeof token>, 'rule'> {
  rule: RuleId;
}

/** `seed` and `sampling` are null for a completion that was typed; `method` holds every switch. */
export interface Trace extends Omit<v.InferOutput<typeof trace>, 'tokens' | 'reason' | 'method'> {
  method: MethodConfig;
  reason: { code: RolloutFaultCode; message: string; char: number; token: number } | null;
  tokens: TokenTrace[];
}

/**
 * A trace from the text of an exported file.
 * Throws {@link PlaygroundError} `trace.not-json`, `trace.not-a-trace` naming what it is
 * instead where that is known, `trace.version` for a format
 * this version does not know, and `trace.field` naming the first broken field.
 */
export function parseTrace(text: string): Trace {
  const json = parseJson(text);
  const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : null;
  if (typeof format !== 'string' || !format.startsWith('vigos-trace/'))
    throw otherKind(text) ?? noTrace(format);
  if (format !== TRACE_FORMAT)
    throw new PlaygroundError({
      code: 'trace.version',
      message: `This trace has the format "${format}", and this version reads "${TRACE_FORMAT}".`,
      fix: 'Open it with the version of the playground that wrote it, or a newer one.',
      where: 'format',
      detail: { format, known: TRACE_FORMAT },
    });
  const result = v.safeParse(trace, json);
  if (!result.success) throw brokenField(result.issues[0]);
  checkSpans(result.output);
  // The schema keeps rule and fault codes as open strings, so that a later rule does not break an import.
  return result.output as Trace;
}

const COMPLETIONS =
  'Paste the text of one completion into “Edit this rollout”, or score it with `npm run inspect -- --rollout-text FILE`.';

/** Where a person gets on with a file that is no single trace; what is not listed is told by its format. */
const PLACES: Readonly<Partial<Record<ForeignKind, string>>> = {
  completions: COMPLETIONS,
  chat: COMPLETIONS,
  'token-ids': `Token ids mean nothing without their model. ${COMPLETIONS}`,
  examples: 'Type one question and its answer beside a picture, then run.',
  metrics: 'Curves are drawn of runs that were trained here; no page draws a foreign log.',
  trace: 'Give each trace a file of its own.',
  run: 'Open the zip file of the whole run on the Train page.',
  'adapter-config': 'Open the adapter on the Train page: a zip file of its whole folder.',
  'model-config': 'Open the whole model folder behind the backend’s name, top right.',
  zip: 'Runs and adapters are opened on the Train page; a trace is one JSON file.',
  gzip: 'Unpack it first.',
  parquet: 'Data sets are not opened here: type one question, its answer and its picture.',
  gguf: 'Models are opened as a folder in the Hugging Face layout, behind the backend’s name, top right.',
  safetensors: 'Models are opened as a whole folder, behind the backend’s name, top right.',
  html: 'Save the file itself instead of the page that shows it.',
};

/** Names a file that is something else; null for what is not known. */
function otherKind(text: string): PlaygroundError | null {
  const other = foreignText(text);
  const fix = other === null ? undefined : PLACES[other.kind];
  if (other === null || fix === undefined) return null;
  return new PlaygroundError({
    code: 'trace.not-a-trace',
    message: `This is ${other.what}; the playground opens single traces (${TRACE_FORMAT}).`,
    fix,
    where: 'the file',
    detail: { ...other },
  });
}

function noTrace(format: unknown): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.not-a-trace',
    message: 'This file is not a ViGOS trace.',
    fix: 'Pick a file that the playground or `npm run inspect -- --json` wrote.',
    where: 'format',
    detail: { format },
  });
}

/** Spans are token ranges `[start, end)`, so none may go past the tokens. */
function checkSpans({ spans, tokens }: v.InferOutput<typeof trace>): void {
  for (const [name, range] of Object.entries(spans))
    if (range !== undefined && range.end > tokens.length)
      throw fieldError(
        `spans.${name}.end`,
        `at most ${tokens.length}, the number of tokens`,
        range.end,
      );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const other = otherKind(text);
    if (other !== null) throw other;
    throw new PlaygroundError(
      {
        code: 'trace.not-json',
        message: 'This file is not JSON, or it was cut off.',
        fix: 'Export the trace again and pick the whole file.',
        detail: { original: cause instanceof Error ? cause.message : String(cause) },
      },
      { cause },
    );
  }
}

function brokenField(issue: v.BaseIssue<unknown>): PlaygroundError {
  const found = issue.type === 'check' ? issue.message : issue.received;
  return fieldError(v.getDotPath(issue) ?? 'the trace', issue.expected ?? 'another value', found);
}

function fieldError(field: string, expected: string, found: string | number): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.field',
    message: `The field ${field} of this trace is broken: expected ${expected}, found ${found}.`,
    fix: 'Export the trace again; a file edited by hand must keep every field.',
    where: field,
  });
}
