// Second reads of what the first one kept: 2^x of every entry, around the maxima of its block. The probabilities follow
// by one multiplication.

import { BLOCK_BYTES, log2, power, QUAD, TINY, total } from './lanes';

/** What makes a block's powers probabilities, for a row whose maximum is `max` and whose sum is `z`. */
@inline
function factorOf(blockMax: f32, max: f32, z: f64, scale: f64): f64 {
  return (blockMax == max ? 1.0 : power((<f64>blockMax - <f64>max) * scale)) / z;
}

/**
 * Σ p_t ln m and Σ p_s ln m for m = β p_t + (1−β) p_s, to `out` (float64). With `shift`, a whole number near
 * the mean of −log2 m, the logarithms are taken around it, so that they keep their digits.
 */
export function logMix(
  student: usize,
  teacher: usize,
  count: usize,
  scale: f64,
  studentMax: f32,
  teacherMax: f32,
  studentZ: f64,
  teacherZ: f64,
  beta: f64,
  shift: f64,
  tops: usize,
  out: usize,
): void {
  const up = power(shift);
  const a = f32x4.splat(<f32>beta);
  const b = f32x4.splat(<f32>(1.0 - beta));
  const tiny = f32x4.splat(TINY);
  let ofTeacher: f64 = 0;
  let ofStudent: f64 = 0;
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES, tops += 8) {
    const bytes = min(BLOCK_BYTES, end - s);
    const fs = f32x4.splat(<f32>(up * factorOf(load<f32>(tops), studentMax, studentZ, scale)));
    const ft = f32x4.splat(<f32>(up * factorOf(load<f32>(tops, 4), teacherMax, teacherZ, scale)));
    let sumT = f32x4.splat(0);
    let sumS = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += QUAD) {
      const ps = f32x4.mul(v128.load(s + i), fs);
      const pt = f32x4.mul(v128.load(t + i), ft);
      const m = f32x4.add(f32x4.mul(a, pt), f32x4.mul(b, ps));
      const l = log2(f32x4.pmax(m, tiny));
      sumT = f32x4.add(sumT, f32x4.mul(pt, l));
      sumS = f32x4.add(sumS, f32x4.mul(ps, l));
    }
    ofTeacher += total(sumT);
    ofStudent += total(sumS);
  }
  store<f64>(out, (ofTeacher / up - shift) * Math.LN2);
  store<f64>(out, (ofStudent / up - shift) * Math.LN2, 8);
}

/** The forward KL's gradient `factor`·(p_s − p_t), in place of the student's powers. */
export function forwardGradient(
  student: usize,
  teacher: usize,
  count: usize,
  scale: f64,
  studentMax: f32,
  teacherMax: f32,
  studentZ: f64,
  teacherZ: f64,
  factor: f64,
  tops: usize,
): void {
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES, tops += 8) {
    const bytes = min(BLOCK_BYTES, end - s);
    const fs = f32x4.splat(<f32>(factor * factorOf(load<f32>(tops), studentMax, studentZ, scale)));
    const ft = f32x4.splat(<f32>(factor * factorOf(load<f32>(tops, 4), teacherMax, teacherZ, scale)));
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
  scale: f64,
  studentMax: f32,
  teacherMax: f32,
  studentZ: f64,
  teacherZ: f64,
  factor: f64,
  beta: f64,
  mean: f64,
  tops: usize,
): void {
  const a = f32x4.splat(<f32>beta);
  const b = f32x4.splat(<f32>(1.0 - beta));
  const tiny = f32x4.splat(TINY);
  const c = f32x4.splat(<f32>(mean / Math.LN2));
  const k = f32x4.splat(<f32>(factor * (1.0 - beta) * Math.LN2));
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES, tops += 8) {
    const bytes = min(BLOCK_BYTES, end - s);
    const fs = f32x4.splat(<f32>factorOf(load<f32>(tops), studentMax, studentZ, scale));
    const ft = f32x4.splat(<f32>factorOf(load<f32>(tops, 4), teacherMax, teacherZ, scale));
    for (let i: usize = 0; i < bytes; i += QUAD) {
      const ps = f32x4.mul(v128.load(s + i), fs);
      const pt = f32x4.mul(v128.load(t + i), ft);
      const m = f32x4.pmax(f32x4.add(f32x4.mul(a, pt), f32x4.mul(b, ps)), tiny);
      const l = log2(f32x4.pmax(f32x4.div(ps, m), tiny));
      v128.store(s + i, f32x4.mul(f32x4.mul(k, ps), f32x4.sub(l, c)));
    }
  }
}
