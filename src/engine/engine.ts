/** The engine behind the contract: one model, jobs in a queue, errors as data. */

import { PlaygroundError } from '../base/errors.ts';
import { type JobHandle, JobQueue } from '../base/jobs.ts';
import { type Outcome, outcomeOf, unwrap } from '../base/outcome.ts';
import type {
  BackendChoice,
  BackendStatus,
  EngineApi,
  EngineEvent,
  EngineStatus,
  LeakageRequest,
  LeakageResult,
  LoadRequest,
  LooksRequest,
  LooksResult,
  RolloutRequest,
  RolloutResult,
  ScoreRequest,
  ScoreResult,
} from '../contract/engine.ts';
import type { EvaluateApi } from '../contract/evaluation.ts';
import type { FilterApi } from '../contract/filter.ts';
import type {
  Fetched,
  FetchRequest,
  KnownVerdict,
  ModelLook,
  ModelShelf,
  ModelSource,
} from '../contract/model-sources.ts';
import { sourceName } from '../contract/model-sources.ts';
import type { ScoringApi } from '../contract/rollout-scores.ts';
import type {
  ExportedFile,
  Imported,
  OpenedRun,
  ResumeOptions,
  RunCurves,
  RunExport,
  RunList,
  StoredRun,
  StudentChoice,
} from '../contract/runs.ts';
import type { OpenedTrace } from '../contract/trace.ts';
import type { StudentStatus, TrainApi, TrainRequest, TrainResult } from '../contract/training.ts';
import { DataDesk } from './data/data-desk.ts';
import type { StudentLoan } from './engine-loan.ts';
import { Evaluations } from './evaluation/evaluations.ts';
import { Filters } from './filter/filters.ts';
import { LabJobs } from './lab-jobs.ts';
import { LoadedModel } from './loaded-model.ts';
import { loadBusy, ModelDesk } from './models.ts';
import { identityOf, RunDesk } from './runs/desk.ts';
import { RunKeeper } from './runs/keeper.ts';
import { Scorings } from './scoring/scorings.ts';
import { openTrace } from './traces/open-trace.ts';
import { Training } from './training/training.ts';

/** What the ids of the engine's own work begin with. */
const ERRAND = 'errand:';

export class Engine implements EngineApi {
  readonly #queue = new JobQueue();
  #listener: (event: EngineEvent) => void = () => undefined;
  #model: LoadedModel | null = null;
  #errands = 0;
  readonly #data = new DataDesk((event) => this.#emit(event));
  readonly #training = new Training(
    {
      need: () => this.#need(),
      turn: (name, work) => this.#queue.run(this.#errandId(name), work),
      emit: (event) => {
        this.#emit(event);
        this.#keeper.observe(event);
      },
    },
    async (reference) => (await this.#data.sets()).opened(reference),
  );
  readonly #keeper = new RunKeeper({
    training: this.#training,
    identity: async () => ({
      model: await identityOf(this.#need().assets),
      backend: this.#need().backend.name,
    }),
    emit: (event) => this.#emit(event),
  });
  readonly #desk = new RunDesk({
    keeper: this.#keeper,
    assets: () => this.#need().assets,
    holds: (runId, step) => this.#training.holds(runId, step),
  });

  /** What is lent to work of many turns. */
  readonly #lent: StudentLoan<EngineEvent> = {
    need: () => this.#need(),
    turn: (name, work) => this.#queue.run(this.#errandId(name), work),
    emit: (event: EngineEvent) => this.#emit(event),
    student: async (choice) => this.#training.student(await this.#desk.student(choice)),
  };

  readonly #evaluations = new Evaluations(this.#lent, this.#data.evaluated);
  readonly #kept = this.#evaluations.kept;
  readonly #filters = new Filters(this.#lent);
  readonly #scorings = new Scorings(this.#lent);

  readonly #lab = new LabJobs({
    need: () => this.#need(),
    lab: (inUse) => this.#training.lab(inUse),
    emit: (event) => this.#emit(event),
  });

  readonly #models = new ModelDesk((event) => this.#emit(event));

  async listen(listener: (event: EngineEvent) => void): Promise<void> {
    this.#listener = listener;
  }

  async status(): Promise<EngineStatus> {
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
      await this.#training.clear();
      await this.#evaluations.releaseSessions();
      await this.#scorings.releaseSessions();
      this.#model = model;
      await old?.close();
      await this.#models.use(request.source);
      this.#watch(model);
      this.#emit({ type: 'model.ready', model: model.status, backend: model.backend });
      return this.status();
    });
  }

  /** Ids of the load under way or waiting. */
  get #loads(): string[] {
    return this.#queue.ids.filter((id) => id.startsWith(`${ERRAND}load:`));
  }

  async cancelLoad(): Promise<void> {
    for (const id of this.#loads) this.#queue.cancel(id);
  }

  lookAtModel(source: ModelSource): Promise<Outcome<ModelLook>> {
    return outcomeOf(() => this.#models.look(source), 'model');
  }

  fetchModel(request: FetchRequest): Promise<Outcome<Fetched>> {
    return outcomeOf(() => this.#models.fetch(request), 'model');
  }

  async cancelFetch(): Promise<void> {
    this.#models.cancel();
  }

  judgeKnownModels(): Promise<Outcome<readonly KnownVerdict[]>> {
    return outcomeOf(() => this.#models.known(), 'models');
  }

  listModels(): Promise<Outcome<ModelShelf>> {
    return outcomeOf(() => this.#models.list(), 'models');
  }

  deleteModel(id: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      await this.#models.delete(id);
      return null;
    }, 'models');
  }

  async setBackend(choice: BackendChoice): Promise<Outcome<BackendStatus>> {
    this.#emit({ type: 'backend.changing', choice });
    const outcome = await this.#errand('backend', async () => {
      const model = this.#need();
      await this.#training.releaseSessions();
      await this.#evaluations.releaseSessions();
      await this.#scorings.releaseSessions();
      const backend = await model.switchTo(choice);
      this.#watch(model);
      this.#emit({ type: 'backend.changed', backend });
      return backend;
    });
    if (!outcome.ok && this.#model)
      this.#emit({ type: 'backend.changed', backend: this.#model.backend });
    return outcome;
  }

  rollout(request: RolloutRequest): Promise<Outcome<RolloutResult>> {
    return this.#job(request.jobId, (job) => this.#lab.rollout(request, job));
  }

  score(request: ScoreRequest): Promise<Outcome<ScoreResult>> {
    return this.#job(request.jobId, (job) => this.#lab.score(request, job));
  }

  leakage(request: LeakageRequest): Promise<Outcome<LeakageResult>> {
    return this.#job(request.jobId, (job) => this.#lab.leakage(request, job));
  }

  looks(request: LooksRequest): Promise<Outcome<LooksResult>> {
    return this.#job(request.jobId, (job) => this.#lab.looks(request, job));
  }

  async cancel(jobId: string): Promise<void> {
    this.#queue.cancel(jobId);
  }

  importTrace(text: string): Promise<Outcome<OpenedTrace>> {
    return outcomeOf(() => openTrace(text, this.#model?.assets ?? null), 'trace');
  }

  train(request: TrainRequest): Promise<Outcome<TrainResult>> {
    void this.#desk.prepare();
    return this.#keeper.train(request);
  }

  async pauseTraining(runId: string): Promise<void> {
    this.#training.pause(runId);
  }

  async stopTraining(runId: string): Promise<void> {
    await this.#keeper.stop(runId);
  }

  readonly trainCheckpoint: TrainApi['trainCheckpoint'] = (runId) =>
    this.#training.checkpoint(runId);
  readonly evaluateTraining: TrainApi['evaluateTraining'] = (request) =>
    this.#training.evaluate(request);
  readonly estimateTraining: TrainApi['estimateTraining'] = (settings) =>
    this.#training.estimate(settings);

  listRuns(): Promise<Outcome<RunList>> {
    return outcomeOf(() => this.#keeper.list(), 'runs');
  }

  runCurves(runId: string): Promise<Outcome<RunCurves>> {
    return outcomeOf(async () => (await this.#keeper.content(runId)).log, runId);
  }

  openRun(runId: string): Promise<Outcome<OpenedRun>> {
    return outcomeOf(() => this.#keeper.opened(runId), runId);
  }

  resumeRun(runId: string, options?: ResumeOptions): Promise<Outcome<TrainResult>> {
    return this.#keeper.resume(runId, options);
  }

  renameRun(runId: string, name: string): Promise<Outcome<StoredRun>> {
    return outcomeOf(() => this.#keeper.rename(runId, name), runId);
  }

  deleteRun(runId: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      await this.#keeper.delete(runId);
      return null;
    }, runId);
  }

  exportRun(runId: string, as: RunExport): Promise<Outcome<ExportedFile>> {
    return outcomeOf(() => this.#desk.exported(runId, as), runId);
  }

  importFile(file: Blob): Promise<Outcome<Imported>> {
    return outcomeOf(() => this.#desk.imported(file), 'import');
  }

  takeStudent(choice: StudentChoice | null): Promise<Outcome<StudentStatus | null>> {
    return outcomeOf(async () => {
      const source = choice === null ? null : await this.#desk.student(choice);
      return unwrap(await this.#training.useStudent(source));
    }, 'student');
  }

  // As fields, whose types are those of the face.
  readonly evaluate: EvaluateApi['evaluate'] = (request) => this.#evaluations.evaluate(request);
  readonly pauseEvaluation: EvaluateApi['pauseEvaluation'] = async (id) =>
    this.#evaluations.pause(id);
  readonly listEvaluations: EvaluateApi['listEvaluations'] = () => this.#kept.list();
  readonly responsesBehind: EvaluateApi['responsesBehind'] = (request) =>
    this.#kept.behind(request);
  readonly renameEvaluation: EvaluateApi['renameEvaluation'] = (id, name) =>
    this.#kept.rename(id, name);
  readonly deleteEvaluation: EvaluateApi['deleteEvaluation'] = (id) => this.#kept.delete(id);
  readonly evaluatedItems: EvaluateApi['evaluatedItems'] = (id, items) =>
    this.#kept.items(id, items);
  readonly takeEvaluatedFile: EvaluateApi['takeEvaluatedFile'] = (id, file) =>
    this.#kept.takeFile(id, file);
  readonly checkEvaluatedModel: EvaluateApi['checkEvaluatedModel'] = (id) =>
    this.#kept.checkModel(id, this.#need().assets);
  readonly exportEvaluation: EvaluateApi['exportEvaluation'] = (id) => this.#kept.export(id);
  readonly importEvaluation: EvaluateApi['importEvaluation'] = (file) => this.#kept.import(file);
  readonly compareEvaluations: EvaluateApi['compareEvaluations'] = (first, second) =>
    this.#kept.compare(first, second);

  readonly filterQuestions: FilterApi['filterQuestions'] = (request) =>
    this.#filters.filter(request);
  readonly endFilter: FilterApi['endFilter'] = async (id) => this.#filters.end(id);
  readonly listItemSets: FilterApi['listItemSets'] = () => this.#filters.list();
  readonly importItemSet: FilterApi['importItemSet'] = (file) => this.#filters.import(file);
  readonly deleteItemSet: FilterApi['deleteItemSet'] = (id) => this.#filters.remove(id);
  readonly lookAtData = this.#data.lookAtData;
  readonly importData = this.#data.importData;
  readonly cancelData = this.#data.cancelData;
  readonly listData = this.#data.listData;
  readonly dataItems = this.#data.dataItems;
  readonly renameData = this.#data.renameData;
  readonly deleteData = this.#data.deleteData;
  readonly exportData = this.#data.exportData;

  readonly scoreRollouts: ScoringApi['scoreRollouts'] = (request) => this.#scorings.score(request);
  readonly pauseScoring: ScoringApi['pauseScoring'] = async (id) => this.#scorings.pause(id);

  async loseDevice(): Promise<boolean> {
    return this.#model?.loseDevice() ?? false;
  }

  async dispose(): Promise<void> {
    this.#queue.cancelAll();
    await this.#errand('dispose', async () => {
      const model = this.#model;
      await this.#training.clear();
      await this.#evaluations.releaseSessions();
      await this.#scorings.releaseSessions();
      this.#model = null;
      await model?.close();
    });
  }

  #emit(event: EngineEvent): void {
    this.#listener(event);
  }

  #need(): LoadedModel {
    if (this.#model) return this.#model;
    throw new PlaygroundError({
      code: 'model.not-loaded',
      message: 'No model is loaded.',
      fix: 'Load a model first.',
      where: 'engine',
    });
  }

  /** Work that takes its turn among the jobs but is none of the page's. */
  #errand<T>(name: string, work: (job: JobHandle) => Promise<T>): Promise<Outcome<T>> {
    return outcomeOf(() => this.#queue.run(this.#errandId(name), work), name);
  }

  #errandId(name: string): string {
    return `${ERRAND}${name}:${++this.#errands}`;
  }

  /** Recovers at once from a device that is lost, also while nothing runs. */
  #watch(model: LoadedModel): void {
    model.onLoss((message) => {
      if (this.#model !== model) return;
      this.#emit({ type: 'device.lost', message });
      void this.#errand('recovery', async () => {
        if (this.#model !== model) return;
        await model.recover();
      }).then((outcome) => {
        if (outcome.ok || this.#model !== model || outcome.error.code === 'job.cancelled') return;
        this.#emit({ type: 'device.failed', error: outcome.error });
      });
    });
  }

  /** What the model says, which may recover within a job too: its new device is watched like the first. */
  #relay(event: EngineEvent): void {
    if (event.type === 'device.recovered' && this.#model) this.#watch(this.#model);
    this.#emit(event);
  }

  /** Work that a page asked for; its answer says what came of it. */
  #job<T>(jobId: string, work: (job: JobHandle) => Promise<T>): Promise<Outcome<T>> {
    return outcomeOf(
      () =>
        this.#queue.run(jobId, (job) => {
          this.#need().trim();
          return work(job);
        }),
      jobId,
    );
  }
}
