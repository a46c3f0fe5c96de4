// Second reads of the logits themselves: single entries of any divergence, which OPSD's clip needs, and the reverse KL's
// gradient, whose logarithms must not lose a digit.

import { BLOCK_BYTES, log2, MASK, pow2, QUAD, total } from './lanes';

// Kinds of a divergence; the third is the JSD.
const FORWARD: i32 = 0;
const REVERSE: i32 = 1;

// Both distributions of the pair under way, set by `normalise`: log2 p = (logit − max)·scale − log2 Z.
let scale: f32 = 0;
let studentMax: f32 = 0;
let teacherMax: f32 = 0;
let studentFactor: f32 = 0; // 1 / Z
let teacherFactor: f32 = 0;
let ratio: f64 = 0; // ln(teacherZ / studentZ)

/** Sets both distributions; `newScale` is log2(e) / τ. */
export function normalise(
  newScale: f32,
  newStudentMax: f32,
  newTeacherMax: f32,
  studentZ: f64,
  teacherZ: f64,
): void {
  scale = newScale;
  studentMax = newStudentMax;
  teacherMax = newTeacherMax;
  studentFactor = <f32>(1.0 / studentZ);
  teacherFactor = <f32>(1.0 / teacherZ);
  ratio = Math.log(teacherZ / studentZ);
}

/** −ln(m / p) of the more probable side, for m = β p_t + (1−β) p_s, from d = ln p_t − ln p_s alone. */
@inline
function aboveMix(d: v128, isTeacher: v128, beta: v128, rest: v128): v128 {
  const more = v128.bitselect(beta, rest, isTeacher);
  const less = v128.bitselect(rest, beta, isTeacher);
  const e = pow2(f32x4.mul(f32x4.abs(d), f32x4.splat(<f32>-Math.LOG2E)));
  return f32x4.mul(log2(f32x4.add(more, f32x4.mul(less, e))), f32x4.splat(<f32>-Math.LN2));
}

/** One entry's term of a divergence, nats; `mixTeacher` and `mixStudent` are the JSD's logarithms. */
@inline
function termOf(
  kind: i32,
  ps: v128,
  pt: v128,
  d: v128,
  mixTeacher: v128,
  mixStudent: v128,
  beta: v128,
  rest: v128,
): v128 {
  if (kind == FORWARD) return f32x4.mul(pt, d);
  if (kind == REVERSE) return f32x4.neg(f32x4.mul(ps, d));
  return f32x4.add(
    f32x4.mul(f32x4.mul(beta, pt), mixTeacher),
    f32x4.mul(f32x4.mul(rest, ps), mixStudent),
  );
}

/** The term's derivative by log p_s. */
@inline
function slopeOf(kind: i32, ps: v128, pt: v128, d: v128, mixStudent: v128, rest: v128): v128 {
  if (kind == FORWARD) return f32x4.neg(pt);
  if (kind == REVERSE) return f32x4.mul(ps, f32x4.sub(f32x4.splat(1.0), d));
  return f32x4.mul(f32x4.mul(rest, ps), mixStudent);
}

/** Whether an entry's term is above the clip; one that a mask makes infinite is. */
@inline
function isAbove(kind: i32, term: v128, clip: v128, s: v128, t: v128): v128 {
  const above = f32x4.gt(term, clip);
  const mask = f32x4.splat(MASK);
  if (kind == FORWARD) return v128.or(above, v128.andnot(f32x4.le(s, mask), f32x4.le(t, mask)));
  if (kind == REVERSE) return v128.or(above, v128.andnot(f32x4.le(t, mask), f32x4.le(s, mask)));
  return above;
}

/**
 * Σ p_t ln(p_t / m) and Σ p_s ln(p_s / m) where `wantsMix`, and with a `clip` the loss of entries cut to it,
 * how many were cut, and Σ of the others' derivatives by log p_s: five float64 numbers, to `out`. No clip
 * is infinite.
 */
export function terms(
  student: usize,
  teacher: usize,
  count: usize,
  wantsMix: bool,
  beta: f64,
  kind: i32,
  clip: f32,
  out: usize,
): void {
  const byEntry = clip < Infinity;
  const share = f32x4.splat(<f32>beta);
  const rest = f32x4.splat(<f32>(1.0 - beta));
  const clip4 = f32x4.splat(clip);
  const cs = f32x4.splat(studentMax);
  const ct = f32x4.splat(teacherMax);
  const k = f32x4.splat(scale);
  const r = f32x4.splat(<f32>(ratio * Math.LOG2E));
  const mask = f32x4.splat(MASK);
  let mixTeacher: f64 = 0;
  let mixStudent: f64 = 0;
  let loss: f64 = 0;
  let slope: f64 = 0;
  let cut: i32 = 0;
  const end = student + (count << 2);
  for (let i = student, j = teacher; i < end; i += BLOCK_BYTES, j += BLOCK_BYTES) {
    const bytes = min(BLOCK_BYTES, end - i);
    let sumT = f32x4.splat(0);
    let sumS = f32x4.splat(0);
    let sumLoss = f32x4.splat(0);
    let sumSlope = f32x4.splat(0);
    for (let n: usize = 0; n < bytes; n += QUAD) {
      const s = f32x4.pmax(v128.load(i + n), mask);
      const t = f32x4.pmax(v128.load(j + n), mask);
      const xs = f32x4.mul(f32x4.sub(s, cs), k);
      const xt = f32x4.mul(f32x4.sub(t, ct), k);
      const ps = f32x4.mul(pow2(xs), f32x4.splat(studentFactor));
      const pt = f32x4.mul(pow2(xt), f32x4.splat(teacherFactor));
      const d = f32x4.mul(f32x4.sub(f32x4.sub(xt, xs), r), f32x4.splat(<f32>Math.LN2));
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      if (wantsMix) {
        const isTeacher = f32x4.ge(d, f32x4.splat(0));
        const l = aboveMix(d, isTeacher, share, rest);
        a = v128.bitselect(l, f32x4.add(l, d), isTeacher);
        b = v128.bitselect(f32x4.sub(l, d), l, isTeacher);
        sumT = f32x4.add(sumT, f32x4.mul(pt, a));
        sumS = f32x4.add(sumS, f32x4.mul(ps, b));
      }
      if (byEntry) {
        const term = termOf(kind, ps, pt, d, a, b, share, rest);
        const over = isAbove(kind, term, clip4, s, t);
        sumLoss = f32x4.add(sumLoss, v128.bitselect(clip4, term, over));
        sumSlope = f32x4.add(sumSlope, v128.andnot(slopeOf(kind, ps, pt, d, b, rest), over));
        cut += popcnt(i32x4.bitmask(over));
      }
    }
    mixTeacher += total(sumT);
    mixStudent += total(sumS);
    loss += total(sumLoss);
    slope += total(sumSlope);
  }
  store<f64>(out, mixTeacher);
  store<f64>(out, mixStudent, 8);
  store<f64>(out, loss, 16);
  store<f64>(out, cut, 24);
  store<f64>(out, slope, 32);
}

/** The gradient `factor`·(f' − p_s·`slopeSum`) of a loss whose entries were cut to `clip`, in place of the student's logits. */
export function entryGradient(
  student: usize,
  teacher: usize,
  count: usize,
  beta: f64,
  kind: i32,
  clip: f32,
  slopeSum: f32,
  factor: f32,
): void {
  const share = f32x4.splat(<f32>beta);
  const rest = f32x4.splat(<f32>(1.0 - beta));
  const clip4 = f32x4.splat(clip);
  const cs = f32x4.splat(studentMax);
  const ct = f32x4.splat(teacherMax);
  const k = f32x4.splat(scale);
  const r = f32x4.splat(<f32>(ratio * Math.LOG2E));
  const mask = f32x4.splat(MASK);
  const end = student + (count << 2);
  for (let i = student, j = teacher; i < end; i += QUAD, j += QUAD) {
    const s = f32x4.pmax(v128.load(i), mask);
    const t = f32x4.pmax(v128.load(j), mask);
    const xs = f32x4.mul(f32x4.sub(s, cs), k);
    const xt = f32x4.mul(f32x4.sub(t, ct), k);
    const ps = f32x4.mul(pow2(xs), f32x4.splat(studentFactor));
    const pt = f32x4.mul(pow2(xt), f32x4.splat(teacherFactor));
    const d = f32x4.mul(f32x4.sub(f32x4.sub(xt, xs), r), f32x4.splat(<f32>Math.LN2));
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    if (kind > REVERSE) {
      const isTeacher = f32x4.ge(d, f32x4.splat(0));
      const l = aboveMix(d, isTeacher, share, rest);
      a = v128.bitselect(l, f32x4.add(l, d), isTeacher);
      b = v128.bitselect(f32x4.sub(l, d), l, isTeacher);
    }
    const over = isAbove(kind, termOf(kind, ps, pt, d, a, b, share, rest), clip4, s, t);
    const slope = v128.andnot(slopeOf(kind, ps, pt, d, b, rest), over);
    const g = f32x4.sub(slope, f32x4.mul(ps, f32x4.splat(slopeSum)));
    v128.store(i, f32x4.mul(g, f32x4.splat(factor)));
  }
}

/** ln p_s − ln p_t of two entries, as float64: `offset` is that of their logits' maxima and normalisers. */
@inline
function logRatio(s: v128, t: v128, inverseTemperature: v128, offset: v128): v128 {
  const d = f64x2.sub(f64x2.promote_low_f32x4(s), f64x2.promote_low_f32x4(t));
  return f64x2.sub(f64x2.mul(d, inverseTemperature), offset);
}

/** The upper two of four numbers, below. */
@inline
function upper(v: v128): v128 {
  return i32x4.shuffle(v, v, 2, 3, 2, 3);
}

/**
 * The reverse KL's gradient `factor`·p_s·(ln(p_s / p_t) − mean), in place of the student's logits. The
 * mean is taken here, in float64 and of the same numbers: what float32 leaves of a large one would stay
 * in the gradient.
 */
export function reverseGradient(
  student: usize,
  teacher: usize,
  count: usize,
  inverseTemperature: f64,
  factor: f64,
): void {
  const cs = f32x4.splat(studentMax);
  const k = f32x4.splat(scale);
  const mask = f32x4.splat(MASK);
  const it = f64x2.splat(inverseTemperature);
  const ofMaxima = (<f64>studentMax - <f64>teacherMax) * inverseTemperature - ratio;
  const end = student + (count << 2);
  let offset = f64x2.splat(ofMaxima);
  let z = f64x2.splat(0);
  let sum = f64x2.splat(0);
  for (let i = student, j = teacher; i < end; i += QUAD, j += QUAD) {
    const s = f32x4.pmax(v128.load(i), mask);
    const t = f32x4.pmax(v128.load(j), mask);
    const e = pow2(f32x4.mul(f32x4.sub(s, cs), k));
    const low = f64x2.promote_low_f32x4(e);
    const high = f64x2.promote_low_f32x4(upper(e));
    z = f64x2.add(z, f64x2.add(low, high));
    sum = f64x2.add(sum, f64x2.mul(low, logRatio(s, t, it, offset)));
    sum = f64x2.add(sum, f64x2.mul(high, logRatio(upper(s), upper(t), it, offset)));
  }
  const all = f64x2.extract_lane(z, 0) + f64x2.extract_lane(z, 1);
  const mean = (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)) / all;
  offset = f64x2.splat(ofMaxima + mean);
  const f = f32x4.splat(<f32>(factor / all));
  for (let i = student, j = teacher; i < end; i += QUAD, j += QUAD) {
    const s = f32x4.pmax(v128.load(i), mask);
    const t = f32x4.pmax(v128.load(j), mask);
    const e = pow2(f32x4.mul(f32x4.sub(s, cs), k));
    const low = f32x4.demote_f64x2_zero(logRatio(s, t, it, offset));
    const high = f32x4.demote_f64x2_zero(logRatio(upper(s), upper(t), it, offset));
    const l = i32x4.shuffle(low, high, 0, 1, 4, 5);
    v128.store(i, f32x4.mul(f32x4.mul(f, e), l));
  }
}
