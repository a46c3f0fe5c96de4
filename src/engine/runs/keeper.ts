/** Runs that are kept: the worker writes them down while they train, and goes on with what is written. */

import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { type Outcome, outcomeOf, unwrap } from '../../base/outcome.ts';
import type {
  OpenedRun,
  ResumeOptions,
  RunList,
  RunsEvent,
  StoredRun,
} from '../../contract/train/runs.ts';
import type { Checkpoint } from '../../contract/train/train-records.ts';
import type { TrainEvent, TrainRequest, TrainResult } from '../../contract/train/training.ts';
import { keepStorage } from '../../storage/private-files.ts';
import { requireModel } from '../../training/runs/checkpoint-file.ts';
import { joinedLogs } from '../../training/runs/run-log.ts';
import { memoryRuns, type NewRun, openRuns, type RunStore } from '../../training/runs/run-store.ts';
import type { StoredRun as HeldRun } from '../../training/runs/stored-run.ts';
import type { SoundRun } from '../../training/runs/wholeness.ts';
import type { Training } from '../training/training.ts';
import { earlierOf, withRate } from './going-back.ts';
import { appendLines, type Held, writeRollouts, writeState } from './held.ts';
import { listOf, type RunsHere, summaryOf } from './list.ts';

/** What the engine lends. */
export interface KeeperHost {
  readonly training: Pick<Training, 'train' | 'stop' | 'has' | 'isActive' | 'checkpoint'>;
  /** Name and fingerprint of the loaded model, and the backend it is on. Throws `model.not-loaded`. */
  identity(): Promise<Pick<Checkpoint, 'model' | 'backend'>>;
  emit(event: RunsEvent): void;
  /** Opens the browser's runs; for tests. */
  open?(): Promise<OpenRuns>;
}

type OpenRuns = Awaited<ReturnType<typeof openRuns>>;

export class RunKeeper {
  readonly #host: KeeperHost;
  readonly #held = new Map<string, Held>();
  #opening: Promise<OpenRuns> | null = null;
  /** Runs for which there was no room; they move to storage when there is. */
  readonly #memory = memoryRuns();

  constructor(host: KeeperHost) {
    this.#host = host;
  }

  readonly #here: RunsHere = {
    holds: (runId) => this.#held.has(runId),
    unwritten: (runId) => this.#held.get(runId)?.unwritten ?? null,
  };

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
      const stored = held?.stored ?? (await (await this.storeOf(runId)).open(runId, { takeOver }));
      try {
        const { model } = await this.#host.identity();
        requireModel(stored.record.model, model);
        await held?.writing;
        const state = back === undefined ? await this.#last(runId) : await earlierOf(stored);
        const settings = withRate(stored.record.settings, back?.learningRate);
        const step = state?.step ?? 0;
        if (waits) await training.stop(runId);
        // A state that could not be written goes on as it is: storage has less, and nothing that is not in it.
        if (state === null || held?.unwritten !== state) {
          await stored.rewind(step, settings);
          this.#hold(stored, step);
        }
        // The log has what was measured after the checkpoint was written.
        const { evaluations, followed } = joinedLogs(await stored.log(), state);
        const from = state === null ? {} : { resume: { ...state, evaluations, followed } };
        return await this.#follow({ runId, settings, ...from, ...pause });
      } catch (error) {
        if (held === undefined && !training.has(runId)) await this.#letGo(runId);
        if (!this.#held.has(runId)) await stored.close().catch(() => undefined);
        throw error;
      }
    }, runId);
  }

  /** Ends a run; what is written stays, and so does what waits for room. */
  async stop(runId: string): Promise<void> {
    const waits = !this.#host.training.isActive(runId);
    await this.#host.training.stop(runId);
    const unwritten = this.#held.get(runId)?.unwritten ?? null;
    if (waits && unwritten === null) await this.#letGo(runId);
  }

  /** Notes what a run says, and writes it down at its checkpoints. */
  observe(event: TrainEvent): void {
    const held = this.#held.get(event.runId);
    if (held === undefined) return;
    if (event.type === 'train.rollouts') {
      const { step, rollouts } = event;
      held.rollouts = { step, made: rollouts.length, rollouts };
    } else if (event.type === 'train.step') held.lines.push({ type: 'step', ...event.metrics });
    else if (event.type === 'train.evaluated' && event.split === 'validation') {
      held.lines.push({ type: 'evaluation', ...event.evaluation });
      this.#note(event.runId, held);
    } else if (event.type === 'train.followed') {
      const { rollout, measured } = event;
      if (measured.step === 0) held.lines.push({ type: 'followed', ...rollout });
      held.lines.push({ type: 'followed-step', ...measured });
    } else if (event.type === 'train.checkpoint') void this.#save(event.runId);
  }

  /** Tries first to write what had no room. */
  async list(): Promise<Omit<RunList, 'outside'>> {
    await this.#writeUnwritten();
    const runs = await this.store();
    const [here, kept, room] = await Promise.all([
      listOf(this.#memory, this.#here),
      listOf(runs, this.#here),
      runs.estimate(),
    ]);
    return {
      runs: [...here.runs, ...kept.runs],
      broken: kept.broken,
      room: { used: room?.usage ?? null, quota: room?.quota ?? null },
    };
  }

  /** One run of the list. Throws `run.missing`. */
  async summary(runId: string): Promise<StoredRun> {
    return summaryOf(await this.storeOf(runId), runId, this.#here);
  }

  /** A run as far as it is whole, with the state in this worker where that is further than what is written. */
  async content(runId: string): Promise<SoundRun> {
    const written = await (await this.storeOf(runId)).read(runId);
    const { training } = this.#host;
    const here =
      this.#held.get(runId)?.unwritten ?? (training.has(runId) ? await this.#state(runId) : null);
    if (here === null || here.step <= (written.checkpoint?.step ?? 0)) return written;
    const { step } = here;
    const log = joinedLogs(written.log, here);
    const record = { ...written.record, step };
    return { record, log, checkpoint: here, goesOnFrom: step, fault: null };
  }

  /** The state in this worker; null before the first step. */
  async #state(runId: string): Promise<Checkpoint | null> {
    const outcome = await this.#host.training.checkpoint(runId);
    return outcome.ok ? outcome.value : null;
  }

  async opened(runId: string): Promise<OpenedRun> {
    const { log: curves, goesOnFrom, fault } = await this.content(runId);
    const rollouts = await (await this.storeOf(runId)).rollouts(runId);
    return { curves, rollouts, goesOnFrom, fault };
  }

  async rename(runId: string, name: string): Promise<StoredRun> {
    await (await this.storeOf(runId)).rename(runId, name);
    return this.summary(runId);
  }

  /** Deletes a run for good; one that waits in this worker ends with it, and what had no room may have it now. */
  async delete(runId: string): Promise<void> {
    await this.stop(runId);
    await this.#letGo(runId);
    await (await this.storeOf(runId)).delete(runId);
    await this.#writeUnwritten();
  }

  /** All runs of this browser; in memory where it keeps none. */
  async store(): Promise<RunStore> {
    return (await this.#opened()).runs;
  }

  /** Where a run is: in storage, or in memory if there was no room for it. */
  async storeOf(runId: string): Promise<RunStore> {
    return (await this.#memory.has(runId)) ? this.#memory : this.store();
  }

  #opened(): Promise<OpenRuns> {
    this.#opening ??= (this.#host.open ?? openRuns)();
    return this.#opening;
  }

  /** The last state of a run that does not wait here; null where it begins again. Throws `run.no-weights`. */
  async #last(runId: string): Promise<Checkpoint | null> {
    const { checkpoint, goesOnFrom, fault } = await this.content(runId);
    if (goesOnFrom === null && fault !== null) throw new PlaygroundError(fault);
    return checkpoint;
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

  /** A new run; in memory alone while there is no room for it. */
  async #created(runs: RunStore, run: NewRun): Promise<HeldRun> {
    try {
      return await runs.create(run);
    } catch (error) {
      const record = toErrorRecord(error, run.id);
      if (!record.code.startsWith('storage.')) throw error;
      this.#host.emit({ type: 'run.not-saved', runId: run.id, error: record });
      const name = await runs.nameFor(run).catch(() => run.name);
      return this.#memory.create({ ...run, name, numbered: false });
    }
  }

  #hold(stored: HeldRun, savedStep: number): void {
    const writing = Promise.resolve();
    this.#held.set(stored.id, {
      stored,
      lines: [],
      writing,
      savedStep,
      unwritten: null,
      rollouts: null,
    });
    stored.onWanted(() => void this.#give(stored));
  }

  /** Takes a run that is in memory to storage, if there is room now. Throws `storage.full` and `storage.refused`. */
  async #settle(held: Held): Promise<void> {
    const { runs } = await this.#opened();
    const { stored } = held;
    if (stored.lasting || !runs.lasting) return;
    const { id, record } = stored;
    const log = await stored.log();
    await stored.close();
    try {
      held.stored = await runs.add({ record, log, checkpoint: null });
      held.savedStep = 0;
      await this.#memory.clear(id);
      this.#host.emit({ type: 'run.created', runId: id, name: held.stored.record.name });
    } catch (error) {
      held.stored = await this.#memory.open(id, { takeOver: true });
      throw error;
    } finally {
      const own = held.stored;
      own.onWanted(() => void this.#give(own));
    }
  }

  /** What could not be written is tried again; a run that is over is let go of then. */
  async #writeUnwritten(): Promise<void> {
    for (const [runId, held] of this.#held) {
      const { unwritten } = held;
      if (unwritten === null || this.#host.training.isActive(runId)) continue;
      await this.#write(runId, held, () => this.#keep(held, unwritten), { told: true });
      if (held.unwritten === null && !this.#host.training.has(runId)) await this.#letGo(runId);
    }
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
    const lost = !outcome.ok && !this.#host.training.has(runId);
    const state = outcome.ok ? outcome.value.state : 'failed';
    await this.#held.get(runId)?.writing;
    // What could not be written stays held, for as long as the tab is open.
    const unwritten = this.#held.get(runId)?.unwritten ?? null;
    if ((over || lost) && unwritten === null) await this.#letGo(runId, state);
    return unwrap(outcome);
  }

  /** Writes what is new; says so, or says why not. The run goes on either way. */
  #save(runId: string): Promise<void> {
    const held = this.#held.get(runId);
    if (held === undefined) return Promise.resolve();
    // The state is taken at once: the next step replaces it.
    const taken = this.#host.training.checkpoint(runId);
    return this.#write(runId, held, async () => {
      const outcome = await taken;
      if (!outcome.ok && outcome.error.code === 'train.not-started') return false;
      return this.#keep(held, unwrap(outcome));
    });
  }

  /** Writes a state and what was measured up to it; one that cannot be written is kept here. */
  async #keep(held: Held, state: Checkpoint): Promise<boolean> {
    try {
      await this.#put(held, state);
      held.unwritten = null;
    } catch (error) {
      held.unwritten = state;
      throw error;
    }
    await writeRollouts(held);
    return true;
  }

  async #put(held: Held, state: Checkpoint): Promise<void> {
    let noRoom: unknown = null;
    await this.#settle(held).catch((error: unknown) => {
      noRoom = error;
    });
    await writeState(held, state);
    if (noRoom !== null) throw noRoom;
  }

  /** Writes what was measured after the checkpoint of its step; before the first one a run is not kept. */
  #note(runId: string, held: Held): void {
    void this.#write(runId, held, async () => {
      if (held.savedStep === 0) return false;
      await appendLines(held);
      return true;
    });
  }

  /**
   * One write after the other; `work` answers whether there is something new in storage. Why it could not be is said,
   * unless that is `told` already.
   */
  #write(
    runId: string,
    held: Held,
    work: () => Promise<boolean>,
    { told = false } = {},
  ): Promise<void> {
    held.writing = held.writing.then(async () => {
      try {
        if ((await work()) && held.stored.lasting)
          this.#host.emit({ type: 'run.saved', runId, step: held.savedStep });
      } catch (error) {
        const record = toErrorRecord(error, runId);
        if (told || record.code === 'train.unknown-run') return;
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
      await (await this.storeOf(runId)).delete(runId).catch(() => undefined);
  }

  async #isEmpty(runId: string): Promise<boolean> {
    try {
      const { log, checkpoint, fault } = await (await this.storeOf(runId)).read(runId);
      const measured = log.metrics.length + log.evaluations.length;
      return checkpoint === null && fault === null && measured === 0;
    } catch {
      return false;
    }
  }
}
