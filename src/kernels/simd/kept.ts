// Second reads of what the first one kept of every entry, around the maxima of its block: 2^x of both sides, from which
// the probabilities follow by one multiplication, and the difference of their exponents.

import { BLOCK_BYTES, log2, power, QUAD, TINY, total } from './lanes';

// Both distributions of the pair under way, set by `around`; `scale` is log2(e) / τ.
let scale: f64 = 0;
let studentMax: f32 = 0;
let teacherMax: f32 = 0;
let studentZ: f64 = 0;
let teacherZ: f64 = 0;
let ratio: f64 = 0; // log2(teacherZ / studentZ)

/** Sets both distributions, whose powers the first read kept around the maxima of their blocks. */
export function around(
  newScale: f64,
  newStudentMax: f32,
  newTeacherMax: f32,
  newStudentZ: f64,
  newTeacherZ: f64,
): void {
  scale = newScale;
  studentMax = newStudentMax;
  teacherMax = newTeacherMax;
  studentZ = newStudentZ;
  teacherZ = newTeacherZ;
  ratio = Math.log(teacherZ / studentZ) * Math.LOG2E;
}

/** What makes a block's powers probabilities, for a row whose maximum is `max` and whose sum is `z`. */
@inline
function factorOf(blockMax: f32, max: f32, z: f64): f64 {
  return (blockMax == max ? 1.0 : power((<f64>blockMax - <f64>max) * scale)) / z;
}

/** That of the student's block whose maxima lie at `tops`, times `factor`. */
@inline
function ofStudent(tops: usize, factor: f64 = 1.0): v128 {
  return f32x4.splat(<f32>(factor * factorOf(load<f32>(tops), studentMax, studentZ)));
}

/** That of the teacher's block, times `factor`. */
@inline
function ofTeacher(tops: usize, factor: f64 = 1.0): v128 {
  return f32x4.splat(<f32>(factor * factorOf(load<f32>(tops, 4), teacherMax, teacherZ)));
}

/** log2 p_t − log2 p_s of a block, less the difference that was kept. */
@inline
function offsetOf(tops: usize): v128 {
  const student = <f64>load<f32>(tops) - <f64>studentMax;
  const teacher = <f64>load<f32>(tops, 4) - <f64>teacherMax;
  return f32x4.splat(<f32>((teacher - student) * scale - ratio));
}

/** log2(p / m) of the more probable side of an entry, for m = β p_t + (1−β) p_s. */
@inline
function aboveMix(ps: v128, pt: v128, beta: v128, rest: v128): v128 {
  const m = f32x4.add(f32x4.mul(beta, pt), f32x4.mul(rest, ps));
  const p = f32x4.pmax(f32x4.pmax(ps, pt), f32x4.splat(TINY));
  return f32x4.neg(log2(f32x4.div(m, p)));
}

/** KL(T ‖ m) and KL(S ‖ m) for m = β p_t + (1−β) p_s, to `out` (float64). */
export function mixes(
  student: usize,
  teacher: usize,
  count: usize,
  beta: f64,
  tops: usize,
  differences: usize,
  out: usize,
): void {
  const share = f32x4.splat(<f32>beta);
  const rest = f32x4.splat(<f32>(1.0 - beta));
  let mixTeacher: f64 = 0;
  let mixStudent: f64 = 0;
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES, tops += 8) {
    const bytes = min(BLOCK_BYTES, end - s);
    const fs = ofStudent(tops);
    const ft = ofTeacher(tops);
    const offset = offsetOf(tops);
    let sumT = f32x4.splat(0);
    let sumS = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += QUAD) {
      const ps = f32x4.mul(v128.load(s + i), fs);
      const pt = f32x4.mul(v128.load(t + i), ft);
      const l = aboveMix(ps, pt, share, rest);
      const d = f32x4.add(v128.load(differences + i), offset);
      const isTeacher = f32x4.ge(pt, ps);
      sumT = f32x4.add(sumT, f32x4.mul(pt, f32x4.add(l, v128.andnot(d, isTeacher))));
      sumS = f32x4.add(sumS, f32x4.mul(ps, f32x4.sub(l, v128.and(d, isTeacher))));
    }
    differences += bytes;
    mixTeacher += total(sumT);
    mixStudent += total(sumS);
  }
  store<f64>(out, mixTeacher * Math.LN2);
  store<f64>(out, mixStudent * Math.LN2, 8);
}

/** The forward KL's gradient `factor`·(p_s − p_t), in place of the student's powers. */
export function forwardGradient(
  student: usize,
  teacher: usize,
  count: usize,
  factor: f64,
  tops: usize,
): void {
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES, tops += 8) {
    const bytes = min(BLOCK_BYTES, end - s);
    const fs = ofStudent(tops, factor);
    const ft = ofTeacher(tops, factor);
    for (let i: usize = 0; i < bytes; i += QUAD) {
      const ps = f32x4.mul(v128.load(s + i), fs);
      v128.store(s + i, f32x4.sub(ps, f32x4.mul(v128.load(t + i), ft)));
    }
  }
}

/** The JSD's gradient `factor`·(1−β)·p_s·(ln(p_s / m) − `mean`), in place of the student's powers. */
export function mixGradient(
  student: usize,
  teacher: usize,
  count: usize,
  factor: f64,
  beta: f64,
  mean: f64,
  tops: usize,
  differences: usize,
): void {
  const share = f32x4.splat(<f32>beta);
  const rest = f32x4.splat(<f32>(1.0 - beta));
  const c = f32x4.splat(<f32>(mean * Math.LOG2E));
  const k = f32x4.splat(<f32>(factor * (1.0 - beta) * Math.LN2));
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES, tops += 8) {
    const bytes = min(BLOCK_BYTES, end - s);
    const fs = ofStudent(tops);
    const ft = ofTeacher(tops);
    const offset = offsetOf(tops);
    for (let i: usize = 0; i < bytes; i += QUAD) {
      const ps = f32x4.mul(v128.load(s + i), fs);
      const pt = f32x4.mul(v128.load(t + i), ft);
      const d = f32x4.add(v128.load(differences + i), offset);
      const l = aboveMix(ps, pt, share, rest);
      const above = f32x4.sub(l, v128.and(d, f32x4.ge(pt, ps)));
      v128.store(s + i, f32x4.mul(f32x4.mul(k, ps), f32x4.sub(above, c)));
    }
    differences += bytes;
  }
}
