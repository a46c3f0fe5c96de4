/**
 * What is kept of a run, as schemas for whatever comes out of a file.
 *
 * `run.json` is a {@link RunRecord}. `metrics.jsonl` has one {@link LogLine} a line, in the order they were measured.
 * A figure that is not a finite number is written as null, since JSON has no other word for it, and read as NaN.
 */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { TEACHER_NAMES } from '../../method/types.ts';
import { checked } from '../settings/checked.ts';
import { withNamedFigures } from './earlier-metrics.ts';
import { RECIPE_KINDS } from './recipes.ts';
import type {
  Evaluation,
  Followed,
  FollowedRollout,
  FollowedStep,
  ModelIdentity,
  StepMetrics,
  TrainState,
} from './train-records.ts';
import { MAX_STEPS } from './train-rows.ts';
import type { TrainSettings } from './train-settings.ts';
import { validateTrainSettings } from './train-validate.ts';

/** Version 1 had the figures of distillation as fields of a step, see {@link withNamedFigures}. */
export const RUN_FORMAT = 'vigos-run/2';

/** `run.json`: what a run is and how far it is. */
export interface RunRecord {
  readonly format: typeof RUN_FORMAT;
  readonly id: string;
  /** What a person calls it. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly state: TrainState;
  /** Steps done, as far as they are recorded. */
  readonly step: number;
  /** Recipe, seed and every switch. */
  readonly settings: TrainSettings;
  readonly model: ModelIdentity;
  readonly backend: 'wasm' | 'webgpu';
  /** It came from a file without checksums of its own, so nobody knows whether it is as it was written. */
  readonly unverified?: true;
  /**
   * Counts the runs of this browser that were started, gone on with or taken in, up to this one: orders them whatever
   * the clock does. Absent in files of earlier versions.
   */
  readonly turn?: number;
  /** It is being taken in: what broke off in that was never whole, and whoever brought it has it still. */
  readonly incoming?: true | undefined;
}

/** One line of `metrics.jsonl`. */
export type LogLine =
  | ({ readonly type: 'step' } & StepMetrics)
  | ({ readonly type: 'evaluation' } & Evaluation)
  | ({ readonly type: 'followed' } & FollowedRollout)
  | ({ readonly type: 'followed-step' } & FollowedStep);

/** Everything that a run measured, sorted. */
export interface RunLog {
  readonly metrics: readonly StepMetrics[];
  readonly evaluations: readonly Evaluation[];
  readonly followed: Followed | null;
}

const figure = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
/** No run has more steps than its settings may ask for. */
const stepNumber = v.pipe(count, v.maxValue(MAX_STEPS));
const optional = v.nullable(v.number());
/** Of rollouts, tokens or answers. */
const part = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const optionalPart = v.nullable(part);
/** Figures that are shares. */
const SHARES = RECIPE_KINDS.flatMap(({ charts }) => charts)
  .filter(({ scale }) => scale === 'share')
  .flatMap(({ lines }) => lines.map(({ id }) => id));
const teacher = v.nullable(v.picklist(TEACHER_NAMES));

const figures = v.pipe(
  v.record(v.string(), figure),
  v.check((own) => SHARES.every((id) => !(own[id] < 0 || own[id] > 1)), 'a share is not in 0 to 1'),
);

const stepMetrics = v.object({
  step: stepNumber,
  loss: figure,
  figures,
  entropy: figure,
  gradNorm: figure,
  learningRate: figure,
  tokens: count,
  activeTokens: count,
  ms: v.object({
    rollout: figure,
    teachers: figure,
    forward: figure,
    divergence: figure,
    backward: figure,
    optimizer: figure,
    total: figure,
  }),
  compileMs: figure,
  tokensPerSecond: figure,
  memory: v.object({ jsHeap: optional, wasm: optional, device: optional }),
}) satisfies v.GenericSchema<unknown, StepMetrics>;

const evaluation = v.object({
  step: stepNumber,
  accuracy: optionalPart,
  prior: optionalPart,
  score: optionalPart,
  valid: figure,
  counts: v.object({ accuracy: count, prior: count, score: count, valid: count }),
  figures: v.optional(
    v.record(v.string(), v.object({ value: v.number(), low: v.number(), high: v.number() })),
  ),
  ms: figure,
}) satisfies v.GenericSchema<unknown, Evaluation>;

const followedRollout = v.object({
  item: count,
  question: v.string(),
  answer: v.string(),
  ids: v.array(count),
  texts: v.array(v.string()),
  teachers: v.array(teacher),
}) satisfies v.GenericSchema<unknown, FollowedRollout>;

const followedStep = v.object({
  step: stepNumber,
  divergence: v.array(optional),
}) satisfies v.GenericSchema<unknown, FollowedStep>;

const logLine = v.variant('type', [
  v.object({ type: v.literal('step'), ...stepMetrics.entries }),
  v.object({ type: v.literal('evaluation'), ...evaluation.entries }),
  v.object({ type: v.literal('followed'), ...followedRollout.entries }),
  v.object({ type: v.literal('followed-step'), ...followedStep.entries }),
]) satisfies v.GenericSchema<unknown, LogLine>;

export const modelIdentity = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  fingerprint: v.pipe(v.string(), v.minLength(1)),
}) satisfies v.GenericSchema<unknown, ModelIdentity>;

export const backendName = v.picklist(['wasm', 'webgpu']);

/** Everything that was measured, as a checkpoint and a run's JSON hold it. */
export const runLog = v.object({
  metrics: v.array(v.pipe(v.unknown(), v.transform(withNamedFigures), stepMetrics)),
  evaluations: v.array(evaluation),
  followed: v.nullable(v.object({ rollout: followedRollout, steps: v.array(followedStep) })),
}) satisfies v.GenericSchema<unknown, RunLog>;

const date = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.check((text) => Number.isFinite(Date.parse(text)), 'no such time'),
);

const runRecord = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'not an id')),
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  createdAt: date,
  updatedAt: date,
  state: v.picklist(['running', 'paused', 'stopped', 'done', 'failed']),
  step: stepNumber,
  settings: v.unknown(),
  model: modelIdentity,
  backend: backendName,
  unverified: v.optional(v.literal(true)),
  turn: v.optional(count),
  incoming: v.optional(v.literal(true)),
});

/**
 * A record from parsed JSON; fields of other versions are dropped.
 * Throws {@link PlaygroundError} `run.newer`, `run.invalid` (naming the field) and what `validateTrainSettings` throws.
 */
export function readRunRecord(json: unknown, where = 'run.json'): RunRecord {
  checkFormat(json, RUN_FORMAT, where);
  const record = check(runRecord, json, where);
  return { ...record, format: RUN_FORMAT, settings: validateTrainSettings(record.settings) };
}

/** One line of a log from parsed JSON. Throws {@link PlaygroundError} `run.invalid`. */
export function readLogLine(json: unknown, where: string): LogLine {
  return check(logLine, withNamedFigures(json), where);
}

/** A value of a schema. Throws {@link PlaygroundError} `run.invalid` with the path of the first wrong field. */
export function check<T extends v.GenericSchema>(
  schema: T,
  json: unknown,
  where: string,
): v.InferOutput<T> {
  return checked(schema, json, (reason, field) => invalid(where, reason, field));
}

/** Refuses another format, and a later version of the same one by that name; earlier ones are read. */
export function checkFormat(json: unknown, expected: string, where: string): void {
  const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : null;
  const [kind, version] = expected.split('/');
  const found = typeof format === 'string' ? /^([\w-]+)\/([1-9]\d*)$/.exec(format) : null;
  if (found?.[1] === kind && Number(found[2]) <= Number(version)) return;
  if (found?.[1] === kind)
    throw new PlaygroundError({
      code: 'run.newer',
      message: `${where} is ${String(format)}, written by a later version of this page; this one reads ${expected}.`,
      fix: 'Reload the page to get its latest version, then try again.',
      where,
      detail: { found: format, expected },
    });
  const said = typeof format === 'string' ? `its format is "${format}"` : 'it names no format';
  throw invalid(where, `${said}, not ${expected}`, 'format');
}

export function invalid(
  where: string,
  reason: string,
  field = '',
  cause?: unknown,
): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'run.invalid',
      message: `${where} cannot be used: ${reason}.`,
      fix: 'Take the file unchanged as this page exported it.',
      where: field === '' ? where : `${where}: ${field}`,
      detail: { reason, field },
    },
    cause === undefined ? undefined : { cause },
  );
}
