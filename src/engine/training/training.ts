/** The training half of the engine: runs that take their turns among its jobs, one step a turn. */

import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import type { JobHandle } from '../../base/jobs.ts';
import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import { part } from '../../base/part.ts';
import type { OpenedData } from '../../contract/data/data-row.ts';
import type { DataReference } from '../../contract/data/data-sets.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { validateTrainSettings } from '../../contract/train/train-validate.ts';
import type {
  Checkpoint,
  Evaluation,
  StudentSource,
  StudentStatus,
  TrainEstimate,
  TrainEvent,
  TrainRequest,
  TrainResult,
  TrainState,
} from '../../contract/train/training.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { requireStateDict } from '../../model/assets.ts';
import { requireDifferentiable } from '../../model/families/abilities.ts';
import { type GivenData, NO_DATA } from '../../training/data/own-questions.ts';
import { isGradientGpuLost } from '../../training/faults.ts';
import { modelFingerprint, trainedFingerprint } from '../../training/fingerprint.ts';
import type { EngineLoan } from '../engine-loan.ts';
import type { LabStudent, LabStudentSource } from './lab-student.ts';
import type { TrainRun } from './run.ts';

type OpenData = (reference: DataReference) => Promise<OpenedData>;

export class Training {
  readonly #host: EngineLoan<TrainEvent>;
  readonly #data: OpenData;
  readonly #runs = new Map<string, TrainRun>();
  readonly #active = new Set<string>();
  #student: LabStudent | null = null;

  /** @param data opens a set that a person brought; throws `data.missing` */
  constructor(host: EngineLoan<TrainEvent>, data: OpenData) {
    this.#host = host;
    this.#data = data;
  }

  train(request: TrainRequest): Promise<Outcome<TrainResult>> {
    const { runId } = request;
    return outcomeOf(async () => {
      const settings = validateTrainSettings(request.settings);
      if (this.#active.has(runId)) throw twice(runId);
      this.#active.add(runId);
      try {
        const run = await this.#open({ ...request, settings });
        return await this.#work(run, request.pauseAfter ?? Number.POSITIVE_INFINITY);
      } finally {
        this.#active.delete(runId);
      }
    }, runId);
  }

  pause(runId: string): void {
    const run = this.#runs.get(runId);
    if (run !== undefined) run.pauseAsked = true;
  }

  /** Ends a run at its next step; one that waits is freed at once. */
  async stop(runId: string): Promise<void> {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.stopped = true;
    if (this.#active.has(runId)) return;
    await this.#end(run);
  }

  checkpoint(runId: string): Promise<Outcome<Checkpoint>> {
    return outcomeOf(async () => this.find(runId).state(this.#host.need().inUse), runId);
  }

  evaluate({ runId, groups }: { runId: string; groups: number }): Promise<Outcome<Evaluation>> {
    return outcomeOf(() => {
      const run = this.find(runId);
      return this.#host.turn('evaluate', (job) =>
        this.#host.need().surviving((inUse) => run.finalFigure(inUse, groups, job.pause)),
      );
    }, runId);
  }

  /** The model of a Lab job, with the student that was chosen. */
  async lab(inUse: ModelInUse): Promise<ModelInUse> {
    return this.#student === null ? inUse : this.#student.on(inUse);
  }

  /** A student beside the Lab's, for whoever releases it. */
  async student(source: StudentSource): Promise<LabStudent> {
    const chosen = await this.#source(source);
    const { LabStudent } = await part('The trained student', () => import('./lab-student.ts'));
    return new LabStudent(chosen);
  }

  useStudent(source: StudentSource | null): Promise<Outcome<StudentStatus | null>> {
    return outcomeOf(async () => {
      const chosen = source === null ? null : await this.#source(source);
      const { LabStudent } = await part('The trained student', () => import('./lab-student.ts'));
      return this.#host.turn('student', async () => {
        await this.#student?.release();
        this.#student = chosen && new LabStudent(chosen);
        return chosen?.status ?? null;
      });
    }, 'student');
  }

  estimate(settings: TrainSettings): Promise<Outcome<TrainEstimate>> {
    return outcomeOf(async () => {
      const checked = validateTrainSettings(settings);
      const given = await this.#given(checked);
      const { estimate } = await part('The estimate', () => import('./estimate.ts'));
      return this.#host.turn('estimate', (job) =>
        this.#host.need().surviving((inUse) => estimate(inUse, checked, given, job.pause)),
      );
    }, 'estimate');
  }

  /** Whether a run is here, training or waiting. */
  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Whether a run's weights after a step are here. */
  holds(runId: string, step: number): boolean {
    return (this.#runs.get(runId)?.at(step).tensors ?? null) !== null;
  }

  isActive(runId: string): boolean {
    return this.#active.has(runId);
  }

  /** A run that is here. Throws `train.unknown-run`. */
  find(runId: string): TrainRun {
    const run = this.#runs.get(runId);
    if (run !== undefined) return run;
    throw new PlaygroundError({
      code: 'train.unknown-run',
      message: `There is no run "${runId}" in this worker.`,
      fix: 'Go on from its checkpoint.',
      where: runId,
    });
  }

  /** Frees what runs hold on the present backend; their states stay, and they go on on the next one. */
  async releaseSessions(): Promise<void> {
    await this.#student?.release().catch(() => undefined);
    for (const run of this.#runs.values()) await run.release().catch(() => undefined);
  }

  /** Forgets all runs: another model is loaded. */
  async clear(): Promise<void> {
    for (const run of this.#runs.values()) {
      run.stopped = true;
      this.#offer(run);
    }
    await this.releaseSessions();
    this.#student = null;
    this.#runs.clear();
  }

  async #source(source: StudentSource): Promise<LabStudentSource> {
    if (source.kind === 'tensors') {
      const { label, of, trainable, tensors } = source;
      const fingerprint = await trainedFingerprint(tensors);
      const status = { label, step: of?.step ?? null, runId: of?.runId ?? null, fingerprint };
      return { status, trainable, tensors };
    }
    const { runId, step } = source;
    const { settings, ...run } = this.find(runId).at(step);
    if (run.tensors !== null)
      return {
        status: {
          label: `${settings.recipe}, step ${step}`,
          step,
          runId,
          fingerprint: await trainedFingerprint(run.tensors),
        },
        trainable: settings.trainable,
        tensors: run.tensors,
      };
    throw new PlaygroundError({
      code: 'train.step-gone',
      message: `The weights after step ${step} of this run are no longer here.`,
      fix: 'Open a rollout of the last step, or ask the run as it was written down, from the list of runs.',
      where: runId,
      detail: { step },
    });
  }

  async #open({ runId, settings, resume }: TrainRequest): Promise<TrainRun> {
    const known = this.#runs.get(runId);
    if (known !== undefined && resume === undefined) {
      known.pauseAsked = false;
      return known;
    }
    const { TrainRun } = await part('Training', () => import('./run.ts'));
    const { assets } = this.#host.need();
    requireDifferentiable(assets.architecture);
    const { name, stateDict, architecture } = requireStateDict(assets);
    const model = { name, fingerprint: await modelFingerprint(stateDict) };
    const emit = (event: TrainEvent) => this.#host.emit(event);
    const run = new TrainRun(
      runId,
      settings,
      model,
      emit,
      await this.#given(settings),
      resume && { state: resume, architecture },
    );
    await known?.release();
    this.#runs.set(runId, run);
    return run;
  }

  /** The sets that a run's stages name, opened. Throws `data.missing`. */
  async #given(settings: TrainSettings): Promise<GivenData> {
    const stages = settings.schedule?.stages ?? [settings];
    const sets = new Map<string, OpenedData>();
    for (const { questions } of stages)
      if (questions !== undefined) sets.set(questions.fingerprint, await this.#data(questions));
    return {
      of: (reference) => sets.get(reference.fingerprint) ?? NO_DATA.of(reference),
    };
  }

  async #work(run: TrainRun, most: number): Promise<TrainResult> {
    const last = run.step + most;
    this.#say(run, 'running');
    try {
      while (!run.isDone && !run.stopped && !run.pauseAsked && run.step < last)
        await this.#host.turn('train', (job) => this.#turn(run, job));
    } catch (error) {
      const record = toErrorRecord(error, run.id);
      this.#say(run, 'failed');
      throw new PlaygroundError(record, { cause: error });
    }
    if (run.stopped) {
      this.#offer(run);
      await this.#end(run);
      return this.#say(run, 'stopped');
    }
    return this.#say(run, run.isDone ? 'done' : 'paused');
  }

  /** One turn; made again where the gradients' GPU is lost in it, since the next trainer does without. */
  async #turn(run: TrainRun, { pause }: JobHandle): Promise<void> {
    const { step } = run;
    const turn = () =>
      this.#host.need().surviving(async (inUse) => {
        // What was under way when the device was lost may have come to its end all the same; and another
        // model may have been loaded while this waited for its turn.
        if (run.step === step && !run.stopped) await run.turn(inUse, pause);
      });
    try {
      await turn();
    } catch (error) {
      if (!isGradientGpuLost(error)) throw error;
      await run.release().catch(() => undefined);
      await turn();
    }
  }

  /** The last chance to take the state of a run that ends here before its last step. */
  #offer({ id: runId, step }: TrainRun): void {
    if (step > 0) this.#host.emit({ type: 'train.checkpoint', runId, step });
  }

  async #end(run: TrainRun): Promise<void> {
    await this.#host.turn('train end', async () => {
      await run.release().catch(() => undefined);
      this.#runs.delete(run.id);
    });
  }

  #say(run: TrainRun, state: TrainState): TrainResult {
    const said = { runId: run.id, state, step: run.step };
    this.#host.emit({ type: 'train.state', ...said });
    return said;
  }
}

function twice(runId: string): PlaygroundError {
  return new PlaygroundError({
    code: 'train.running',
    message: `The run "${runId}" is training already.`,
    fix: 'Pause it first.',
    where: runId,
  });
}
