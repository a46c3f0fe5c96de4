/** The Lab's jobs on the loaded model: rolling out and scoring, told as they go. */

import type { JobHandle } from '../base/jobs.ts';
import { part } from '../base/part.ts';
import type {
  Completion,
  EngineEvent,
  GroupRequest,
  GroupResult,
  JobTimings,
  LeakageRequest,
  LeakageResult,
  LooksRequest,
  LooksResult,
  RolloutRequest,
  RolloutResult,
  ScoredRollout,
  ScoreRequest,
  ScoreResult,
} from '../contract/engine.ts';
import { checkSampling, checkScoring } from '../inference/checks.ts';
import { type LeakageTimes, readLeakage } from '../inference/leakage.ts';
import { readLooks } from '../inference/looks.ts';
import type { ModelInUse } from '../inference/model-in-use.ts';
import { type PlannedRollout, planRollout } from '../inference/reading.ts';
import { type StepTimes, sampleRollouts, scoreRollout } from '../inference/rollouts.ts';
import { readTyped } from '../inference/typed.ts';
import type { MethodConfig } from '../method/types.ts';
import { validateMethod } from '../method/validate.ts';
import type { ModelAssets } from '../model/assets.ts';
import type { LoadedModel } from './loaded-model.ts';

/** What the engine lends. */
export interface LabHost {
  /** Throws `model.not-loaded`. */
  need(): LoadedModel;
  /** The model in use with the student that was chosen. */
  lab(inUse: ModelInUse): Promise<ModelInUse>;
  emit(event: EngineEvent): void;
}

/** Each call is the work of one job, when its turn has come. */
export class LabJobs {
  readonly #host: LabHost;

  constructor(host: LabHost) {
    this.#host = host;
  }

  async rollout(request: RolloutRequest, job: JobHandle): Promise<RolloutResult> {
    const { jobId, input, sampling, method } = request;
    checkSampling(sampling);
    validateMethod(method);
    const start = performance.now();
    const times = noTimes();
    const model = this.#host.need();
    const sampled = await model.surviving(async (inUse) => {
      const texts = Array.from({ length: sampling.count }, () => textStream(inUse.assets));
      return sampleRollouts(
        await this.#host.lab(inUse),
        input,
        sampling,
        job,
        times,
        (rollout, index, { id, logProb }) => {
          const text = texts[rollout](id);
          this.#host.emit({ type: 'job.token', jobId, rollout, index, id, text, logProb });
        },
      );
    });
    const planned = sampled.map(({ ids }) => planRollout(model.assets, ids, method));
    for (const [rollout, plan] of planned.entries()) this.#announce(jobId, rollout, plan);
    const rollouts: ScoredRollout[] = [];
    if (request.score) {
      checkScoring(
        model.assets,
        planned.map(({ texts }) => texts.join('')),
      );
      for (const plan of planned) {
        const { trace, logits } = await this.#scorePlanned(request, plan, sampling, job, times);
        rollouts.push(logits === undefined ? { trace } : { trace, logits });
      }
    }
    return {
      jobId,
      completions: sampled.map(({ ids }) => ids),
      logProbs: sampled.map(({ logProbs }) => logProbs),
      rollouts,
      timings: timingsOf(times, start),
    };
  }

  async score(request: ScoreRequest, job: JobHandle): Promise<ScoreResult> {
    const { jobId, completion, method } = request;
    validateMethod(method);
    const start = performance.now();
    const times = noTimes();
    const { assets } = this.#host.need();
    checkScoring(assets);
    const typed = completion.kind === 'text';
    const { ids, asRead = [] } = idsOf(completion, assets, method);
    const planned = planRollout(assets, ids, method);
    this.#announce(jobId, 0, planned);
    const sampling = typed ? null : completion.sampling;
    const scored = await this.#scorePlanned(request, planned, sampling, job, times, asRead);
    return { jobId, ...scored, timings: timingsOf(times, start) };
  }

  async leakage(request: LeakageRequest, job: JobHandle): Promise<LeakageResult> {
    const { logits = false } = request;
    return this.#underBoth(request, (inUse, ids, onRead) =>
      readLeakage(inUse, ids, request, { pause: job.pause, onRead, logits }),
    );
  }

  async looks(request: LooksRequest, job: JobHandle): Promise<LooksResult> {
    return this.#underBoth(request, (inUse, ids, onRead) =>
      readLooks(inUse, ids, request, { pause: job.pause, onRead }),
    );
  }

  /** What an update of GRPO would make of a group of rollouts, with the student that was chosen. */
  async group({ jobId, ...subject }: GroupRequest, job: JobHandle): Promise<GroupResult> {
    const start = performance.now();
    const { readGroup } = await part('GRPO’s terms', () => import('../training/group.ts'));
    const onRead = (done: number, total: number) =>
      this.#host.emit({ type: 'job.progress', jobId, step: 'score', done, total });
    const { ms, ...reading } = await this.#host
      .need()
      .surviving(async (inUse) =>
        readGroup(await this.#host.lab(inUse), subject, { pause: job.pause, onRead }),
      );
    return { jobId, ...reading, timings: timingsOf({ ...noTimes(), score: ms }, start) };
  }

  /** Reads a completion under the teachers of both methods. */
  async #underBoth<T extends { ms: LeakageTimes }>(
    { jobId, completion, methods }: LeakageRequest | LooksRequest,
    read: (
      inUse: ModelInUse,
      ids: readonly number[],
      onRead: (done: number, total: number) => void,
    ) => Promise<T>,
  ) {
    for (const method of Object.values(methods)) validateMethod(method);
    const start = performance.now();
    const model = this.#host.need();
    const { ids } = idsOf(completion, model.assets, methods.vigos);
    const onRead = (done: number, total: number) =>
      this.#host.emit({ type: 'job.progress', jobId, step: 'score', done, total });
    const { ms, ...reading } = await model.surviving(async (inUse) =>
      read(await this.#host.lab(inUse), ids, onRead),
    );
    return { jobId, ...reading, timings: timingsOf({ ...ms, generate: 0 }, start) };
  }

  #scorePlanned(
    request: RolloutRequest | ScoreRequest,
    planned: PlannedRollout,
    sampling: RolloutRequest['sampling'] | null,
    job: JobHandle,
    times: StepTimes,
    asRead: readonly string[] = [],
  ) {
    const { jobId, input, logits = false } = request;
    const overrides = 'overrides' in request ? (request.overrides ?? {}) : {};
    const options = { input, overrides, sampling, asRead, logits };
    return this.#host
      .need()
      .surviving(async (inUse) =>
        scoreRollout(
          await this.#host.lab(inUse),
          planned,
          options,
          job,
          times,
          (step, done, total) =>
            this.#host.emit({ type: 'job.progress', jobId, step, done, total }),
        ),
      );
  }

  #announce(jobId: string, rollout: number, { ids, texts, parsed, plan }: PlannedRollout): void {
    this.#host.emit({ type: 'job.planned', jobId, rollout, ids, texts, parsed, plan });
  }
}

/** The ids of a completion, and how a given text was read. */
function idsOf(
  completion: Completion,
  assets: ModelAssets,
  { reading }: MethodConfig,
): { ids: readonly number[]; asRead?: readonly string[] } {
  return completion.kind === 'text' ? readTyped(completion.text, assets, reading) : completion;
}

/** Each token's own text as it comes; '' until a character is whole. */
function textStream({ tokenizer }: ModelAssets): (id: number) => string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (id) => decoder.decode(tokenizer.tokenBytes(id), { stream: true });
}

function noTimes(): StepTimes {
  return { vision: 0, generate: 0, score: 0, divergence: 0 };
}

function timingsOf(times: StepTimes, start: number): JobTimings {
  return { ...times, total: performance.now() - start };
}
