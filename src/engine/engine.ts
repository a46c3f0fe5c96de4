/** The engine behind the contract: hands what is asked of it to the part whose it is. */

import { type Outcome, outcomeOf, unwrap } from '../base/outcome.ts';
import type { BackendChoice, BackendStatus } from '../contract/backend.ts';
import type {
  EngineApi,
  EngineEvent,
  EngineStatus,
  GroupRequest,
  GroupResult,
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
import type { EvaluateApi } from '../contract/evaluation/evaluation.ts';
import type {
  Fetched,
  FetchRequest,
  KnownVerdict,
  ModelLook,
  ModelShelf,
  ModelSource,
} from '../contract/models/model-sources.ts';
import type { ScoringApi } from '../contract/rollouts/rollout-scores.ts';
import type { OpenedTrace } from '../contract/trace/trace.ts';
import type { FilterApi } from '../contract/train/filter.ts';
import type { OutsideCurves } from '../contract/train/outside-runs.ts';
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
} from '../contract/train/runs.ts';
import type {
  StudentStatus,
  TrainApi,
  TrainRequest,
  TrainResult,
} from '../contract/train/training.ts';
import { DataDesk } from './data/data-desk.ts';
import type { StudentLoan } from './engine-loan.ts';
import { Evaluations } from './evaluation/evaluations.ts';
import { Filters } from './filter/filters.ts';
import { LabJobs } from './lab-jobs.ts';
import { ModelHolder } from './model-holder.ts';
import { ModelDesk } from './models.ts';
import { identityOf, RunDesk } from './runs/desk.ts';
import { RunKeeper } from './runs/keeper.ts';
import { Scorings } from './scoring/scorings.ts';
import { openTrace } from './traces/open-trace.ts';
import { Training } from './training/training.ts';

export class Engine implements EngineApi {
  readonly #holder = new ModelHolder({
    release: async (what) => {
      await (what === 'model' ? this.#training.clear() : this.#training.releaseSessions());
      await this.#evaluations.releaseSessions();
      await this.#scorings.releaseSessions();
    },
    loaded: ({ source }) => this.#models.use(source),
  });
  readonly #data = new DataDesk(this.#holder.emit);
  readonly #training = new Training(
    {
      need: this.#holder.need,
      turn: this.#holder.turn,
      emit: (event) => {
        this.#holder.emit(event);
        this.#keeper.observe(event);
      },
    },
    async (reference) => (await this.#data.sets()).opened(reference),
  );
  readonly #keeper = new RunKeeper({
    training: this.#training,
    identity: async () => ({
      model: await identityOf(this.#holder.need().assets),
      backend: this.#holder.need().backend.name,
    }),
    emit: this.#holder.emit,
  });
  readonly #desk = new RunDesk({
    keeper: this.#keeper,
    assets: () => this.#holder.need().assets,
    holds: (runId, step) => this.#training.holds(runId, step),
  });

  /** What is lent to work of many turns. */
  readonly #lent: StudentLoan<EngineEvent> = {
    need: this.#holder.need,
    turn: this.#holder.turn,
    emit: this.#holder.emit,
    student: async (choice) => this.#training.student(await this.#desk.student(choice)),
  };

  readonly #evaluations = new Evaluations(this.#lent, this.#data.evaluated);
  readonly #kept = this.#evaluations.kept;
  readonly #filters = new Filters(this.#lent);
  readonly #scorings = new Scorings(this.#lent);

  readonly #lab = new LabJobs({
    need: this.#holder.need,
    lab: (inUse) => this.#training.lab(inUse),
    emit: this.#holder.emit,
  });

  readonly #models = new ModelDesk(this.#holder.emit);

  async listen(listener: (event: EngineEvent) => void): Promise<void> {
    this.#holder.listen(listener);
  }

  async status(): Promise<EngineStatus> {
    return this.#holder.status;
  }

  load(request: LoadRequest): Promise<Outcome<EngineStatus>> {
    return this.#holder.load(request);
  }

  async cancelLoad(): Promise<void> {
    this.#holder.cancelLoad();
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

  setBackend(choice: BackendChoice): Promise<Outcome<BackendStatus>> {
    return this.#holder.setBackend(choice);
  }

  rollout(request: RolloutRequest): Promise<Outcome<RolloutResult>> {
    return this.#holder.job(request.jobId, (job) => this.#lab.rollout(request, job));
  }

  score(request: ScoreRequest): Promise<Outcome<ScoreResult>> {
    return this.#holder.job(request.jobId, (job) => this.#lab.score(request, job));
  }

  leakage(request: LeakageRequest): Promise<Outcome<LeakageResult>> {
    return this.#holder.job(request.jobId, (job) => this.#lab.leakage(request, job));
  }

  looks(request: LooksRequest): Promise<Outcome<LooksResult>> {
    return this.#holder.job(request.jobId, (job) => this.#lab.looks(request, job));
  }

  group(request: GroupRequest): Promise<Outcome<GroupResult>> {
    return this.#holder.job(request.jobId, (job) => this.#lab.group(request, job));
  }

  async cancel(jobId: string): Promise<void> {
    this.#holder.cancel(jobId);
  }

  importTrace(text: string): Promise<Outcome<OpenedTrace>> {
    return outcomeOf(() => openTrace(text, this.#holder.model?.assets ?? null), 'trace');
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
    return outcomeOf(async () => {
      const outside = await (await this.#desk.outside.store()).list();
      return { ...(await this.#keeper.list()), outside };
    }, 'runs');
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

  outsideCurves(runId: string): Promise<Outcome<OutsideCurves>> {
    return outcomeOf(async () => (await this.#desk.outside.store()).curves(runId), runId);
  }

  deleteOutside(runId: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      await (await this.#desk.outside.store()).remove(runId);
      return null;
    }, runId);
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
    this.#kept.checkModel(id, this.#holder.need().assets);
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
  readonly exportWorld = this.#data.exportWorld;

  readonly scoreRollouts: ScoringApi['scoreRollouts'] = (request) => this.#scorings.score(request);
  readonly pauseScoring: ScoringApi['pauseScoring'] = async (id) => this.#scorings.pause(id);

  async loseDevice(): Promise<boolean> {
    return this.#holder.model?.loseDevice() ?? false;
  }

  dispose(): Promise<void> {
    return this.#holder.dispose();
  }
}
