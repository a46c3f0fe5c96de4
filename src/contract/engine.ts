/**
 * The whole contract between a page and the engine worker.
 *
 * How a page uses it:
 * - `const engine = Comlink.wrap<EngineApi>(new Worker(new URL('…/workers/engine.worker.ts', import.meta.url), { type: 'module' }))`
 * - `await engine.listen(Comlink.proxy((event) => …))` once, then any number of calls.
 * - No method rejects because of the work itself: every answer is an {@link Outcome}, so an error
 *   arrives as its {@link ErrorRecord}. `unwrap` of `src/base/outcome.ts` gives the value or throws the
 *   error re-built as a `PlaygroundError`. A worker that dies answers nothing: listen to its `error`
 *   event, start a new one, load again, and `score` the rollout that the page still holds (its ids are
 *   in the trace); nothing else lives in the worker.
 * - The page chooses the `jobId` of each job, so that it can cancel before the answer comes.
 * - Jobs run one at a time in the order they came; a page that starts a new rollout cancels the old one.
 * - Pictures cross as RGBA bytes; pages never see tensors, except the logits they ask for by name.
 */

import type { ErrorRecord } from '../base/errors.ts';
import type { Outcome } from '../base/outcome.ts';
import type { RgbaImage } from '../base/rgba-image.ts';
import type { AnswerMeasure } from '../method/grading.ts';
import type { Reader } from '../method/sight.ts';
import type { MethodConfig, ParsedRollout, SupervisionPlan, TeacherName } from '../method/types.ts';
import type { BackendChoice, BackendStatus } from './backend.ts';
import type { DataApi, DataEvent } from './data/data-sets.ts';
import type { EvaluateApi, EvaluationEvent } from './evaluation/evaluation.ts';
import type {
  ExportPrecision,
  KeptPrecision,
  ModelAbilities,
  WeightError,
} from './models/model.ts';
import type { FolderFile, ModelSource, ModelsApi, ModelsEvent } from './models/model-sources.ts';
import type { ScoringApi, ScoringEvent } from './rollouts/rollout-scores.ts';
import type { GroupReading, GroupTermSettings, SampledRollout } from './trace/group.ts';
import type { BothMethods, LeakageReading } from './trace/leakage.ts';
import type { LooksReading } from './trace/looks.ts';
import type { OpenedTrace, Trace } from './trace/trace.ts';
import type { Wording } from './trace/wording.ts';
import type { FilterApi, FilterEvent } from './train/filter.ts';
import type { RunsApi, RunsEvent } from './train/runs.ts';
import type { TrainApi, TrainEvent } from './train/training.ts';

export type { ErrorRecord, FolderFile, ModelSource, Outcome };

export interface LoadRequest {
  readonly source: ModelSource;
  readonly backend: BackendChoice;
  /** Of a folder with ONNX graphs in several; of weights, the one that they are brought to while they are read. */
  readonly precision?: ExportPrecision;
  /**
   * Folder inside the source of the adapter that is merged into the weights, '' for one beside them; null for none.
   * Unless given it is the one beside them, and `adapter.asked` where others are there.
   */
  readonly adapter?: string | null;
}

export interface ModelStatus {
  readonly name: string;
  /** What a person calls models of its kind. */
  readonly family: string;
  readonly abilities: ModelAbilities;
  readonly parameters: number;
  /** Bytes of all files read. */
  readonly bytes: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  /** What a person should know about the files, a sentence each: tensors nothing uses, an adapter merged. */
  readonly notices: readonly string[];
  /** What its dialect asks each reader, as {@link Wording} has it. */
  readonly prompts: Required<Wording>;
  /** What it computes otherwise than its family does, a sentence each; shown wherever its figures are. */
  readonly marks: readonly string[];
  /** How the weights of a model are kept, and what 4 bits made of each matrix; null of a model that came as graphs. */
  readonly kept: {
    readonly precision: KeptPrecision;
    readonly errors: readonly WeightError[];
  } | null;
  /** From the load call to the first possible rollout, ms. */
  readonly readyMs: number;
}

export interface EngineStatus {
  readonly model: ModelStatus | null;
  readonly backend: BackendStatus | null;
  /** Ids of the page's jobs, the running one first. */
  readonly jobs: readonly string[];
}

/** How completions are sampled. */
export interface SamplingConfig {
  /** 0 is greedy. */
  readonly temperature: number;
  /** In (0, 1]; 1 keeps everything. */
  readonly topP: number;
  /** 0 keeps everything. */
  readonly topK: number;
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** 1 to 1,024. */
  readonly maxNewTokens: number;
  /** Rollouts of this one prompt, 1 to 8. */
  readonly count: number;
}

/** What the student is asked. */
export interface RolloutInput {
  /** Null asks without a picture. */
  readonly image: RgbaImage | null;
  readonly question: string;
  /** The reference answer a*, shown to the privileged teachers only, cleaned as the method's reading has it. */
  readonly answer: string;
  /** Asked in words alone, for reasoning and a box: no picture, and no description before them. */
  readonly wordsOnly?: true;
  /** A person's own words in the place of the dialect's. */
  readonly wording?: Wording;
  /** By which the answer is graded; the exact match where none is named. */
  readonly measure?: AnswerMeasure;
}

/** What one teacher sees instead of the input (a wrong answer, a mismatched picture, none). */
export interface ContextOverride {
  readonly image?: RgbaImage | null;
  readonly question?: string;
  readonly answer?: string;
}

export type ContextOverrides = Readonly<Partial<Record<TeacherName, ContextOverride>>>;

export interface RolloutRequest {
  readonly jobId: string;
  readonly input: RolloutInput;
  readonly sampling: SamplingConfig;
  readonly method: MethodConfig;
  /** Score the rollouts under their teachers; without it only ids, texts and segments are made. */
  readonly score: boolean;
  /** Answer with the logits too. */
  readonly logits?: boolean;
}

/** The completion to score: what was sampled before, or what a person typed. */
export type Completion =
  /** `sampling` is carried into the trace; re-scoring a trace passes on its own. */
  | {
      readonly kind: 'ids';
      readonly ids: readonly number[];
      readonly sampling: SamplingConfig | null;
      /** Of an earlier trace of the same tokens, if they were given as text. */
      readonly asRead?: readonly string[];
    }
  /** A completion's text as a person types it or a trainer logs it, see typed.ts for how it is read. */
  | { readonly kind: 'text'; readonly text: string };

export interface ScoreRequest {
  readonly jobId: string;
  readonly input: RolloutInput;
  readonly completion: Completion;
  readonly method: MethodConfig;
  readonly overrides?: ContextOverrides;
  /** Answer with the logits too. */
  readonly logits?: boolean;
}

/** Logits before temperature, float32, row-major; row i predicts completion token `tokens[i]`. */
export interface LogitsDump {
  readonly tokens: Int32Array;
  readonly vocab: number;
  /** `[tokens.length, vocab]`. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** Milliseconds spent. */
export interface JobTimings {
  readonly vision: number;
  readonly generate: number;
  /** Teacher forcing of the student and of every teacher. */
  readonly score: number;
  readonly divergence: number;
  /** From the start of the work (not the queue) to the answer. */
  readonly total: number;
}

export interface ScoredRollout {
  readonly trace: Trace;
  readonly logits?: {
    readonly student: LogitsDump;
    readonly teachers: Readonly<Partial<Record<TeacherName, LogitsDump>>>;
  };
}

export interface RolloutResult {
  readonly jobId: string;
  /** Token ids of each rollout of the batch, EOS included. */
  readonly completions: readonly (readonly number[])[];
  /** [rollouts][tokens], log p of each when it was drawn, nats at the sampling temperature before filters. */
  readonly logProbs: readonly (readonly number[])[];
  /** One for each rollout of the batch; none if no scores were asked for. */
  readonly rollouts: readonly ScoredRollout[];
  readonly timings: JobTimings;
}

export interface ScoreResult extends ScoredRollout {
  readonly jobId: string;
  /** Contexts whose logits were still there from an earlier job. */
  readonly reused: readonly ('student' | TeacherName)[];
  readonly timings: JobTimings;
}

/** A rollout of the student and the counterfactuals that its teachers are shown. */
export interface LeakageSubject {
  /** With a picture and a reference answer. */
  readonly input: RolloutInput;
  readonly methods: BothMethods;
  /** Proposed in this order; the first K that are wrong are used, fewer where there are fewer. */
  readonly wrongAnswers: readonly string[];
  /** K, 1 to `MOST_WRONG_ANSWERS`. */
  readonly k: number;
  /** Shown in the picture's place, to every teacher. */
  readonly mismatched: RgbaImage;
}

export interface LeakageRequest extends LeakageSubject {
  readonly jobId: string;
  readonly completion: Completion;
  /** Answer with the logits too. */
  readonly logits?: boolean;
}

/** In whose place a teacher's logits are read: as it is, under the n-th wrong answer (from 0), with the mismatched picture. */
export type Counterfactual = 'as it is' | 'another picture' | number;

/** What one reader of one context predicts, of the tokens that it has to read. */
export interface LeakageLogits extends LogitsDump {
  readonly reader: Reader;
  readonly shown: Counterfactual;
}

export interface LeakageResult extends LeakageReading {
  readonly jobId: string;
  /** The student's first, where they were asked for. */
  readonly logits?: readonly LeakageLogits[];
  readonly timings: JobTimings;
}

/** A rollout of the student and what its teachers are shown instead, to see what they go by. */
export interface LooksSubject extends Omit<LeakageSubject, 'k'> {
  /** Proposed in this order; the first that is wrong is shown. */
  readonly wrongAnswers: readonly string[];
  /** Of both sides of every divergence, 0.01 to 100. */
  readonly temperature: number;
}

export interface LooksRequest extends LooksSubject {
  readonly jobId: string;
  readonly completion: Completion;
}

export interface LooksResult extends LooksReading {
  readonly jobId: string;
  readonly timings: JobTimings;
}

/** Rollouts of one question as an update of GRPO sees them. */
export interface GroupSubject {
  /** Whose `answer` is the one that is rewarded. */
  readonly input: RolloutInput;
  /** Of this one question, two or more. */
  readonly rollouts: readonly SampledRollout[];
  /** At which they were sampled; every log-probability is at it. */
  readonly temperature: number;
  readonly terms: GroupTermSettings;
}

export interface GroupRequest extends GroupSubject {
  readonly jobId: string;
}

export interface GroupResult extends GroupReading {
  readonly jobId: string;
  readonly timings: JobTimings;
}

/** What the engine is doing inside a job. */
export type JobStep = 'vision' | 'generate' | 'score' | 'divergence';

/** Everything the worker says without being asked. */
export type EngineEvent =
  /** `total` covers all files together and may grow until all sizes are known. */
  | {
      readonly type: 'model.progress';
      /** `runtime` tells its bytes on a slow line alone; elsewhere `loaded` stays 0. */
      readonly step: 'read' | 'runtime' | 'build' | 'measure';
      readonly file: string;
      readonly loaded: number;
      readonly total: number;
    }
  | { readonly type: 'model.ready'; readonly model: ModelStatus; readonly backend: BackendStatus }
  /** A choice waits for its turn and for sessions; `backend.changed` follows, with the old one where it failed. */
  | { readonly type: 'backend.changing'; readonly choice: BackendChoice }
  | { readonly type: 'backend.changed'; readonly backend: BackendStatus }
  /** The GPU went away. The engine goes on by itself, on a new device or else on wasm; the running job repeats its step. */
  | { readonly type: 'device.lost'; readonly message: string }
  | { readonly type: 'device.recovered'; readonly backend: BackendStatus; readonly ms: number }
  /** No device could be made again, not even on wasm. The next job tries once more. */
  | { readonly type: 'device.failed'; readonly error: ErrorRecord }
  /** How far a job is; what came of it, or why it failed, is in its answer alone. */
  | {
      readonly type: 'job.progress';
      readonly jobId: string;
      readonly step: JobStep;
      readonly done: number;
      readonly total: number;
    }
  /**
   * One sampled token; `rollout` counts the batch from 0, `index` the completion's tokens from 0. After
   * a recovered device the same tokens come once more from index 0.
   */
  | {
      readonly type: 'job.token';
      readonly jobId: string;
      readonly rollout: number;
      readonly index: number;
      readonly id: number;
      /** Its own text; '' for a token that ends inside a character, whose text comes with the next. */
      readonly text: string;
      /** log p at the sampling temperature before filters, nats. */
      readonly logProb: number;
    }
  /** All tokens are there: validity, spans and the plan, before anything is scored. */
  | {
      readonly type: 'job.planned';
      readonly jobId: string;
      readonly rollout: number;
      readonly ids: readonly number[];
      readonly texts: readonly string[];
      readonly parsed: ParsedRollout;
      readonly plan: SupervisionPlan;
    }
  | ModelsEvent
  | TrainEvent
  | RunsEvent
  | EvaluationEvent
  | FilterEvent
  | DataEvent
  | ScoringEvent;

/** The worker's face. All calls answer with data; none throws for what can go wrong in the work. */
export interface EngineApi
  extends ModelsApi,
    TrainApi,
    RunsApi,
    EvaluateApi,
    FilterApi,
    DataApi,
    ScoringApi {
  /** Sets the one listener for events; wrap it in `Comlink.proxy`. */
  listen(listener: (event: EngineEvent) => void): Promise<void>;
  /** Loads a model (replacing the one there) and chooses a backend. A second call while one loads waits. */
  load(request: LoadRequest): Promise<Outcome<EngineStatus>>;
  /** Ends loads that wait or are under way, which answer with `job.cancelled`; the model before stays. */
  cancelLoad(): Promise<void>;
  status(): Promise<EngineStatus>;
  /** Switches the backend; rollouts stay valid. Waits for the running job. */
  setBackend(choice: BackendChoice): Promise<Outcome<BackendStatus>>;
  /** Samples, parses, plans and scores; a cancelled job answers with `job.cancelled`. */
  rollout(request: RolloutRequest): Promise<Outcome<RolloutResult>>;
  /** Scores a given completion; computes only what no earlier job left behind. */
  score(request: ScoreRequest): Promise<Outcome<ScoreResult>>;
  /** Re-scores a given valid completion under PALR's counterfactuals, for both methods. */
  leakage(request: LeakageRequest): Promise<Outcome<LeakageResult>>;
  /** Holds the teachers of a given completion, valid or not, to themselves with another picture and a wrong answer. */
  looks(request: LooksRequest): Promise<Outcome<LooksResult>>;
  /** Reads a group of rollouts as an update of GRPO would, under the student that was chosen; nothing is trained. */
  group(request: GroupRequest): Promise<Outcome<GroupResult>>;
  /** Ends a queued job at once and a running one at its next step; unknown ids are ignored. */
  cancel(jobId: string): Promise<void>;
  /** Reads the text of an exported trace, holds it against itself and, where a model is loaded, its tokens against that. */
  importTrace(text: string): Promise<Outcome<OpenedTrace>>;
  /** Destroys the GPU device as a driver reset would, to see the recovery; false where there is none. */
  loseDevice(): Promise<boolean>;
  /** Frees sessions, buffers and the device; the engine can load again. */
  dispose(): Promise<void>;
}
