/** What an evaluation found, item by item, and what it was made with: format "vigos-evaluation/1". */

import type { Interval, PairedDifference } from '../../method/estimates.ts';
import type { MethodName } from '../../method/types.ts';
import type { DescriptionTruth } from '../../world/truth.ts';
import type { RoundedPrecision } from '../models/model.ts';
import type { EvaluationMeasure, EvaluationSettings, FactSetting } from './evaluation-settings.ts';
import type { GivenReference, TeacherFormId } from './teacher-forms.ts';

export const EVALUATION_FORMAT = 'vigos-evaluation/1';

/** Which response of an evaluation. */
export interface ResponseKey {
  /** Number of the picture in the set, from 0. */
  readonly item: number;
  readonly fact: FactSetting;
  readonly seed: number;
  /** From 0 to k − 1. */
  readonly response: number;
}

/** One graded response; the log has called its lines 'answer' since its first version. */
export interface ResponseLine extends ResponseKey {
  readonly type: 'answer';
  /** The picture's name: `prior-test-4`, or its line in a file. */
  readonly id: string;
  /** Question family; null in a file that names none. */
  readonly family: string | null;
  /** Place in its group of three pictures; null for a question on its own. */
  readonly image: 1 | 2 | 3 | null;
  readonly question: string;
  /** Empty where a file has no reference answer. */
  readonly reference: string;
  /** EOS included, padding not. */
  readonly ids: readonly number[];
  readonly text: string;
  /** The boxed answer; null without a box. */
  readonly answer: string | null;
  /** Null without a reference answer. */
  readonly correct: boolean | null;
  /** Whether it answers the usual look on a picture that contradicts it; null on all others. */
  readonly usual: boolean | null;
  /** By the paper's rule and by that of the released code. */
  readonly strict: boolean;
  readonly lenient: boolean;
  /** Why it is invalid by the strict rule, a sentence; null for a valid one. */
  readonly reason: string | null;
  /** Tokens of all of it, of its description and of its reasoning. */
  readonly tokens: {
    readonly all: number;
    readonly description: number;
    readonly reasoning: number;
  };
  /** Null for a picture that nobody knows. */
  readonly truth: DescriptionTruth | null;
}

/** What a group of tokens adds to a leakage rate: Σ s·c^A and Σ s·c^I, nats², over its supervised tokens. */
export interface LeakageSums {
  readonly tokens: number;
  readonly answer: number;
  readonly image: number;
}

/** PALR's parts of one valid rollout under one method. */
export interface LeakageLine extends ResponseKey {
  readonly type: 'leakage';
  readonly id: string;
  readonly method: MethodName;
  readonly description: LeakageSums;
  readonly reasoningAnswer: LeakageSums;
  readonly all: LeakageSums;
}

/** What a teacher wrote by itself on a picture of a group. */
export interface TeacherLine extends ResponseKey {
  readonly type: 'teacher';
  readonly id: string;
  readonly image: 1 | 2 | 3 | null;
  readonly form: TeacherFormId;
  readonly given: GivenReference;
  /** The reference answer that it was given; empty for the image-only form. */
  readonly reference: string;
  readonly text: string;
  /** Null without a box, and for the image-only form. */
  readonly boxed: string | null;
  /** Whether it boxes the given answer; of the image-only form, whether it names the property that decides the question. */
  readonly holds: boolean;
}

export type EvaluationLine = ResponseLine | LeakageLine | TeacherLine;

/** A figure of a result, as it is shown, compared and exported. */
export interface EvaluationFigure {
  /** Stable: `score.F`, `pass.family.math`, `palr.opsd.description`. */
  readonly id: string;
  readonly label: string;
  readonly unit: 'share' | 'tokens';
  readonly measure: EvaluationMeasure | 'form';
  readonly sentence: string;
  /** Null where there is nothing to say it of; `why` says why. */
  readonly value: number | null;
  /** 95 %; null without a value, and where one picture alone has no spread. */
  readonly interval: Interval | null;
  readonly method: 'wilson' | 'bootstrap';
  readonly pictures: number;
  readonly responses: number;
  readonly why: string | null;
}

/** A figure of two results on the same pictures and seeds. */
export interface FigureComparison {
  readonly id: string;
  readonly label: string;
  readonly unit: EvaluationFigure['unit'];
  /** Null where they share nothing. */
  readonly difference: PairedDifference | null;
  readonly why: string | null;
}

/** Who answered. */
export interface EvaluatedModel {
  readonly name: string;
  readonly parameters: number;
  /** SHA-256 of the weights as they were given; null for a model that came as graphs. */
  readonly fingerprint: string | null;
  /** What its weights were brought to, or its graphs hold; not there in float32. Two precisions are two models. */
  readonly precision?: RoundedPrecision | undefined;
  /** The trained student in its place; null for the model itself. */
  readonly student: {
    readonly label: string;
    readonly fingerprint: string;
    readonly runId: string | null;
    readonly step: number | null;
  } | null;
}

/** The model itself, whoever its student is: “name” or “name, q4”. */
export const modelInWords = ({
  name,
  precision,
}: Pick<EvaluatedModel, 'name' | 'precision'>): string =>
  precision === undefined ? name : `${name}, ${precision}`;

export type EvaluationState = 'running' | 'paused' | 'done';

/** An evaluation without its lines. */
export interface EvaluationRecord {
  readonly format: typeof EVALUATION_FORMAT;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly state: EvaluationState;
  /** Of the playground. */
  readonly version: string;
  readonly model: EvaluatedModel;
  readonly backend: 'wasm' | 'webgpu';
  readonly settings: EvaluationSettings;
  /** Time spent, over all its parts. */
  readonly ms: number;
  /** Of the lines so far. */
  readonly figures: readonly EvaluationFigure[];
  /** Where it came from, if it was not made here. */
  readonly imported?: ImportedFrom;
}

export interface ImportedFrom {
  readonly at: string;
  /** Its content is what its checksum says; one without a checksum stands under its own word. */
  readonly verified: boolean;
  /** Whether its answers came with it; without them its figures cannot be looked behind. */
  readonly lines: boolean;
}
