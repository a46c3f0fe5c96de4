/** A loaded model on whichever backend it is on now: switched by the user, replaced when a GPU is lost. */

import { toErrorRecord } from '../base/errors.ts';
import type { BackendChoice, BackendStatus } from '../contract/backend.ts';
import type { EngineEvent, LoadRequest, ModelStatus } from '../contract/engine.ts';
import { expectedBytes } from '../contract/models/model-sources.ts';
import { ContextMaker } from '../inference/contexts.ts';
import { promptsOf } from '../inference/dialects.ts';
import { LogitsStore } from '../inference/logits-store.ts';
import type { ModelInUse } from '../inference/model-in-use.ts';
import { loadAssets, type ModelAssets } from '../model/assets.ts';
import type { GpuContext } from '../model/runtime/device.ts';
import { RUNTIME_BYTES } from '../model/runtime/runtime-bytes.ts';
import { warmRuntime } from '../model/runtime/sessions.ts';
import { openBackend, type ReadyBackend, type TrialMemory } from './backends.ts';

type Emit = (event: EngineEvent) => void;

/** How long after a failure the device may take to say that it is lost, ms. */
const LOSS_NOTICE_MS = 250;
/** Losses in one step after which no new device is asked for. */
const MAX_LOSSES = 2;

export class LoadedModel {
  readonly assets: ModelAssets;
  readonly status: ModelStatus;
  readonly #emit: Emit;
  readonly #contexts: ContextMaker;
  readonly #store = new LogitsStore();
  readonly #memory: TrialMemory;
  #backend: ReadyBackend;

  private constructor(
    assets: ModelAssets,
    backend: ReadyBackend,
    memory: TrialMemory,
    status: ModelStatus,
    emit: Emit,
  ) {
    this.assets = assets;
    this.status = status;
    this.#backend = backend;
    this.#memory = memory;
    this.#emit = emit;
    this.#contexts = new ContextMaker(assets);
  }

  /**
   * Reads a model and opens a backend for it. Throws what `loadAssets` and `openBackend` throw, and the signal's reason
   * once it is aborted.
   */
  static async load(
    { source, backend: choice, ...asked }: LoadRequest,
    emit: Emit,
    signal?: AbortSignal,
  ): Promise<LoadedModel> {
    const start = performance.now();
    // Both come over one line: while the model is read, that is what is told.
    let read = false;
    let runtime = { loaded: 0, total: RUNTIME_BYTES };
    const tellRuntime = () =>
      emit({ type: 'model.progress', step: 'runtime', file: 'ONNX Runtime', ...runtime });
    const warming = warmRuntime(expectedBytes(source), (loaded, total) => {
      runtime = { loaded, total };
      if (read) tellRuntime();
    });
    const assets = await loadAssets(source, {
      onProgress: (progress) => emit({ type: 'model.progress', step: 'read', ...progress }),
      onTransfer: (progress) => emit({ type: 'model.transfer', ...progress }),
      ...(signal === undefined ? {} : { signal }),
      ...asked,
    });
    signal?.throwIfAborted();
    const onStep = announcing(assets, emit);
    read = true;
    tellRuntime();
    await warming;
    signal?.throwIfAborted();
    const memory: TrialMemory = new Map();
    const backend = await openBackend(assets, choice, memory, onStep);
    if (signal?.aborted === true) {
      await backend.network.release();
      backend.gpu?.device.destroy();
      signal.throwIfAborted();
    }
    const status: ModelStatus = {
      name: assets.name,
      family: assets.architecture.family.label,
      abilities: assets.architecture.abilities,
      parameters: assets.parameters,
      bytes: assets.bytes,
      vocabSize: assets.config.text.vocabSize,
      contextLength: assets.config.text.maxPositions,
      notices: assets.notices,
      marks: assets.marks,
      kept: keptAs(assets),
      prompts: promptsOf(assets.architecture.dialect),
      readyMs: performance.now() - start,
    };
    return new LoadedModel(assets, backend, memory, status, emit);
  }

  get backend(): BackendStatus {
    return this.#backend.status;
  }

  /** What a job works with; changes when the backend does. */
  get inUse(): ModelInUse {
    const { network } = this.#backend;
    return { assets: this.assets, network, contexts: this.#contexts, store: this.#store };
  }

  /** Lets go of what old jobs left behind; call it between jobs. */
  trim(): void {
    this.#store.trim();
    this.#contexts.trim();
  }

  /** Replaces the backend; the old one stays if the new one cannot be had. */
  async switchTo(choice: BackendChoice): Promise<BackendStatus> {
    const onStep = announcing(this.assets, this.#emit);
    const backend = await openBackend(this.assets, choice, this.#memory, onStep);
    const old = this.#backend;
    this.#backend = backend;
    await this.#free(old);
    return backend.status;
  }

  /** Runs a step, and runs it again if its GPU is lost: on a new device, or in the end on WebAssembly. */
  async surviving<T>(step: (inUse: ModelInUse) => Promise<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      if (this.#isLost()) await this.recover(losses);
      const { gpu } = this.#backend;
      const work = step(this.inUse);
      try {
        return await (gpu === null ? work : Promise.race([work, gpu.gone]));
      } catch (error) {
        if (gpu === null || !(await isGoneSoon(gpu))) throw error;
      }
    }
  }

  /** Replaces a lost GPU; does nothing where none is lost. */
  async recover(losses = 0): Promise<void> {
    if (!this.#isLost()) return;
    const start = performance.now();
    const old = this.#backend;
    this.#backend = await this.#replacement(old.status, losses);
    await this.#free(old).catch(() => undefined);
    const ms = performance.now() - start;
    this.#emit({ type: 'device.recovered', backend: this.backend, ms });
  }

  /** Calls back when the present GPU is lost while the model is still on it. */
  onLoss(listener: (message: string) => void): void {
    const backend = this.#backend;
    backend.gpu?.gone.catch((error: unknown) => {
      if (this.#backend === backend) listener(toErrorRecord(error).message);
    });
  }

  /** Destroys the device, as a driver reset would; false without one. */
  loseDevice(): boolean {
    this.#backend.gpu?.device.destroy();
    return this.#backend.gpu !== null;
  }

  async close(): Promise<void> {
    await this.#free(this.#backend);
  }

  #isLost(): boolean {
    return this.#backend.gpu?.isLost() ?? false;
  }

  async #replacement({ choice, reason }: BackendStatus, losses: number): Promise<ReadyBackend> {
    const onStep = announcing(this.assets, this.#emit);
    const open = (name: BackendChoice) => openBackend(this.assets, name, this.#memory, onStep);
    let why = 'The GPU was lost again and again, so the work goes on with WebAssembly.';
    if (losses < MAX_LOSSES)
      try {
        const fresh = await open('webgpu');
        return { ...fresh, status: { ...fresh.status, choice, reason } };
      } catch (error) {
        why = `The GPU was lost and did not come back. ${toErrorRecord(error).message}`;
      }
    this.#memory.set('webgpu', { kind: 'unavailable', reason: why });
    const instead = await open('wasm');
    return { ...instead, status: { ...instead.status, choice, reason: why } };
  }

  /** Frees what lives on a backend that is no longer in use. */
  async #free({ network, gpu }: ReadyBackend): Promise<void> {
    this.#store.clear();
    this.#contexts.dropFeatures();
    await network.release();
    gpu?.device.destroy();
  }
}

/** Says which part of the model is being prepared, and how much of its weights where they are handed over one by one. */
function announcing({ bytes }: ModelAssets, emit: Emit) {
  return (file: string, of = { loaded: bytes, total: bytes }) => {
    const step = file.startsWith('measure') ? 'measure' : 'build';
    emit({ type: 'model.progress', step, file, ...of });
  };
}

function keptAs({ graphs, weightErrors }: ModelAssets): ModelStatus['kept'] {
  if (graphs.keeping === null) return null;
  const errors = [...weightErrors].map(([name, relative]) => ({ name, relative }));
  return { precision: graphs.keeping.precision, errors };
}

/** A failure may come a moment before the device says that it is lost. */
async function isGoneSoon(gpu: GpuContext): Promise<boolean> {
  const notice = new Promise<void>((resolve) => setTimeout(resolve, LOSS_NOTICE_MS));
  await Promise.race([gpu.gone.catch(() => undefined), notice]);
  return gpu.isLost();
}
