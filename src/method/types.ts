/** The method's vocabulary: every public type of this room, shared by engine, kernels, training and page. */

import { TEACHERS } from './teachers.ts';

/** Who can teach a token. `privileged` is OPSD's single teacher, the other three are ViGOS's. */
export type TeacherName = keyof typeof TEACHERS;

/** All teachers, in the order in which they are listed everywhere. */
export const TEACHER_NAMES = Object.keys(TEACHERS) as readonly TeacherName[];

/**
 * The part of the completion a token belongs to.
 * - `description`: between the prefilled `<description>` and `</description>`, with its opener where the
 *   method says so
 * - `reasoning`: between `<think>` and `</think>`
 * - `answer`: inside the braces of the first box after `</think>`
 * - `delimiter`: holds any character of a tag, of `\boxed{` or of its `}`, or stands between segments
 * - `trailing`: after the box, the first EOS and the padding included
 */
export type Segment = 'description' | 'reasoning' | 'answer' | 'delimiter' | 'trailing';

/** `strict` is the paper's rule for a valid rollout, `lenient` the released code's. */
export type Validity = 'strict' | 'lenient';

/**
 * Where the paper and its released code disagree: who supervises a delimiter, what the reasoning teacher
 * sees, and whether an escaped brace (`\{`, `\}`) opens or closes a box (in the code, which counts every brace).
 */
export type Reading = 'paper' | 'code';

/** ViGOS (three teachers) or OPSD (one privileged teacher on every token). */
export type MethodName = 'vigos' | 'opsd';

/** What is measured between teacher q and student p, in nats. */
export type DivergenceKind = 'forward-kl' | 'reverse-kl' | 'jsd';

/**
 * One divergence, ready to compute. `forward-kl` is KL(q‖p), `reverse-kl` is KL(p‖q), `jsd` is the
 * generalised Jensen-Shannon divergence of TRL and Liger with M = β·T + (1−β)·S; there β = 0 means
 * KL(T‖S) and β = 1 means KL(S‖T), which are special cases and not limits of the middle.
 */
export type Divergence =
  | { readonly kind: 'forward-kl' }
  | { readonly kind: 'reverse-kl' }
  | { readonly kind: 'jsd' /** In [0, 1]. */; readonly beta: number };

/**
 * How a token's loss is bounded. `token` is ViGOS's min(KL, value) after the sum over the vocabulary
 * (a clipped token has zero gradient); `entry` is OPSD's min of each vocabulary entry before the sum
 * (the loss may go negative). `value` is in nats, > 0.
 */
export type Clip =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly value: number }
  | { readonly kind: 'entry'; readonly value: number };

/**
 * A bound of its own for the loss of two tokens of a valid ViGOS rollout, the last that the perception
 * teacher supervises and the first that the reasoning teacher does: min(loss, value) after whatever
 * {@link Clip} leaves, so it binds where that is off or larger. `value` is in nats, > 0.
 */
export type BoundaryClip = Exclude<Clip, { readonly kind: 'entry' }>;

/** One value for each teacher. */
export type PerTeacher<T> = Readonly<Record<TeacherName, T>>;

/** Everything that decides which loss a token gets: the method and each of its switches. */
export interface MethodConfig {
  readonly name: MethodName;
  readonly reading: Reading;
  readonly validity: Validity;
  /** Which teachers take part; switching one off leaves its tokens without a teacher (ablations). */
  readonly teachers: PerTeacher<boolean>;
  /** Divergence of each teacher's tokens; "reference with forward KL" is set here. */
  readonly divergence: PerTeacher<Divergence>;
  /** λ of each teacher's loss, ≥ 0. */
  readonly lambdas: PerTeacher<number>;
  /** Distillation temperature τ: log-softmax(z/τ) on both sides, no τ² factor. */
  readonly temperature: number;
  readonly clip: Clip;
  /**
   * Whether the token that opens `</description>` and holds text before it (` </`, `.</`) belongs to the
   * description, as in the runs of the released trainer; else it belongs to the tag, and nobody teaches it.
   */
  readonly opener: boolean;
  readonly boundaryClip: BoundaryClip;
}

/** One token range `[start, end)` of the completion. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Token ranges found in the completion, disjoint and in order; a span is absent when the delimiter
 * that opens it was not found, and empty when neighbours took all of its tokens. A span whose closing
 * delimiter is missing runs to the end of the text.
 */
export interface RolloutSpans {
  readonly description?: TokenSpan;
  /** `</description>`. */
  readonly descriptionClose?: TokenSpan;
  /** `<think>`. */
  readonly thinkOpen?: TokenSpan;
  readonly reasoning?: TokenSpan;
  /** `</think>`. */
  readonly thinkClose?: TokenSpan;
  /** `\boxed{`. */
  readonly boxOpen?: TokenSpan;
  readonly answer?: TokenSpan;
  /** The brace that closes the box. */
  readonly boxClose?: TokenSpan;
  /** After the box (or after the text, when there is no box), the EOS included, padding not. */
  readonly trailing?: TokenSpan;
}

/** The kinds of first failure, stable across versions. */
export type RolloutFaultCode =
  | 'no-description-close'
  | 'description-empty'
  | 'description-without-token'
  | 'text-before-think'
  | 'no-think-open'
  | 'no-think-close'
  | 'reasoning-empty'
  | 'text-before-box'
  | 'no-box'
  | 'box-not-closed'
  | 'answer-empty'
  | 'text-after-box';

/** Why a rollout is invalid: the first failure in reading order. */
export interface RolloutFault {
  readonly code: RolloutFaultCode;
  /** UTF-16 offset in the completion's text where the failure shows. */
  readonly char: number;
  /** Token index where it shows; the index of the EOS (or the token count) when it shows at the end. */
  readonly token: number;
  /** One sentence for a person. */
  readonly message: string;
}

/** What of a method decides how a completion is read. */
export type FormRules = Pick<MethodConfig, 'validity' | 'reading' | 'opener'>;

/** A completion, read once: validity, spans and one segment for each token. */
export interface ParsedRollout extends FormRules {
  /** The token that opens `</description>` and holds text before it, whomever it was given to; or null. */
  readonly openerToken: number | null;
  readonly valid: boolean;
  /** The first failure under the chosen rule, or null for a valid rollout. */
  readonly reason: RolloutFault | null;
  readonly spans: RolloutSpans;
  /** `[tokens]`. */
  readonly segments: readonly Segment[];
  /**
   * Number of tokens up to and including the first EOS (all tokens when there is none). Tokens from
   * here on are padding and never supervised.
   */
  readonly length: number;
  /** Whether an EOS was sampled. */
  readonly ended: boolean;
  /** The text of the first `length` tokens without the EOS. */
  readonly text: string;
  /**
   * Indices of sampled special tokens (an `<|image_pad|>` the model wrote itself, say). They are
   * ordinary tokens of the completion, never images; as text they count as neither words nor space.
   */
  readonly specialTokens: readonly number[];
  /** Graded answer: content of the last closed box anywhere in the text, trimmed, or null when there is none. */
  readonly answer: string | null;
}

/** Stable identifier of the rule that gave a token its teacher or none: a name of `rules.ts`, which has the sentences. */
export type RuleId = string;

/** What the loss does with one token. */
export interface TokenSupervision {
  readonly teacher: TeacherName | null;
  readonly rule: RuleId;
  /** Null exactly when `teacher` is null. */
  readonly divergence: Divergence | null;
  /** λ of the teacher; 0 when there is none. */
  readonly weight: number;
  /** `none` when there is no teacher. */
  readonly clip: Clip;
  /** Nats: what a boundary clip lets through of the loss that `clip` leaves; null on any other token. */
  readonly boundaryCap: number | null;
}

/** Who supervises each token of one completion; page, inspection and training all use this one plan. */
export interface SupervisionPlan {
  readonly method: MethodConfig;
  readonly valid: boolean;
  /** `[tokens]`, padding included. */
  readonly tokens: readonly TokenSupervision[];
  /** Teachers that at least one token needs, in the order of {@link TeacherName}. */
  readonly teachersNeeded: readonly TeacherName[];
}

/**
 * Exact token ids of each tag, to be found as sub-sequences before characters are looked at; several
 * spellings may be given, since a tokenizer joins neighbours (`</`, ` </`).
 */
export interface TagIds {
  readonly descriptionClose?: readonly (readonly number[])[];
  readonly thinkOpen?: readonly (readonly number[])[];
  readonly thinkClose?: readonly (readonly number[])[];
  readonly boxOpen?: readonly (readonly number[])[];
}

/** How to read a completion. */
export interface ParseOptions extends FormRules {
  /** Ids that end a completion; padding may have the same id. */
  readonly eosIds: readonly number[];
  /** Padding id, when it differs from every EOS. */
  readonly padId?: number;
  /** Special ids that must never be sampled (`<|image_pad|>` and its like). */
  readonly specialIds?: readonly number[];
  readonly tagIds?: TagIds;
}
