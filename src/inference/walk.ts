/** The way of a token: sample, read, plan, score under each teacher, measure, record. */

import { PlaygroundError } from '../base/errors.ts';
import type { JobHandle } from '../base/jobs.ts';
import type {
  ContextOverrides,
  JobStep,
  LogitsDump,
  RolloutInput,
  SamplingConfig,
  ScoredRollout,
} from '../contract/engine.ts';
import type { MethodConfig, ParsedRollout, SupervisionPlan, TeacherName } from '../method/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import type { ImageFeatures, ModelNetwork } from '../model/runtime/network.ts';
import { checkIds, checkRoom } from './checks.ts';
import type { Context, ContextMaker, ContextName } from './contexts.ts';
import type { Sampled } from './generate.ts';
import { type FigurePair, LogitOps } from './logit-ops.ts';
import type { LogitsStore, Stretch } from './logits-store.ts';
import { readCompletion } from './reading.ts';
import { recordTrace } from './record.ts';
import { sample } from './sample.ts';
import { type ForcedContext, forceContexts } from './score.ts';

/** A loaded model on one backend, with what earlier jobs left behind. */
export interface Bench {
  readonly assets: ModelAssets;
  readonly network: ModelNetwork;
  readonly contexts: ContextMaker;
  readonly store: LogitsStore;
  /** Rolls out and is scored in the base's place; teachers stay the base. */
  readonly student?: BenchStudent;
}

/** A trained student on the bench's backend. */
export interface BenchStudent {
  readonly network: ModelNetwork;
  /** Equal students have equal keys. */
  readonly key: string;
  /** Whether it sees pictures with a tower of its own. */
  readonly vision: boolean;
}

/** Milliseconds by step, added up over a job. */
export type StepTimes = Record<JobStep, number>;

/** A completion with its reading and its plan. */
export interface PlannedRollout {
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly parsed: ParsedRollout;
  readonly plan: SupervisionPlan;
}

/** Entries of both top lists. */
const TOP = 10;
/** Most bytes of logits that one run may leave. */
const MAX_LOGITS_BYTES = 256 * 1024 * 1024;

/** Samples `sampling.count` completions of the student's prompt. */
export async function sampleRollouts(
  bench: Bench,
  input: RolloutInput,
  sampling: SamplingConfig,
  job: JobHandle,
  times: StepTimes,
  onToken: (rollout: number, index: number, sampled: Sampled) => void,
): Promise<number[][]> {
  const { assets, network, contexts } = bench;
  const student = contexts.student(input);
  checkRoom(student, sampling.maxNewTokens, assets);
  const features = await timed(times, 'vision', () => featuresOf(bench, student));
  await job.pause();
  const generated = await timed(times, 'generate', () =>
    sample(
      bench.student?.network ?? network,
      assets,
      {
        ...sampling,
        prompts: [{ prompt: student.prompt, features }],
        rows: new Array<number>(sampling.count).fill(0),
      },
      { onToken, pause: job.pause, undrawn: ({ step }, bad) => notFinite(step, bad) },
    ),
  );
  return generated.map(({ ids }) => [...ids]);
}

/**
 * Reads a completion and decides who supervises each token; ids after the first EOS are dropped.
 * Throws `rollout.empty`, and `rollout.foreign-ids` for ids that the model has no embedding of.
 */
export function planRollout(
  assets: ModelAssets,
  sampled: readonly number[],
  method: MethodConfig,
): PlannedRollout {
  const { tokenizer, tagIds, specialIds } = assets;
  checkIds(sampled, assets);
  const eos = sampled.findIndex((id) => tokenizer.eosIds.includes(id));
  const ids = eos < 0 ? sampled : sampled.slice(0, eos + 1);
  const texts = tokenizer.tokenTexts(ids);
  const form = { eosIds: tokenizer.eosIds, specialIds, tagIds };
  return { ids, texts, ...readCompletion(ids, texts, form, method) };
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
  bench: Bench,
  rollout: PlannedRollout,
  options: ScoreOptions,
  job: JobHandle,
  times: StepTimes,
  onProgress: (step: JobStep, done: number, total: number) => void,
): Promise<ScoredRollout & { reused: ContextName[] }> {
  const { ids, plan, parsed } = rollout;
  const ops = new LogitOps(bench.network.device);
  const wanted = wantedStretches(bench, rollout, options);
  const stretches = new Map<ContextName, Stretch>();
  for (const want of wanted) {
    const found = bench.store.find(want.key, want.from, want.to);
    if (found !== undefined) stretches.set(want.context.name, found);
  }
  const reused = [...stretches.keys()];
  const missing = wanted.filter(({ context }) => !stretches.has(context.name));
  onProgress('score', reused.length, wanted.length);
  for (const group of fittingGroups(missing, bench)) {
    await job.pause();
    const scored = await forceGroup(bench, group, ids, times);
    for (const [name, stretch] of scored) stretches.set(name, stretch);
    onProgress('score', stretches.size, wanted.length);
  }
  await job.pause();
  const student = rowOf(stretches, 'student');
  const pairs = ids.map((sampledId, i): FigurePair => {
    const { teacher, divergence, boundaryCap } = plan.tokens[i];
    const other = teacher === null ? student : rowOf(stretches, teacher);
    return {
      ...(boundaryCap === null ? {} : { cap: boundaryCap }),
      student: student(i),
      teacher: other(i),
      sampledId,
      divergence: divergence ?? { kind: 'forward-kl' },
    };
  });
  const { temperature, clip } = plan.method;
  const figures = await timed(times, 'divergence', () =>
    ops.measure(pairs, { temperature, clip, topK: TOP }),
  );
  const contexts = wanted.map(({ context }) => context);
  const trace = recordTrace({
    assets: bench.assets,
    backend: bench.network.target.backend,
    input: options.input,
    sampling: options.sampling,
    ...(options.asRead && { asRead: options.asRead }),
    ids,
    texts: rollout.texts,
    parsed,
    plan,
    contexts,
    figures,
  });
  if (!options.logits) return { trace, reused };
  return { trace, reused, logits: await dumpLogits(bench, plan, stretches) };
}

/** A context and the completion tokens `[from, to)` that it has to predict. */
interface WantedStretch {
  readonly context: Context;
  readonly from: number;
  readonly to: number;
  readonly key: string;
}

function wantedStretches(
  { assets, contexts, student }: Bench,
  { ids, parsed, plan }: PlannedRollout,
  { input, overrides }: ScoreOptions,
): WantedStretch[] {
  const shown = ids.join();
  const want = (context: Context, from: number, to: number): WantedStretch => {
    const who = context.name === 'student' ? (student?.key ?? '') : '';
    return { context, from, to, key: `${context.key}|${shown}|${who}` };
  };
  const teachers = plan.teachersNeeded.map((name) => {
    const from = plan.tokens.findIndex(({ teacher }) => teacher === name);
    const to = plan.tokens.findLastIndex(({ teacher }) => teacher === name) + 1;
    const context = contexts.teacher(name, input, overrides, plan.method, parsed);
    return want(context, from, to);
  });
  const wanted = [want(contexts.student(input), 0, ids.length), ...teachers];
  for (const { context, to } of wanted) checkRoom(context, to - context.offset, assets);
  return wanted;
}

/** Splits contexts into runs whose logits fit into memory and into one GPU binding. */
function fittingGroups(
  wanted: readonly WantedStretch[],
  { network, student }: Bench,
): WantedStretch[][] {
  const limits = network.device?.limits;
  const most = Math.min(
    MAX_LOGITS_BYTES,
    limits?.maxStorageBufferBindingSize ?? MAX_LOGITS_BYTES,
    limits?.maxBufferSize ?? MAX_LOGITS_BYTES,
  );
  const rowBytes = network.config.text.vocabSize * 4;
  const groups: WantedStretch[][] = [];
  let widest = 0;
  for (const want of wanted) {
    const group = groups[groups.length - 1];
    const rows = Math.max(widest, want.to - want.from);
    const together = student === undefined || group?.[0].context.name !== 'student';
    if (group !== undefined && together && (group.length + 1) * rows * rowBytes <= most) {
      group.push(want);
      widest = rows;
    } else {
      groups.push([want]);
      widest = want.to - want.from;
    }
  }
  return groups;
}

async function forceGroup(
  bench: Bench,
  group: readonly WantedStretch[],
  ids: readonly number[],
  times: StepTimes,
): Promise<Map<ContextName, Stretch>> {
  const { assets, store } = bench;
  const isStudent = group[0].context.name === 'student';
  const network = (isStudent ? bench.student?.network : undefined) ?? bench.network;
  const forced: ForcedContext[] = [];
  for (const { context, from, to } of group) {
    const features = await timed(times, 'vision', () => featuresOf(bench, context));
    const { prompt, offset } = context;
    forced.push({ prompt, features, ids: ids.slice(offset, to), from: from - offset });
  }
  const { logits, firstRows } = await timed(times, 'score', () =>
    forceContexts(network, forced, assets.padId),
  );
  const byName = new Map<ContextName, Stretch>();
  const byKey = new Map<string, Stretch>();
  for (const [i, { context, from, to, key }] of group.entries()) {
    const stretch = { logits, firstRow: firstRows[i], from, to };
    byName.set(context.name, stretch);
    byKey.set(key, stretch);
  }
  store.add(logits, byKey);
  return byName;
}

/** Visual tokens as this context's reader sees them; a tower of the student's own encodes them each time. */
async function featuresOf(
  { contexts, network, student }: Bench,
  context: Context,
): Promise<ImageFeatures | null> {
  const { pixelValues, imageGrids } = context.prompt;
  if (
    context.name !== 'student' ||
    student === undefined ||
    !student.vision ||
    pixelValues === null
  )
    return contexts.features(network, context);
  return student.network.encodeImages(pixelValues, imageGrids);
}

/** Where a context predicts token i. */
function rowOf(stretches: ReadonlyMap<ContextName, Stretch>, name: ContextName) {
  const stretch = stretches.get(name);
  if (stretch === undefined)
    throw new PlaygroundError({
      code: 'internal.unscored',
      message: `The context "${name}" was planned but not scored.`,
      fix: 'Score the rollout again, and report it if it happens twice.',
      where: name,
    });
  const { logits, firstRow, from } = stretch;
  return (token: number) => ({ logits, row: firstRow + token - from });
}

async function dumpLogits(
  { network }: Bench,
  plan: SupervisionPlan,
  stretches: ReadonlyMap<ContextName, Stretch>,
): Promise<NonNullable<ScoredRollout['logits']>> {
  const ops = new LogitOps(network.device);
  const dump = async (name: ContextName, tokens: number[]): Promise<LogitsDump> => {
    const row = rowOf(stretches, name);
    const { logits, row: first } = row(tokens[0]);
    const last = row(tokens[tokens.length - 1]).row;
    const all = await ops.readRows(logits, first, last - first + 1);
    const { vocab } = logits;
    const data = new Float32Array(tokens.length * vocab);
    for (const [i, token] of tokens.entries()) {
      const at = (row(token).row - first) * vocab;
      data.set(all.subarray(at, at + vocab), i * vocab);
    }
    return { tokens: Int32Array.from(tokens), vocab, data };
  };
  const teachers: Partial<Record<TeacherName, LogitsDump>> = {};
  for (const name of plan.teachersNeeded) {
    const tokens = plan.tokens.flatMap(({ teacher }, i) => (teacher === name ? [i] : []));
    teachers[name] = await dump(name, tokens);
  }
  return { student: await dump('student', [...plan.tokens.keys()]), teachers };
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
    fix: 'The weights are broken: load the model again, or pick another checkpoint.',
    where: `token ${token}, student`,
    detail: { token, bad },
  });
}
