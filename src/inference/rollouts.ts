/** The Lab's rollouts: sampled from the student's prompt, and scored under each teacher as a trace. */

import { PlaygroundError } from '../base/errors.ts';
import type { JobHandle } from '../base/jobs.ts';
import type {
  ContextOverrides,
  JobStep,
  RolloutInput,
  SamplingConfig,
  ScoredRollout,
} from '../contract/engine.ts';
import { checkRoom } from './checks.ts';
import type { Context, ContextName } from './contexts.ts';
import { LogitsCopy } from './dump.ts';
import type { Generated, Sampled } from './generate.ts';
import { LogitOps } from './logit-ops.ts';
import { measureCompletions, stretchOf } from './measure.ts';
import { featuresOf, type ModelInUse } from './model-in-use.ts';
import type { Reader } from './read-rounds.ts';
import type { PlannedRollout } from './reading.ts';
import { recordTrace } from './record.ts';
import { sample } from './sample.ts';

/** Milliseconds by step, added up over a job. */
export type StepTimes = Record<JobStep, number>;

/** Entries of both top lists. */
const TOP = 10;

/** Samples `sampling.count` completions of the student's prompt. */
export async function sampleRollouts(
  inUse: ModelInUse,
  input: RolloutInput,
  sampling: SamplingConfig,
  job: JobHandle,
  times: StepTimes,
  onToken: (rollout: number, index: number, sampled: Sampled) => void,
): Promise<Generated[]> {
  const { assets, network, contexts } = inUse;
  const student = contexts.student(input);
  checkRoom(student, sampling.maxNewTokens, assets);
  const features = await timed(times, 'vision', () => featuresOf(inUse, student));
  await job.pause();
  return timed(times, 'generate', () =>
    sample(
      inUse.student?.network ?? network,
      assets,
      {
        ...sampling,
        prompts: [{ prompt: student.prompt, features }],
        rows: new Array<number>(sampling.count).fill(0),
      },
      { onToken, pause: job.pause, undrawn: ({ step }, bad) => notFinite(step, bad) },
    ),
  );
}

export interface ScoreOptions {
  readonly input: RolloutInput;
  readonly overrides: ContextOverrides;
  readonly sampling: SamplingConfig | null;
  /** How a given text was read, see typed.ts. */
  readonly asRead?: readonly string[];
  /** Answer with the logits too. */
  readonly logits: boolean;
}

/**
 * Scores a planned rollout under the student's and every needed teacher's context. Throws
 * `rollout.too-long` naming the context that has no room for it.
 */
export async function scoreRollout(
  inUse: ModelInUse,
  rollout: PlannedRollout,
  options: ScoreOptions,
  job: JobHandle,
  times: StepTimes,
  onProgress: (step: JobStep, done: number, total: number) => void,
): Promise<ScoredRollout & { reused: ContextName[] }> {
  const { assets, store, network } = inUse;
  const { ids, plan, parsed, texts } = rollout;
  const contexts = contextsOf(inUse, rollout, options);
  const readers = contexts.map((context) => readerOf(inUse, context, ids));
  const [student, ...taught] = readers;
  const ops = new LogitOps(network.device);
  const copy = options.logits ? new LogitsCopy(ops, plan) : null;
  const { temperature, clip } = plan.method;
  const teachers = new Map(plan.teachersNeeded.map((name, i) => [name, taught[i]]));
  try {
    const { figures, reused, ms } = await measureCompletions(
      ops,
      [{ ids, plan, student, teachers }],
      {
        temperature,
        clip,
        topK: TOP,
        padId: assets.padId,
        untaught: true,
        store,
        pause: job.pause,
        onRead: (done, total) => onProgress('score', done, total),
        ...(copy && { onHeld: (_, held, rowOf) => copy.take(held, rowOf) }),
      },
    );
    times.vision += ms.vision;
    times.score += ms.score;
    times.divergence += ms.divergence;
    const trace = recordTrace({
      assets,
      backend: network.target.backend,
      input: options.input,
      sampling: options.sampling,
      ...(options.asRead && { asRead: options.asRead }),
      ids,
      texts,
      parsed,
      plan,
      contexts,
      figures: figures[0].flatMap((figure) => figure ?? []),
    });
    return { trace, reused: [...reused], ...(copy && { logits: copy.logits }) };
  } finally {
    store.trim();
  }
}

/** The student's context, then those of the teachers that the plan needs, in its order. */
function contextsOf(
  { assets, contexts }: ModelInUse,
  { ids, parsed, plan }: PlannedRollout,
  { input, overrides }: ScoreOptions,
): Context[] {
  const student = contexts.student(input);
  checkRoom(student, ids.length, assets);
  const teachers = plan.teachersNeeded.map((name) => {
    const context = contexts.teacher(name, input, overrides, plan.method, parsed);
    checkRoom(context, stretchOf(plan, name).to - context.offset, assets);
    return context;
  });
  return [student, ...teachers];
}

/** Who reads in a context; a student of the model's own in the student's. */
export function readerOf(inUse: ModelInUse, context: Context, ids: readonly number[]): Reader {
  const student = context.name === 'student' ? inUse.student : undefined;
  return {
    network: student?.network ?? inUse.network,
    prompt: context.prompt,
    offset: context.offset,
    features: () => featuresOf(inUse, context),
    picture: context.picture?.key ?? '',
    key: `${context.key}|${ids.join()}|${student?.key ?? ''}`,
  };
}

async function timed<T>(times: StepTimes, step: JobStep, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    times[step] += performance.now() - start;
  }
}

function notFinite(token: number, bad: unknown): PlaygroundError {
  return new PlaygroundError({
    code: 'generate.not-finite',
    message: `The student's logits for token ${token} are no numbers, so nothing can be sampled.`,
    fix: 'The weights are broken: load the model again, or pick another model.',
    where: `token ${token}, student`,
    detail: { token, bad },
  });
}
