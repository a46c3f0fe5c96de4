/** Both KL divergences and entropies from one reading of the logits, in pieces that merge: what the kernels do. */
import { assertTemperature } from './softmax.ts';

/**
 * A running summary of some vocabulary entries. With s and t the two logits over τ and `max` their running
 * maxima: Z = Σ e^{x−max}, `forward` A = Σ e^{t−max_t}(t−s), `reverse` B = Σ e^{s−max_s}(s−t), and
 * E = Σ e^{x−max}·x for the entropies.
 */
export interface KlState {
  readonly studentMax: number;
  readonly studentSum: number;
  readonly studentMoment: number;
  readonly teacherMax: number;
  readonly teacherSum: number;
  readonly teacherMoment: number;
  readonly forward: number;
  readonly reverse: number;
}

/** What a complete reading gives, in nats. */
export interface KlSummary {
  /** KL(q‖p) = A/Z_t − lse_t + lse_s. */
  readonly forwardKl: number;
  /** KL(p‖q) = B/Z_s − lse_s + lse_t. */
  readonly reverseKl: number;
  readonly studentEntropy: number;
  readonly teacherEntropy: number;
  /** Log-normalisers of z/τ: log p(v) = z_v/τ − lse. */
  readonly studentLse: number;
  readonly teacherLse: number;
  readonly nan: boolean;
}

/** The summary of nothing; neutral in {@link mergeKl}. */
export const EMPTY_KL: KlState = {
  studentMax: Number.NEGATIVE_INFINITY,
  studentSum: 0,
  studentMoment: 0,
  teacherMax: Number.NEGATIVE_INFINITY,
  teacherSum: 0,
  teacherMoment: 0,
  forward: 0,
  reverse: 0,
};

/**
 * Reads entries `[from, to)` of two rows of logits once.
 * @throws PlaygroundError `method.temperature`.
 */
export function readKl(
  student: ArrayLike<number>,
  teacher: ArrayLike<number>,
  temperature = 1,
  from = 0,
  to = student.length,
): KlState {
  assertTemperature(temperature);
  let state = EMPTY_KL;
  for (let i = from; i < to; i++) {
    state = mergeKl(state, singleEntry(student[i] / temperature, teacher[i] / temperature));
  }
  return state;
}

/** The summary of both pieces; associative and commutative up to rounding. */
export function mergeKl(a: KlState, b: KlState): KlState {
  const studentMax = Math.max(a.studentMax, b.studentMax);
  const teacherMax = Math.max(a.teacherMax, b.teacherMax);
  const sa = rescale(a.studentMax, studentMax);
  const sb = rescale(b.studentMax, studentMax);
  const ta = rescale(a.teacherMax, teacherMax);
  const tb = rescale(b.teacherMax, teacherMax);
  return {
    studentMax,
    studentSum: a.studentSum * sa + b.studentSum * sb,
    studentMoment: a.studentMoment * sa + b.studentMoment * sb,
    teacherMax,
    teacherSum: a.teacherSum * ta + b.teacherSum * tb,
    teacherMoment: a.teacherMoment * ta + b.teacherMoment * tb,
    forward: scaled(a.forward, ta) + scaled(b.forward, tb),
    reverse: scaled(a.reverse, sa) + scaled(b.reverse, sb),
  };
}

/** The divergences of a complete reading; a side without any finite logit gives NaN. */
export function finishKl(state: KlState): KlSummary {
  const studentLse = state.studentMax + Math.log(state.studentSum);
  const teacherLse = state.teacherMax + Math.log(state.teacherSum);
  const forwardKl = state.forward / state.teacherSum - teacherLse + studentLse;
  const reverseKl = state.reverse / state.studentSum - studentLse + teacherLse;
  return {
    forwardKl,
    reverseKl,
    studentEntropy: studentLse - state.studentMoment / state.studentSum,
    teacherEntropy: teacherLse - state.teacherMoment / state.teacherSum,
    studentLse,
    teacherLse,
    nan: Number.isNaN(forwardKl) || Number.isNaN(reverseKl),
  };
}

function singleEntry(s: number, t: number): KlState {
  const noStudent = s === Number.NEGATIVE_INFINITY;
  const noTeacher = t === Number.NEGATIVE_INFINITY;
  return {
    studentMax: s,
    studentSum: noStudent ? 0 : Math.exp(s - s),
    studentMoment: noStudent ? 0 : s,
    teacherMax: t,
    teacherSum: noTeacher ? 0 : Math.exp(t - t),
    teacherMoment: noTeacher ? 0 : t,
    forward: noTeacher ? 0 : t - s,
    reverse: noStudent ? 0 : s - t,
  };
}

/** e^{from−to}; a piece that is all −inf holds nothing, so its factor does not matter. */
function rescale(from: number, to: number): number {
  return from === Number.NEGATIVE_INFINITY ? 0 : Math.exp(from - to);
}

/** A sum that is infinite because the supports differ stays so, however small its factor. */
function scaled(value: number, factor: number): number {
  return Number.isFinite(value) ? value * factor : value;
}
