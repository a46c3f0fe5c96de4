/** Divergences between a teacher's and the student's next-token distribution, and their gradients: the float64 reference. */
import { PlaygroundError } from '../base/errors.ts';
import { entropy, logSoftmax } from './softmax.ts';
import { tokenCap } from './supervision.ts';
import type { Clip, Divergence } from './types.ts';

/** How to measure one token. */
export interface DivergenceOptions {
  readonly divergence: Divergence;
  /** τ, default 1. */
  readonly temperature?: number;
  /** Default none. */
  readonly clip?: Clip;
  /** Nats: a boundary clip's bound on what `clip` leaves; default none. */
  readonly boundaryCap?: number | null;
}

/** One token's measurement; all values in nats. */
export interface TokenDivergence {
  /** Sum over the vocabulary before any clip; +inf where the supports do not match. */
  readonly value: number;
  /** After the clip. */
  readonly loss: number;
  /** The whole token is clipped, by a `token` clip or a boundary clip: constant loss, zero gradient. */
  readonly clipped: boolean;
  /** Vocabulary entries that an `entry` clip cut. */
  readonly clippedEntries: number;
  readonly studentEntropy: number;
  readonly teacherEntropy: number;
  /** The loss or its gradient holds a NaN: one came in, or an infinite reverse KL has no gradient. */
  readonly nan: boolean;
  /** `[vocab]`, ∂loss/∂(student logit), per logit before temperature. */
  readonly gradient: Float64Array;
}

const NONE: Clip = { kind: 'none' };

/**
 * Loss and gradient of one token: log-softmax(z/τ) of both sides, no τ² factor, the full vocabulary.
 * @param student `[vocab]` logits of the student, −inf for masked entries.
 * @param teacher `[vocab]` logits of the teacher; a constant of the loss.
 * @throws PlaygroundError `method.vocabulary-mismatch`, `method.empty-vocabulary`, `method.temperature`.
 */
export function measureToken(
  student: ArrayLike<number>,
  teacher: ArrayLike<number>,
  { divergence, temperature = 1, clip = NONE, boundaryCap = null }: DivergenceOptions,
): TokenDivergence {
  assertSameVocabulary(student, teacher);
  const studentLogProbs = logSoftmax(student, temperature);
  const teacherLogProbs = logSoftmax(teacher, temperature);
  const entries = divergenceEntries(studentLogProbs, teacherLogProbs, divergence);
  const value = sum(entries);
  const limit = clip.kind === 'entry' ? clip.value : Number.POSITIVE_INFINITY;
  const summed = clip.kind === 'entry' ? sum(entries.map((x) => Math.min(x, limit))) : value;
  const cap = tokenCap({ clip, boundaryCap });
  const loss = Math.min(summed, cap);
  const clipped = summed > cap;
  const gradient = clipped
    ? new Float64Array(student.length)
    : entryGradient(studentLogProbs, teacherLogProbs, divergence, (i) => !(entries[i] > limit)).map(
        (g) => g / temperature,
      );
  return {
    value,
    loss,
    clipped,
    clippedEntries: entries.reduce((count, x) => count + (x > limit ? 1 : 0), 0),
    studentEntropy: entropy(studentLogProbs),
    teacherEntropy: entropy(teacherLogProbs),
    nan: Number.isNaN(loss) || gradient.some(Number.isNaN),
    gradient,
  };
}

/** KL(q‖p) in nats from log-probabilities `[vocab]` of student p and teacher q. */
export function forwardKl(student: ArrayLike<number>, teacher: ArrayLike<number>): number {
  assertSameVocabulary(student, teacher);
  return sum(divergenceEntries(student, teacher, { kind: 'forward-kl' }));
}

/** KL(p‖q) in nats from log-probabilities `[vocab]` of student p and teacher q. */
export function reverseKl(student: ArrayLike<number>, teacher: ArrayLike<number>): number {
  return forwardKl(teacher, student);
}

/**
 * Generalised JSD as TRL and Liger define it, M = β·T + (1−β)·S and JSD = β·KL(T‖M) + (1−β)·KL(S‖M),
 * in nats from log-probabilities `[vocab]`. β = 0 is KL(T‖S) and β = 1 is KL(S‖T) by definition: the
 * formula itself goes to 0 there.
 */
export function generalisedJsd(
  student: ArrayLike<number>,
  teacher: ArrayLike<number>,
  beta: number,
): number {
  assertSameVocabulary(student, teacher);
  return sum(divergenceEntries(student, teacher, { kind: 'jsd', beta }));
}

/**
 * The summands of a divergence, `[vocab]`, nats; single entries may be negative, and an entry is +inf
 * where the first distribution has mass and the second none.
 * @throws PlaygroundError `method.jsd-beta` for β outside [0, 1].
 */
export function divergenceEntries(
  student: ArrayLike<number>,
  teacher: ArrayLike<number>,
  divergence: Divergence,
): Float64Array {
  const kind = resolveEndpoints(divergence);
  const entries = new Float64Array(student.length);
  for (let i = 0; i < entries.length; i++) {
    if (kind.kind === 'forward-kl') entries[i] = klEntry(teacher[i], student[i]);
    else if (kind.kind === 'reverse-kl') entries[i] = klEntry(student[i], teacher[i]);
    else {
      const mixture = logMixture(student[i], teacher[i], kind.beta);
      entries[i] =
        kind.beta * klEntry(teacher[i], mixture) + (1 - kind.beta) * klEntry(student[i], mixture);
    }
  }
  return entries;
}

/**
 * ∂(Σ of the kept entries)/∂(student logit) at τ = 1, `[vocab]`. With g_i = ∂f_i/∂log p_i it is
 * [j kept]·g_j − p_j·Σ_kept g_i; with every entry kept these are the closed forms
 * p − q (forward), p·(log p − log q − KL) (reverse) and (1−β)·p·(log p/m − Σ p log p/m) (JSD).
 */
function entryGradient(
  student: Float64Array,
  teacher: Float64Array,
  divergence: Divergence,
  kept: (entry: number) => boolean,
): Float64Array {
  const kind = resolveEndpoints(divergence);
  const slopes = student.map((logP, i) => (kept(i) ? slope(logP, teacher[i], kind) : 0));
  const total = sum(slopes);
  return slopes.map((g, i) => g - Math.exp(student[i]) * total);
}

/** ∂f/∂log p of one entry. */
function slope(logP: number, logQ: number, kind: Divergence): number {
  if (kind.kind === 'forward-kl') return -Math.exp(logQ);
  if (logP === Number.NEGATIVE_INFINITY) return 0;
  const p = Math.exp(logP);
  if (kind.kind === 'reverse-kl') return p * (logP - logQ + 1);
  return (1 - kind.beta) * p * (logP - logMixture(logP, logQ, kind.beta));
}

/** e^a·(a − b) with 0·(−inf − b) = 0, and +inf where only b is −inf. */
function klEntry(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return Number.isNaN(b) ? b : 0;
  if (b === Number.NEGATIVE_INFINITY && !Number.isNaN(a)) return Number.POSITIVE_INFINITY;
  return Math.exp(a) * (a - b);
}

/** log(β·e^t + (1−β)·e^s) by the larger of the two, so that two tiny probabilities have a finite log. */
function logMixture(student: number, teacher: number, beta: number): number {
  const a = teacher + Math.log(beta);
  const b = student + Math.log1p(-beta);
  const max = Math.max(a, b);
  if (max === Number.NEGATIVE_INFINITY) return max;
  return max + Math.log1p(Math.exp(Math.min(a, b) - max));
}

function resolveEndpoints(divergence: Divergence): Divergence {
  if (divergence.kind !== 'jsd') return divergence;
  const { beta } = divergence;
  if (!(beta >= 0 && beta <= 1)) {
    throw new PlaygroundError({
      code: 'method.jsd-beta',
      message: `The β of the generalised JSD is ${beta}.`,
      fix: 'Give a number from 0 to 1.',
      where: 'divergence.beta',
    });
  }
  if (beta === 0) return { kind: 'forward-kl' };
  return beta === 1 ? { kind: 'reverse-kl' } : divergence;
}

function assertSameVocabulary(student: ArrayLike<number>, teacher: ArrayLike<number>): void {
  if (student.length === teacher.length) return;
  throw new PlaygroundError({
    code: 'method.vocabulary-mismatch',
    message: `The student has ${student.length} logits and the teacher ${teacher.length}.`,
    fix: 'Cut both to the tokenizer’s vocabulary, or use a teacher with the same one.',
    where: 'logits',
    detail: { student: student.length, teacher: teacher.length },
  });
}

function sum(values: Float64Array): number {
  return values.reduce((total, x) => total + x, 0);
}
