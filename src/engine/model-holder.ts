/** The one loaded model and the queue of all work on it: loaded, moved to another backend and recovered here alone. */

import { PlaygroundError } from '../base/errors.ts';
import { type JobHandle, JobQueue } from '../base/jobs.ts';
import { type Outcome, outcomeOf } from '../base/outcome.ts';
import type { BackendChoice, BackendStatus } from '../contract/backend.ts';
import type { EngineEvent, EngineStatus, LoadRequest } from '../contract/engine.ts';
import { sourceName } from '../contract/models/model-sources.ts';
import { LoadedModel } from './loaded-model.ts';
import { loadBusy } from './models.ts';

/** What the ids of the engine's own work begin with. */
const ERRAND = 'errand:';

export interface ModelUsers {
  /** Lets go of what hangs on the backend, or, with the model itself, of what hangs on that too. */
  release(what: 'sessions' | 'model'): Promise<void>;
  /** A model took its place; the one before is gone. */
  loaded(request: LoadRequest): Promise<void>;
}

export class ModelHolder {
  readonly #queue = new JobQueue();
  readonly #users: ModelUsers;
  #listener: (event: EngineEvent) => void = () => undefined;
  #model: LoadedModel | null = null;
  #errands = 0;

  constructor(users: ModelUsers) {
    this.#users = users;
  }

  listen(listener: (event: EngineEvent) => void): void {
    this.#listener = listener;
  }

  // As fields, so that they can be lent.
  readonly emit = (event: EngineEvent): void => this.#listener(event);

  /** Throws `model.not-loaded`. */
  readonly need = (): LoadedModel => {
    if (this.#model) return this.#model;
    throw new PlaygroundError({
      code: 'model.not-loaded',
      message: 'No model is loaded.',
      fix: 'Load a model first.',
      where: 'engine',
    });
  };

  /** Work that takes its turn among the jobs but is none of the page's. */
  readonly turn = <T>(name: string, work: (job: JobHandle) => Promise<T>): Promise<T> =>
    this.#queue.run(`${ERRAND}${name}:${++this.#errands}`, work);

  get model(): LoadedModel | null {
    return this.#model;
  }

  get status(): EngineStatus {
    return {
      model: this.#model?.status ?? null,
      backend: this.#model?.backend ?? null,
      jobs: this.#queue.ids.filter((id) => !id.startsWith(ERRAND)),
    };
  }

  async load(request: LoadRequest): Promise<Outcome<EngineStatus>> {
    if (this.#loads.length > 0)
      return { ok: false, error: loadBusy(sourceName(request.source)).record };
    return this.#errand('load', async ({ signal }) => {
      const model = await LoadedModel.load(request, (event) => this.#relay(event), signal);
      const old = this.#model;
      await this.#users.release('model');
      this.#model = model;
      await old?.close();
      await this.#users.loaded(request);
      this.#watch(model);
      this.emit({ type: 'model.ready', model: model.status, backend: model.backend });
      return this.status;
    });
  }

  /** Ids of the load under way or waiting. */
  get #loads(): string[] {
    return this.#queue.ids.filter((id) => id.startsWith(`${ERRAND}load:`));
  }

  cancelLoad(): void {
    for (const id of this.#loads) this.#queue.cancel(id);
  }

  async setBackend(choice: BackendChoice): Promise<Outcome<BackendStatus>> {
    this.emit({ type: 'backend.changing', choice });
    const outcome = await this.#errand('backend', async () => {
      const model = this.need();
      await this.#users.release('sessions');
      const backend = await model.switchTo(choice);
      this.#watch(model);
      this.emit({ type: 'backend.changed', backend });
      return backend;
    });
    if (!outcome.ok && this.#model)
      this.emit({ type: 'backend.changed', backend: this.#model.backend });
    return outcome;
  }

  /** Work that a page asked for; its answer says what came of it. */
  job<T>(jobId: string, work: (job: JobHandle) => Promise<T>): Promise<Outcome<T>> {
    return outcomeOf(
      () =>
        this.#queue.run(jobId, (job) => {
          this.need().trim();
          return work(job);
        }),
      jobId,
    );
  }

  cancel(jobId: string): void {
    this.#queue.cancel(jobId);
  }

  async dispose(): Promise<void> {
    this.#queue.cancelAll();
    await this.#errand('dispose', async () => {
      const model = this.#model;
      await this.#users.release('model');
      this.#model = null;
      await model?.close();
    });
  }

  #errand<T>(name: string, work: (job: JobHandle) => Promise<T>): Promise<Outcome<T>> {
    return outcomeOf(() => this.turn(name, work), name);
  }

  /** Recovers at once from a device that is lost, also while nothing runs. */
  #watch(model: LoadedModel): void {
    model.onLoss((message) => {
      if (this.#model !== model) return;
      this.emit({ type: 'device.lost', message });
      void this.#errand('recovery', async () => {
        if (this.#model !== model) return;
        await model.recover();
      }).then((outcome) => {
        if (outcome.ok || this.#model !== model || outcome.error.code === 'job.cancelled') return;
        this.emit({ type: 'device.failed', error: outcome.error });
      });
    });
  }

  /** What the model says, which may recover within a job too: its new device is watched like the first. */
  #relay(event: EngineEvent): void {
    if (event.type === 'device.recovered' && this.#model) this.#watch(this.#model);
    this.emit(event);
  }
}
