/** Runs that are kept: the worker writes them down while they train, and goes on with what is written. */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { type Outcome, outcomeOf, unwrap } from '../../base/outcome.ts';
import type { TrainSettings } from '../../method/train-settings.ts';
import { withSetting } from '../../method/train-validate.ts';
import { requireModel } from '../../training/runs/checkpointFile.ts';
import { keepStorage } from '../../training/runs/privateFiles.ts';
import type { LogLine } from '../../training/runs/records.ts';
import { openRuns, type RunStore } from '../../training/runs/runStore.ts';
import type { StoredRun as HeldRun } from '../../training/runs/storedRun.ts';
import type { CheckpointState } from '../../training/types.ts';
import type { ResumeOptions, RunCurves, RunList, RunsEvent, StoredRun } from '../runsContract.ts';
import type { TrainEvent, TrainRequest, TrainResult } from '../trainContract.ts';
import type { Training } from '../training/training.ts';
import { listOf, summaryOf } from './list.ts';

/** What the engine lends. */
export interface KeeperHost {
  readonly training: Training;
  /** Name and fingerprint of the loaded model, and the backend it is on. Throws `model.not-loaded`. */
  identity(): Promise<Pick<CheckpointState, 'model' | 'backend'>>;
  emit(event: RunsEvent): void;
}

/** A run that this worker trains, and what of it is not written yet. */
interface Held {
  readonly stored: HeldRun;
  lines: LogLine[];
  /** Writes come one after the other. */
  writing: Promise<void>;
  savedStep: number;
}

export class RunKeeper {
  readonly #host: KeeperHost;
  readonly #held = new Map<string, Held>();
  #opening: Promise<{ runs: RunStore; problem: ErrorRecord | null }> | null = null;

  constructor(host: KeeperHost) {
    this.#host = host;
  }

  readonly #holds = (runId: string) => this.#held.has(runId);

  /** Trains a run and writes it down under its name; one without a name is not kept. */
  train(request: TrainRequest): Promise<Outcome<TrainResult>> {
    const { runId, keep } = request;
    if (keep === undefined) return this.#host.training.train(request);
    return outcomeOf(async () => {
      if (!this.#held.has(runId)) await this.#create(request, keep);
      return this.#follow(request);
    }, runId);
  }

  /** Goes on with a run: in the worker if it waits there, else from its last checkpoint, or the one before. */
  resume(
    runId: string,
    { pauseAfter, takeOver = false, back }: ResumeOptions = {},
  ): Promise<Outcome<TrainResult>> {
    return outcomeOf(async () => {
      const pause = pauseAfter === undefined ? {} : { pauseAfter };
      const { training } = this.#host;
      const held = this.#held.get(runId);
      const waits = held !== undefined && training.has(runId);
      if (waits && (back === undefined || training.isActive(runId)))
        return this.#follow({ runId, settings: held.stored.record.settings, ...pause });
      const stored = held?.stored ?? (await (await this.store()).open(runId, { takeOver }));
      try {
        const { model } = await this.#host.identity();
        requireModel(stored.record.model, model);
        const state = back === undefined ? (await stored.latest())?.state : await earlierOf(stored);
        const settings = withRate(stored.record.settings, back?.learningRate);
        const step = state?.step ?? 0;
        if (waits) await training.stop(runId);
        await held?.writing;
        await stored.rewind(step);
        if (back !== undefined) await stored.update({ settings });
        this.#hold(stored, step);
        // The log has what was measured after the checkpoint was written.
        const { evaluations, followed } = await stored.log();
        const from = state === undefined ? {} : { resume: { ...state, evaluations, followed } };
        return await this.#follow({ runId, settings, ...from, ...pause });
      } catch (error) {
        if (!training.has(runId)) await this.#letGo(runId);
        if (!this.#held.has(runId)) await stored.close().catch(() => undefined);
        throw error;
      }
    }, runId);
  }

  /** Ends a run; what is written stays. */
  async stop(runId: string): Promise<void> {
    const waits = !this.#host.training.isActive(runId);
    await this.#host.training.stop(runId);
    if (waits) await this.#letGo(runId);
  }

  /** Notes what a run says, and writes it down at its checkpoints. */
  observe(event: TrainEvent): void {
    const held = this.#held.get(event.runId);
    if (held === undefined) return;
    if (event.type === 'train.step') held.lines.push({ type: 'step', ...event.metrics });
    else if (event.type === 'train.evaluated' && event.split === 'validation') {
      held.lines.push({ type: 'evaluation', ...event.evaluation });
      this.#note(event.runId, held);
    } else if (event.type === 'train.followed') {
      const { rollout, measured } = event;
      if (measured.step === 0) held.lines.push({ type: 'followed', ...rollout });
      held.lines.push({ type: 'followed-step', ...measured });
    } else if (event.type === 'train.checkpoint') void this.#save(event.runId);
  }

  async list(): Promise<RunList> {
    const runs = await this.store();
    const [entries, room] = await Promise.all([listOf(runs, this.#holds), runs.estimate()]);
    return { ...entries, room: { used: room?.usage ?? null, quota: room?.quota ?? null } };
  }

  /** One run of the list. Throws `run.missing`. */
  async summary(runId: string): Promise<StoredRun> {
    return summaryOf(await this.store(), runId, this.#holds);
  }

  async curves(runId: string): Promise<RunCurves> {
    return (await this.store()).log(runId);
  }

  async rename(runId: string, name: string): Promise<StoredRun> {
    await (await this.store()).rename(runId, name);
    return this.summary(runId);
  }

  /** Deletes a run for good; one that waits in this worker ends with it. */
  async delete(runId: string): Promise<void> {
    await this.stop(runId);
    await (await this.store()).delete(runId);
  }

  /** All runs of this browser; in memory where it keeps none. */
  async store(): Promise<RunStore> {
    return (await this.#opened()).runs;
  }

  #opened() {
    this.#opening ??= openRuns();
    return this.#opening;
  }

  async #create(
    { runId, settings, resume }: TrainRequest,
    keep: NonNullable<TrainRequest['keep']>,
  ): Promise<void> {
    const { runs, problem } = await this.#opened();
    if (problem === null) void keepStorage();
    const identity = await this.#host.identity();
    const stored = await this.#created(runs, { id: runId, ...keep, settings, ...identity });
    this.#hold(stored, resume?.step ?? 0);
    this.#host.emit({ type: 'run.created', runId, name: stored.record.name });
    const error = problem;
    if (error !== null) this.#host.emit({ type: 'run.not-saved', runId, error });
  }

  /** A new run; in memory alone where there is no room for it. */
  async #created(runs: RunStore, run: Parameters<RunStore['create']>[0]): Promise<HeldRun> {
    try {
      return await runs.create(run);
    } catch (error) {
      const record = toErrorRecord(error, run.id);
      if (!record.code.startsWith('storage.')) throw error;
      const { memoryRuns } = await import('../../training/runs/runStore.ts');
      this.#host.emit({ type: 'run.not-saved', runId: run.id, error: record });
      return memoryRuns().create(run);
    }
  }

  #hold(stored: HeldRun, savedStep: number): void {
    this.#held.set(stored.id, { stored, lines: [], writing: Promise.resolve(), savedStep });
    stored.onWanted(() => void this.#give(stored));
  }

  /** Another tab asks for a run, or has taken it: what is there is written down while it may be, and it ends here. */
  async #give(stored: HeldRun): Promise<void> {
    const { id: runId } = stored;
    const held = this.#held.get(runId);
    if (held?.stored !== stored) return;
    if (stored.held) await this.#save(runId);
    if (this.#held.get(runId) !== held) return;
    const { savedStep: step } = held;
    await this.#letGo(runId);
    this.#host.emit({ type: 'run.taken', runId, step });
    await this.#host.training.stop(runId);
  }

  /** Trains until the run pauses, ends or fails, and writes down what there is then. */
  async #follow(request: TrainRequest): Promise<TrainResult> {
    const { runId } = request;
    const outcome = await this.#host.training.train(request);
    const stopped = outcome.ok && outcome.value.state === 'stopped';
    if (!stopped) await this.#save(runId);
    const over = stopped || (outcome.ok && outcome.value.state === 'done');
    if (over) await this.#letGo(runId, outcome.ok ? outcome.value.state : 'failed');
    else if (!outcome.ok && !this.#host.training.has(runId)) await this.#letGo(runId, 'failed');
    return unwrap(outcome);
  }

  /** Writes what is new; says so, or says why not. The run goes on either way. */
  #save(runId: string): Promise<void> {
    const held = this.#held.get(runId);
    if (held === undefined) return Promise.resolve();
    // The state is taken at once: the next step replaces it.
    const taken = this.#host.training.checkpoint(runId);
    return this.#write(runId, held, async (append) => {
      const outcome = await taken;
      if (!outcome.ok && outcome.error.code === 'train.not-started') return false;
      const state = unwrap(outcome);
      await append();
      if (state.step > held.savedStep || held.savedStep === 0)
        await held.stored.saveCheckpoint(state);
      held.savedStep = state.step;
      return true;
    });
  }

  /** Writes what was measured after the checkpoint of its step; before the first one a run is not kept. */
  #note(runId: string, held: Held): void {
    void this.#write(runId, held, async (append) => {
      if (held.savedStep === 0) return false;
      await append();
      return true;
    });
  }

  /** One write after the other; `work` answers whether there is something new in storage. */
  #write(
    runId: string,
    held: Held,
    work: (append: () => Promise<void>) => Promise<boolean>,
  ): Promise<void> {
    held.writing = held.writing.then(async () => {
      const append = async () => {
        const { lines } = held;
        held.lines = [];
        try {
          await held.stored.append(lines);
        } catch (error) {
          held.lines = [...lines, ...held.lines];
          throw error;
        }
      };
      try {
        if ((await work(append)) && held.stored.lasting)
          this.#host.emit({ type: 'run.saved', runId, step: held.savedStep });
      } catch (error) {
        const record = toErrorRecord(error, runId);
        if (record.code === 'train.unknown-run') return;
        this.#host.emit({ type: 'run.not-saved', runId, error: record });
      }
    });
    return held.writing;
  }

  /** Lets other tabs have the run; one that never made a step leaves nothing behind. */
  async #letGo(runId: string, state?: TrainResult['state']): Promise<void> {
    const held = this.#held.get(runId);
    if (held === undefined) return;
    this.#held.delete(runId);
    await held.writing;
    await held.stored.close(state).catch(() => undefined);
    if (held.stored.record.step === 0 && (await this.#isEmpty(runId)))
      await (await this.store()).delete(runId).catch(() => undefined);
  }

  async #isEmpty(runId: string): Promise<boolean> {
    try {
      const { log, checkpoint } = await (await this.store()).read(runId);
      return checkpoint === null && log.metrics.length === 0 && log.evaluations.length === 0;
    } catch (error) {
      return error instanceof PlaygroundError && error.record.code !== 'run.missing';
    }
  }
}

/** Throws `run.no-earlier`. */
async function earlierOf(stored: HeldRun): Promise<CheckpointState> {
  const state = await stored.earlier();
  if (state !== null) return state;
  throw new PlaygroundError({
    code: 'run.no-earlier',
    message: `“${stored.record.name}” has no checkpoint before its last one.`,
    fix: 'Start a new run with other settings.',
    where: stored.id,
  });
}

/** Throws `train.invalid-setting`. */
function withRate(settings: TrainSettings, learningRate?: number): TrainSettings {
  return learningRate === undefined
    ? settings
    : withSetting(settings, 'optimizer.learningRate', learningRate);
}
