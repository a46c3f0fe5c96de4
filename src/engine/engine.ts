/** The engine behind the contract: one model, one backend at a time, jobs in a queue, errors as data. */

import { PlaygroundError, toErrorRecord } from '../base/errors.ts';
import { type Outcome, outcomeOf } from '../base/outcome.ts';
import { validateMethod } from '../method/validate.ts';
import type { GpuContext } from '../model/device.ts';
import { warmRuntime } from '../model/sessions.ts';
import { loadAssets, type ModelAssets } from './assets.ts';
import { openBackend, type ReadyBackend, type TrialMemory } from './backends.ts';
import { checkSampling } from './checks.ts';
import { ContextMaker } from './contexts.ts';
import type {
  BackendChoice,
  BackendStatus,
  EngineApi,
  EngineEvent,
  EngineStatus,
  JobTimings,
  LoadRequest,
  ModelSource,
  ModelStatus,
  RolloutRequest,
  RolloutResult,
  ScoredRollout,
  ScoreRequest,
  ScoreResult,
} from './contract.ts';
import { type JobHandle, JobQueue } from './jobs.ts';
import { LogitsStore } from './logitsStore.ts';
import { parseTrace, type Trace } from './trace.ts';
import {
  type Bench,
  type PlannedRollout,
  planRollout,
  type StepTimes,
  sampleRollouts,
  scoreRollout,
  typedCompletion,
} from './walk.ts';

/** A loaded model; `backend` is replaced when the user switches or the device is lost. */
interface Loaded {
  readonly assets: ModelAssets;
  readonly model: ModelStatus;
  readonly contexts: ContextMaker;
  readonly store: LogitsStore;
  readonly memory: TrialMemory;
  backend: ReadyBackend;
}

/** How long after a failure the device may take to say that it is lost, ms. */
const LOSS_NOTICE_MS = 250;
/** Losses in one step after which the engine stops to ask for a new device. */
const MAX_LOSSES = 2;

export class Engine implements EngineApi {
  readonly #queue = new JobQueue();
  #listener: (event: EngineEvent) => void = () => undefined;
  #loaded: Loaded | null = null;
  #loads = 0;

  async listen(listener: (event: EngineEvent) => void): Promise<void> {
    this.#listener = listener;
  }

  async status(): Promise<EngineStatus> {
    return {
      model: this.#loaded?.model ?? null,
      backend: this.#loaded?.backend.status ?? null,
      jobs: this.#queue.ids,
    };
  }

  load(request: LoadRequest): Promise<Outcome<EngineStatus>> {
    const id = `load ${++this.#loads}`;
    return outcomeOf(() => this.#queue.run(id, () => this.#load(request)), 'load');
  }

  setBackend(choice: BackendChoice): Promise<Outcome<BackendStatus>> {
    const id = `backend ${++this.#loads}`;
    return outcomeOf(
      () => this.#queue.run(id, () => this.#switchBackend(this.#need(), choice)),
      'backend',
    );
  }

  rollout(request: RolloutRequest): Promise<Outcome<RolloutResult>> {
    return this.#job(request.jobId, (job) => this.#rollout(request, job));
  }

  score(request: ScoreRequest): Promise<Outcome<ScoreResult>> {
    return this.#job(request.jobId, (job) => this.#score(request, job));
  }

  async cancel(jobId: string): Promise<void> {
    this.#queue.cancel(jobId);
  }

  importTrace(text: string): Promise<Outcome<Trace>> {
    return outcomeOf(() => parseTrace(text), 'trace');
  }

  async loseDevice(): Promise<boolean> {
    const device = this.#loaded?.backend.gpu?.device;
    device?.destroy();
    return device !== undefined;
  }

  async dispose(): Promise<void> {
    this.#queue.cancelAll();
    await this.#queue.run(`dispose ${++this.#loads}`, async () => {
      const loaded = this.#loaded;
      this.#loaded = null;
      if (loaded) await this.#close(loaded, loaded.backend);
    });
  }

  async #load(request: LoadRequest): Promise<EngineStatus> {
    const start = performance.now();
    const warming = warmRuntime(expectedBytes(request.source));
    const assets = await loadAssets(request.source, {
      onProgress: (progress) => this.#emit({ type: 'model.progress', step: 'read', ...progress }),
    });
    await warming;
    const memory: TrialMemory = new Map();
    const backend = await openBackend(
      assets,
      request.backend,
      memory,
      this.#building(assets.bytes),
    );
    const old = this.#loaded;
    const model: ModelStatus = {
      name: assets.name,
      architecture: assets.config.modelType,
      parameters: assets.parameters,
      bytes: assets.bytes,
      vocabSize: assets.config.text.vocabSize,
      contextLength: assets.config.text.maxPositions,
      readyMs: performance.now() - start,
    };
    const contexts = new ContextMaker(assets);
    const loaded = { assets, model, contexts, store: new LogitsStore(), memory, backend };
    this.#loaded = loaded;
    if (old) await this.#close(old, old.backend);
    this.#watch(loaded);
    this.#emit({ type: 'model.ready', model, backend: backend.status });
    return this.status();
  }

  /** Replaces the backend; the old one stays if the new one cannot be had. */
  async #switchBackend(loaded: Loaded, choice: BackendChoice): Promise<BackendStatus> {
    const { assets, memory } = loaded;
    const backend = await openBackend(assets, choice, memory, this.#building(assets.bytes));
    const old = loaded.backend;
    loaded.backend = backend;
    await this.#close(loaded, old);
    this.#watch(loaded);
    this.#emit({ type: 'backend.changed', backend: backend.status });
    return backend.status;
  }

  /** Frees what lives on a backend that is no longer in use. */
  async #close({ contexts, store }: Loaded, { network, gpu }: ReadyBackend): Promise<void> {
    store.clear();
    contexts.dropFeatures();
    await network.release();
    gpu?.device.destroy();
  }

  #building(bytes: number) {
    return (name: string) =>
      this.#emit({
        type: 'model.progress',
        step: name.startsWith('measure') ? 'measure' : 'build',
        file: name,
        loaded: bytes,
        total: bytes,
      });
  }

  #emit(event: EngineEvent): void {
    this.#listener(event);
  }

  #need(): Loaded {
    if (this.#loaded) return this.#loaded;
    throw new PlaygroundError({
      code: 'model.not-loaded',
      message: 'No model is loaded.',
      fix: 'Load a model first.',
      where: 'engine',
    });
  }

  /** Runs a job and tells the listener what becomes of it, before the next one starts. */
  async #job<T>(jobId: string, work: (job: JobHandle) => Promise<T>): Promise<Outcome<T>> {
    this.#emit({ type: 'job.state', jobId, state: 'queued' });
    const turn = await outcomeOf(
      () =>
        this.#queue.run(jobId, async (job) => {
          this.#emit({ type: 'job.state', jobId, state: 'running' });
          const outcome = await outcomeOf(() => {
            const { store, contexts } = this.#need();
            store.trim();
            contexts.trim();
            return work(job);
          }, jobId);
          this.#settle(jobId, outcome);
          return outcome;
        }),
      jobId,
    );
    if (turn.ok) return turn.value;
    this.#settle(jobId, turn);
    return turn;
  }

  #settle(jobId: string, outcome: Outcome<unknown>): void {
    const code = outcome.ok ? 'none' : outcome.error.code;
    // The job that owns the id goes on undisturbed.
    if (code === 'job.duplicate') return;
    const cancelled = code === 'job.cancelled';
    if (!outcome.ok && !cancelled) this.#emit({ type: 'job.failed', jobId, error: outcome.error });
    const state = outcome.ok ? 'done' : cancelled ? 'cancelled' : 'failed';
    this.#emit({ type: 'job.state', jobId, state });
  }

  async #rollout(request: RolloutRequest, job: JobHandle): Promise<RolloutResult> {
    const { jobId, input, sampling, method } = request;
    checkSampling(sampling);
    validateMethod(method);
    const start = performance.now();
    const times = noTimes();
    const completions = await this.#surviving((bench) => {
      const streams = Array.from({ length: sampling.count }, () => textStream(bench.assets));
      return sampleRollouts(
        bench,
        input,
        sampling,
        job,
        times,
        (rollout, index, { id, logProb }) => {
          const text = streams[rollout](id);
          this.#emit({ type: 'job.token', jobId, rollout, index, id, text, logProb });
        },
      );
    });
    const planned = completions.map((ids) => planRollout(this.#bench(), ids, method));
    for (const [rollout, plan] of planned.entries()) this.#announce(jobId, rollout, plan);
    const rollouts: ScoredRollout[] = [];
    if (request.score)
      for (const [rollout, plan] of planned.entries()) {
        const { trace, logits } = await this.#scorePlanned(request, plan, sampling, job, times);
        rollouts.push(logits === undefined ? { trace } : { trace, logits });
        this.#emit({ type: 'job.scored', jobId, rollout, trace });
      }
    return { jobId, completions, rollouts, timings: timingsOf(times, start) };
  }

  async #score(request: ScoreRequest, job: JobHandle): Promise<ScoreResult> {
    const { jobId, completion, method } = request;
    validateMethod(method);
    const start = performance.now();
    const times = noTimes();
    const bench = this.#bench();
    const ids =
      completion.kind === 'ids' ? completion.ids : typedCompletion(completion.text, bench.assets);
    const sampling = completion.kind === 'ids' ? completion.sampling : null;
    const planned = planRollout(bench, ids, method);
    this.#announce(jobId, 0, planned);
    const scored = await this.#scorePlanned(request, planned, sampling, job, times);
    this.#emit({ type: 'job.scored', jobId, rollout: 0, trace: scored.trace });
    return { jobId, ...scored, timings: timingsOf(times, start) };
  }

  #scorePlanned(
    request: RolloutRequest | ScoreRequest,
    planned: PlannedRollout,
    sampling: RolloutRequest['sampling'] | null,
    job: JobHandle,
    times: StepTimes,
  ) {
    const { jobId, input, logits = false } = request;
    const overrides = 'overrides' in request ? (request.overrides ?? {}) : {};
    const options = { input, overrides, sampling, logits };
    return this.#surviving((bench) =>
      scoreRollout(bench, planned, options, job, times, (step, done, total) =>
        this.#emit({ type: 'job.progress', jobId, step, done, total }),
      ),
    );
  }

  #announce(jobId: string, rollout: number, { ids, texts, parsed, plan }: PlannedRollout): void {
    this.#emit({ type: 'job.planned', jobId, rollout, ids, texts, parsed, plan });
  }

  #bench(): Bench {
    const { assets, contexts, store, backend } = this.#need();
    return { assets, contexts, store, network: backend.network };
  }

  /** Repeats a step that lost its GPU, on a new device or, after a second loss, on WebAssembly. */
  async #surviving<T>(step: (bench: Bench) => Promise<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      const loaded = this.#need();
      if (loaded.backend.gpu?.isLost()) await this.#recover(loaded, losses);
      const { gpu } = loaded.backend;
      const work = step(this.#bench());
      try {
        return await (gpu === null ? work : Promise.race([work, gpu.gone]));
      } catch (error) {
        if (gpu === null || losses >= MAX_LOSSES || !(await losesSoon(gpu))) throw error;
      }
    }
  }

  async #recover(loaded: Loaded, losses: number): Promise<void> {
    const start = performance.now();
    const { assets, memory } = loaded;
    const onStep = this.#building(assets.bytes);
    loaded.store.clear();
    loaded.contexts.dropFeatures();
    await loaded.backend.network.release().catch(() => undefined);
    loaded.backend = await this.#replacement(loaded, losses, () =>
      openBackend(assets, 'webgpu', memory, onStep),
    );
    this.#watch(loaded);
    const backend = loaded.backend.status;
    this.#emit({ type: 'device.recovered', backend, ms: performance.now() - start });
  }

  async #replacement(
    { assets, backend: { status }, memory }: Loaded,
    losses: number,
    openGpu: () => Promise<ReadyBackend>,
  ): Promise<ReadyBackend> {
    let why = 'The GPU was lost again and again, so the work goes on with WebAssembly.';
    if (losses < MAX_LOSSES)
      try {
        const { network, gpu, status: fresh } = await openGpu();
        return { network, gpu, status: { ...fresh, choice: status.choice, reason: status.reason } };
      } catch (error) {
        why = `The GPU was lost and did not come back: ${toErrorRecord(error).message}`;
      }
    memory.set('webgpu', { kind: 'unavailable', reason: why });
    const {
      network,
      gpu,
      status: wasm,
    } = await openBackend(assets, 'wasm', memory, this.#building(assets.bytes));
    return { network, gpu, status: { ...wasm, choice: status.choice, reason: why } };
  }

  /** Recovers at once when the device is lost while nothing runs. */
  #watch(loaded: Loaded): void {
    const { backend } = loaded;
    backend.gpu?.gone.catch((error: unknown) => {
      if (this.#loaded !== loaded || loaded.backend !== backend) return;
      this.#emit({ type: 'device.lost', message: toErrorRecord(error).message });
      const id = `recovery ${++this.#loads}`;
      void this.#queue
        .run(id, async () => {
          if (this.#loaded === loaded && loaded.backend.gpu?.isLost())
            await this.#recover(loaded, 0);
        })
        .catch(() => undefined);
    });
  }
}

/** A picked folder's size; the model that comes with the site is small. */
function expectedBytes(source: ModelSource): number {
  return source.kind === 'bundled' ? 0 : source.files.reduce((sum, { file }) => sum + file.size, 0);
}

/** Each token's own text as it comes; '' until a character is whole. */
function textStream({ tokenizer }: ModelAssets): (id: number) => string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (id) => decoder.decode(tokenizer.tokenBytes(id), { stream: true });
}

/** A failure may come a moment before the device says that it is lost. */
async function losesSoon(gpu: GpuContext): Promise<boolean> {
  const notice = new Promise<void>((resolve) => setTimeout(resolve, LOSS_NOTICE_MS));
  await Promise.race([gpu.gone.catch(() => undefined), notice]);
  return gpu.isLost();
}

function noTimes(): StepTimes {
  return { vision: 0, generate: 0, score: 0, divergence: 0 };
}

function timingsOf(times: StepTimes, start: number): JobTimings {
  return { ...times, total: performance.now() - start };
}
