/**
 * What a page and the engine say to each other about runs that are kept.
 *
 * The worker writes every run down by itself: at each checkpoint and at each pause. What it wrote and
 * what it could not write it says by {@link RunsEvent}s. A run that is kept goes on from where it was
 * written last, in this worker or in the next one, after a reload or a crash.
 */

import type { ErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import type { OutsideCurves, OutsideRun } from './outside-runs.ts';
import type { RunLog } from './run-log.ts';
import type { Evaluation, ModelIdentity, StepRollouts, TrainResult } from './train-records.ts';
import type { TrainSettings } from './train-settings.ts';
import type { StudentSource, StudentStatus } from './training.ts';

/** A run that is kept, as a list shows it. */
export interface StoredRun {
  readonly runId: string;
  readonly name: string;
  readonly settings: TrainSettings;
  readonly model: ModelIdentity;
  readonly backend: 'wasm' | 'webgpu';
  /** Steps done at its last checkpoint. */
  readonly step: number;
  /** Steps done at the checkpoint before that; null where none is kept. */
  readonly earlier: number | null;
  /** Its last evaluation, null before the first. */
  readonly evaluation: Evaluation | null;
  /** Another tab holds it: it trains there, or waits in that tab's memory. */
  readonly elsewhere: boolean;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly bytes: number;
  /** It was imported from a file without checksums: a change since its export could not be told. */
  readonly unverified: boolean;
  /** False where its last steps are in this tab's memory alone, since the browser has no room for them or keeps nothing. */
  readonly lasting: boolean;
}

/** A kept run as the page opens it. */
export interface OpenedRun {
  readonly curves: RunCurves;
  /** Those of the last step that was written down; null without any. */
  readonly rollouts: StepRollouts | null;
  /** Steps done at the last whole checkpoint; null where nothing is left to go on from. */
  readonly goesOnFrom: number | null;
  /** What of it is lost, what is left and what to do; null for a whole one. */
  readonly fault: ErrorRecord | null;
}

/** A run's curves, without its weights. */
export type RunCurves = RunLog;

/** Bytes of the site's storage; null where the browser does not say. */
export interface StorageRoom {
  readonly used: number | null;
  readonly quota: number | null;
}

/** A run whose record cannot be read; it can be deleted. */
export interface BrokenRun {
  readonly runId: string;
  readonly bytes: number;
  readonly error: ErrorRecord;
}

export interface OutsideList {
  /** The one that came last first. */
  readonly runs: readonly OutsideRun[];
  readonly broken: readonly BrokenRun[];
}

export interface RunList {
  /** The one written last comes first. */
  readonly runs: readonly StoredRun[];
  readonly broken: readonly BrokenRun[];
  /** Runs of trainers elsewhere, of which there are curves and perhaps an adapter. */
  readonly outside: OutsideList;
  readonly room: StorageRoom;
}

/** Trainers elsewhere that a run's settings and data can go to: the released ViGOS trainer, and TRL's distillation. */
export type OutwardTrainer = 'vigos' | 'trl';

/**
 * What a run is exported as: `run` is all of it (`vigos-run/2`), `adapter` the PEFT layout,
 * `huggingface` and `onnx` the merged model, a trainer its launch script, configuration and data set.
 */
export type RunExport = 'run' | 'adapter' | 'huggingface' | 'onnx' | OutwardTrainer;

export interface ExportedFile {
  readonly name: string;
  readonly data: Blob;
}

/** A student other than the base. */
export type StudentChoice =
  | StudentSource
  /** A run that is kept, as it was after `step` steps, or at its last checkpoint. */
  | { readonly kind: 'kept'; readonly runId: string; readonly step?: number }
  /** A PEFT adapter in a zip file, which whoever chose it keeps: the engine may have to be started again. */
  | { readonly kind: 'adapter'; readonly file: Blob }
  /** The adapter that came with the log of a trainer elsewhere. */
  | { readonly kind: 'outside'; readonly runId: string };

/** What a file turned out to be. */
export type Imported =
  | { readonly kind: 'run'; readonly run: StoredRun }
  | { readonly kind: 'adapter'; readonly label: string }
  | { readonly kind: 'outside'; readonly runs: readonly OutsideRun[] };

export type RunsEvent =
  /** A new run and the name it got. */
  | { readonly type: 'run.created'; readonly runId: string; readonly name: string }
  | { readonly type: 'run.saved'; readonly runId: string; readonly step: number }
  /** The run goes on, but closing the tab now would lose what it learnt since its last checkpoint. */
  | { readonly type: 'run.not-saved'; readonly runId: string; readonly error: ErrorRecord }
  /** Another tab goes on with the run; it stops here. `step` is the last that is written down. */
  | { readonly type: 'run.taken'; readonly runId: string; readonly step: number };

export interface ResumeOptions {
  readonly pauseAfter?: number;
  readonly takeOver?: boolean;
  /**
   * Goes back to the checkpoint before the last one, and on from there with this learning rate: for a run
   * that fails at its next step, which would only be repeated. `run.no-earlier` where none is kept.
   */
  readonly back?: { readonly learningRate: number };
}

/** The part of the engine's face that keeps runs. */
export interface RunsApi {
  listRuns(): Promise<Outcome<RunList>>;
  runCurves(runId: string): Promise<Outcome<RunCurves>>;
  /** A kept run with what is left of it; its last checkpoint is read and checked for that. */
  openRun(runId: string): Promise<Outcome<OpenedRun>>;
  /**
   * Goes on from a run's last checkpoint, or from where it waits in the worker; answers like `train`.
   * `run.no-weights` where no checkpoint is left whole, `run.busy` where another tab trains it; `takeOver` asks that tab to write it down and stop, and takes it if it
   * does not answer.
   */
  resumeRun(runId: string, options?: ResumeOptions): Promise<Outcome<TrainResult>>;
  renameRun(runId: string, name: string): Promise<Outcome<StoredRun>>;
  /** Deletes a run for good; one that waited for room is written down then. */
  deleteRun(runId: string): Promise<Outcome<null>>;
  exportRun(runId: string, as: RunExport): Promise<Outcome<ExportedFile>>;
  /**
   * Takes in an exported run (a zip file, or its figures as JSON), a PEFT adapter (a zip file), or the log of a trainer
   * elsewhere (trainer_state.json, JSON Lines, CSV, or a zip file of the trainer's folder), for which no model is needed.
   */
  importFile(file: Blob): Promise<Outcome<Imported>>;
  outsideCurves(runId: string): Promise<Outcome<OutsideCurves>>;
  deleteOutside(runId: string): Promise<Outcome<null>>;
  /**
   * Which student the Lab's rollouts and scores are made with from the next job on; null for the base. Teachers stay the
   * base. `train.unknown-run`, and `train.step-gone` for a step whose weights are no longer here.
   */
  takeStudent(choice: StudentChoice | null): Promise<Outcome<StudentStatus | null>>;
}
