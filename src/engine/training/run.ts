/** One run in the engine: its trainer, what it has measured, and what it is asked to do next. */

import { PlaygroundError } from '../../base/errors.ts';
import type { TeacherLine } from '../../contract/evaluation/evaluation-records.ts';
import { recipeOf } from '../../contract/train/recipes.ts';
import { settledAfter } from '../../contract/train/stages.ts';
import type {
  Checkpoint,
  Evaluation,
  FollowedRollout,
  FollowedStep,
  ModelIdentity,
  OptimizerState,
  StepMetrics,
  TensorMap,
} from '../../contract/train/train-records.ts';
import {
  learnsToSee,
  type TrainSampling,
  type TrainSettings,
} from '../../contract/train/train-settings.ts';
import type { TrainEvent } from '../../contract/train/training.ts';
import type { ModelInUse, StudentInUse } from '../../inference/model-in-use.ts';
import { requireStateDict } from '../../model/assets.ts';
import type { Architecture } from '../../model/families/family.ts';
import type { GivenData } from '../../training/data/own-questions.ts';
import { worldOf } from '../../training/data/table.ts';
import type { BackwardDevice } from '../../training/gradient-device.ts';
import { freshOptimizer } from '../../training/optimizer.ts';
import { requireModel, requireTensors } from '../../training/runs/checkpoint-file.ts';
import { trainableShapes } from '../../training/trainable.ts';
import { type FrozenModel, Trainer } from '../../training/trainer.ts';
import { stepExamples } from './data.ts';
import { type EvaluationRequest, evaluate } from './evaluate.ts';
import { followedFigures, followedRollout } from './follow.ts';

type Emit = (event: TrainEvent) => void;

/** State that lives in plain memory, so that it outlives sessions and devices. */
interface Kept {
  readonly step: number;
  readonly trainable: TensorMap;
  readonly optimizer: OptimizerState;
}

export class TrainRun {
  readonly id: string;
  /** As it was asked for, and is written down. */
  readonly #planned: TrainSettings;
  #settings: TrainSettings;
  readonly #emit: Emit;
  /** The sets that its stages draw from. */
  readonly #given: GivenData;
  readonly #model: ModelIdentity;
  /** Null until the first turn, and after the device that held it is gone. */
  #trainer: { readonly inUse: ModelInUse; readonly trainer: Trainer } | null = null;
  #kept: Kept | null;
  /** The weights before the last step: those that made the last rollouts. */
  #before: { readonly step: number; readonly tensors: TensorMap } | null = null;
  #metrics: StepMetrics[] = [];
  #evaluations: Evaluation[] = [];
  /** What teachers wrote by themselves on held-out pictures: they are frozen, so it is asked once. */
  readonly #written = {
    validation: new Map<string, TeacherLine>(),
    'prior-test': new Map<string, TeacherLine>(),
  };
  #followed: { rollout: FollowedRollout; steps: FollowedStep[] } | null = null;
  /** Whether the next end of a step is a pause. */
  pauseAsked = false;
  stopped = false;

  constructor(
    id: string,
    settings: TrainSettings,
    model: ModelIdentity,
    emit: Emit,
    given: GivenData,
    from?: { readonly state: Checkpoint; readonly architecture: Architecture },
  ) {
    this.id = id;
    this.#planned = settings;
    this.#settings = settings;
    this.#emit = emit;
    this.#given = given;
    this.#model = model;
    this.#kept = null;
    if (from === undefined) return;
    const { state, architecture } = from;
    assertFits(state, model, settings);
    requireTensors(state, trainableShapes(architecture, settings.trainable));
    const { step, trainable, optimizer, metrics, evaluations, followed } = state;
    this.#kept = { step, trainable, optimizer };
    this.#metrics = [...metrics];
    this.#settings = settledAfter(settings, metrics);
    this.#evaluations = [...evaluations];
    this.#followed = followed && { rollout: followed.rollout, steps: [...followed.steps] };
  }

  /** As they are by now: where tokens have ended a stage, its steps are those that it took. */
  get settings(): TrainSettings {
    return this.#settings;
  }

  get #trains(): boolean {
    return recipeOf(this.settings.recipe).kind.texts !== 'none';
  }

  get step(): number {
    return this.#kept?.step ?? 0;
  }

  /** Whether nothing is left to do: all steps done and what is measured after the last one too. */
  get isDone(): boolean {
    if (!this.#trains) return this.#isEvaluated(0);
    return this.step >= this.settings.steps && !this.#wantsEvaluation() && !this.#wantsFollowing();
  }

  /** The student after a number of steps; null tensors if its weights are no longer here. */
  at(step: number): { readonly settings: TrainSettings; readonly tensors: TensorMap | null } {
    const { settings } = this;
    if (this.#kept?.step === step) return { settings, tensors: this.#kept.trainable };
    return { settings, tensors: this.#before?.step === step ? this.#before.tensors : null };
  }

  /** One turn: what is due before the next step, or the step itself. */
  async turn(inUse: ModelInUse, pauseJob: () => Promise<void>): Promise<void> {
    const trainer = await this.#open(inUse);
    const pause = async () => {
      await pauseJob();
      this.#assertCurrent(trainer);
    };
    inUse.contexts.trim();
    if (this.#wantsEvaluation()) return this.#evaluate(inUse, trainer, pause);
    if (this.#wantsFollowing()) return this.#follow(inUse, trainer);
    if (this.step >= this.settings.steps) return;
    const before = { step: trainer.step, tensors: trainer.tensors };
    const { metrics, rollouts } = await trainer.advance({
      examples: (step) => stepExamples(inUse, this.settings, step, this.#given),
      pause,
      onCompile: (what) => {
        this.#emit({ type: 'train.compiling', runId: this.id, what, ms: null });
        return (ms) => this.#emit({ type: 'train.compiling', runId: this.id, what, ms });
      },
    });
    this.#assertCurrent(trainer);
    const { step, tensors, optimizer } = trainer;
    this.#before = before;
    this.#kept = { step, trainable: tensors, optimizer };
    this.#metrics.push(metrics);
    this.#settings = settledAfter(this.#settings, this.#metrics);
    trainer.settings = this.#settings;
    this.#emit({ type: 'train.step', runId: this.id, metrics });
    if (rollouts.length > 0) this.#emit({ type: 'train.rollouts', runId: this.id, step, rollouts });
    const { checkpointEvery, steps } = this.settings;
    if (step === steps || (checkpointEvery > 0 && step % checkpointEvery === 0))
      this.#emit({ type: 'train.checkpoint', runId: this.id, step });
  }

  /** Everything that going on needs. */
  async state({ network }: ModelInUse): Promise<Checkpoint> {
    const kept = this.#kept ?? (await this.#initial());
    return {
      format: 'vigos-checkpoint/2',
      runId: this.id,
      settings: this.#planned,
      model: this.#model,
      backend: network.target.backend,
      ...kept,
      metrics: [...this.#metrics],
      evaluations: [...this.#evaluations],
      followed: this.#followed && {
        rollout: this.#followed.rollout,
        steps: [...this.#followed.steps],
      },
    };
  }

  /** Frees sessions; the state stays. */
  async release(): Promise<void> {
    const open = this.#trainer;
    this.#trainer = null;
    await open?.trainer.release();
  }

  /** The trainer on this model; rebuilt from the state in memory when the backend changed. */
  async #open(inUse: ModelInUse): Promise<Trainer> {
    if (this.#trainer?.inUse.network === inUse.network) return this.#trainer.trainer;
    await this.release().catch(() => undefined);
    const device: BackwardDevice = inUse.network.target.backend;
    const trainer = await Trainer.create(
      this.settings,
      frozenModel(inUse),
      device,
      this.#kept ?? undefined,
    );
    this.#trainer = { inUse, trainer };
    return trainer;
  }

  /** A turn whose device was lost may still be under way when the next one begins: it must leave no trace. */
  #assertCurrent(trainer: Trainer): void {
    if (this.#trainer?.trainer !== trainer) throw new Error('this turn was left behind');
  }

  async #initial(): Promise<Kept> {
    const trainer = this.#trainer?.trainer;
    if (trainer === undefined)
      throw new PlaygroundError({
        code: 'train.not-started',
        message: 'The run has not made its first step yet.',
        fix: 'Wait for the first step.',
        where: this.id,
      });
    return {
      step: 0,
      trainable: trainer.tensors,
      optimizer: freshOptimizer(trainer.tensors),
    };
  }

  #isEvaluated(step: number): boolean {
    return this.#evaluations.some((evaluation) => evaluation.step === step);
  }

  #wantsEvaluation(): boolean {
    const { every } = this.settings.evaluation;
    if (!this.#trains) return !this.#isEvaluated(0);
    if (every === 0 || this.#isEvaluated(this.step)) return false;
    return this.step % every === 0 || this.step === this.settings.steps;
  }

  /** Prior and Score on groups that no decision was made with; not kept among the run's evaluations. */
  async finalFigure(
    inUse: ModelInUse,
    groups: number,
    pause: () => Promise<void>,
  ): Promise<Evaluation> {
    const trainer = await this.#open(inUse);
    return this.#measure(
      inUse,
      trainer,
      'prior-test',
      { items: worldOf(this.settings).final(groups, true), problems: [] },
      pause,
    );
  }

  async #evaluate(inUse: ModelInUse, trainer: Trainer, pause: () => Promise<void>): Promise<void> {
    const { evaluation } = this.settings;
    const world = worldOf(this.settings);
    const held = {
      items: world.validation(evaluation.items),
      problems: world.problems(evaluation.words),
    };
    this.#evaluations.push(await this.#measure(inUse, trainer, 'validation', held, pause));
  }

  async #measure(
    inUse: ModelInUse,
    trainer: Trainer,
    split: 'validation' | 'prior-test',
    held: Pick<EvaluationRequest, 'items' | 'problems'>,
    pause: () => Promise<void>,
  ): Promise<Evaluation> {
    const sampling = evaluationSampling(this.settings);
    const { measure } = worldOf(this.settings);
    const { seed, evaluation } = this.settings;
    const written = this.#written[split];
    const asked = { ...held, asked: evaluation, written };
    const request = { ...asked, measure, sampling, seed, step: this.step };
    const student = studentOf(this.settings, trainer);
    const found = await evaluate(inUse, student, request, pause, (done, total) =>
      this.#emit({ type: 'train.evaluating', runId: this.id, done, total }),
    );
    this.#assertCurrent(trainer);
    this.#emit({ type: 'train.evaluated', runId: this.id, split, evaluation: found });
    return found;
  }

  #wantsFollowing(): boolean {
    const { every } = this.settings.followed;
    if (every === 0 || this.settings.method === null) return false;
    if (this.#followed?.steps.some(({ step }) => step === this.step)) return false;
    return this.step % every === 0;
  }

  async #follow(inUse: ModelInUse, trainer: Trainer): Promise<void> {
    this.#followed ??= {
      rollout: await followedRollout(inUse, this.settings, trainer),
      steps: [],
    };
    const { rollout, steps } = this.#followed;
    const divergence = await followedFigures(inUse, this.settings, trainer, rollout);
    this.#assertCurrent(trainer);
    const measured = { step: this.step, divergence };
    steps.push(measured);
    this.#emit({ type: 'train.followed', runId: this.id, rollout, measured });
  }
}

/** How held-out answers are drawn: by the evaluation's own values, as long as rollouts may be. */
export function evaluationSampling({ sampling, evaluation }: TrainSettings): TrainSampling {
  const { temperature, topP, topK } = evaluation;
  return { temperature, topP, topK, maxNewTokens: sampling.maxNewTokens };
}

/** A run's student as an evaluation asks it. */
export function studentOf({ trainable }: TrainSettings, { network }: Trainer): StudentInUse {
  return { network, key: 'trainer', vision: learnsToSee(trainable) };
}

/** What a trainer works with. */
export function frozenModel({ assets, network }: ModelInUse): FrozenModel {
  return { network, model: requireStateDict(assets) };
}

function assertFits(from: Checkpoint, model: ModelIdentity, settings: TrainSettings): void {
  requireModel(from.model, model);
  if (JSON.stringify(from.settings.trainable) !== JSON.stringify(settings.trainable))
    throw new PlaygroundError({
      code: 'train.other-trainable',
      message: 'The checkpoint holds other trained tensors than these settings ask for.',
      fix: 'Go on with the settings of the checkpoint, or start a new run.',
      where: 'trainable',
      detail: { checkpoint: from.settings.trainable, asked: settings.trainable },
    });
}
