// The first read of a pair of rows: sums around running maxima, block by block. Within a block four float32
// sums run side by side, over blocks they are added in float64.

import { BLOCK_BYTES, largest, MASK, power, pow2, QUAD, total } from './lanes';


// Places of the sums, float64 each.
const STUDENT_MAX: usize = 0;
const TEACHER_MAX: usize = 8;
const STUDENT_Z: usize = 16;
const TEACHER_Z: usize = 24;
const FORWARD: usize = 32;
const REVERSE: usize = 40;
const STUDENT_E: usize = 48;
const TEACHER_E: usize = 56;

const FORWARD_INFINITE: i32 = 1;
const REVERSE_INFINITE: i32 = 2;
/** Some logit is NaN or at least 1e30. */
const BAD: i32 = 4;

let studentMax: f32 = 0;
let teacherMax: f32 = 0;
let studentZ: f64 = 0;
let teacherZ: f64 = 0;
let forward: f64 = 0;
let reverse: f64 = 0;
let studentE: f64 = 0;
let teacherE: f64 = 0;

/** Moves the sums so far to new maxima. */
function rebase(newStudent: f32, newTeacher: f32, scale: f64): void {
  const ds = (<f64>studentMax - <f64>newStudent) * scale;
  const dt = (<f64>teacherMax - <f64>newTeacher) * scale;
  const fs = power(ds);
  const ft = power(dt);
  forward = ft * (forward + teacherZ * (dt - ds));
  reverse = fs * (reverse + studentZ * (ds - dt));
  studentE = fs * (studentE + studentZ * ds);
  teacherE = ft * (teacherE + teacherZ * dt);
  studentZ *= fs;
  teacherZ *= ft;
  studentMax = newStudent;
  teacherMax = newTeacher;
}

// Exponents and powers of the block under way, in the nearest cache.
const STUDENT_X: usize = memory.data(2048, 16);
const TEACHER_X: usize = memory.data(2048, 16);
const STUDENT_POWERS: usize = memory.data(2048, 16);
const TEACHER_POWERS: usize = memory.data(2048, 16);
const DIFFERENCES: usize = memory.data(2048, 16);

let sideZ: f64 = 0;
let sideE: f64 = 0;

/**
 * One side of a block: x = (logit − `centre`)·`scale` and 2^x of every entry, to `exponents` and `powers`
 * (which may be the logits' own place), and their sums. `masked`: some may be −inf.
 */
@inline
function addSide(
  logits: usize,
  bytes: usize,
  centre: f32,
  scale: f32,
  exponents: usize,
  powers: usize,
  masked: bool,
): void {
  const c = f32x4.splat(centre);
  const k = f32x4.splat(scale);
  const mask = f32x4.splat(MASK);
  let z = f32x4.splat(0);
  let u = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += QUAD) {
    let logit = v128.load(logits + i);
    if (masked) logit = f32x4.pmax(logit, mask);
    const x = f32x4.mul(f32x4.sub(logit, c), k);
    const e = pow2(x);
    z = f32x4.add(z, e);
    u = f32x4.add(u, f32x4.mul(e, x));
    v128.store(exponents + i, x);
    v128.store(powers + i, e);
  }
  sideZ = total(z);
  sideE = total(u);
}

/** Adds a block of both rows; returns a number that is NaN where a logit was. */
@inline
function addBlock(
  student: usize,
  teacher: usize,
  bytes: usize,
  scale: f32,
  keep: bool,
  differences: usize,
  masked: bool,
): f64 {
  const studentPowers = keep ? student : STUDENT_POWERS;
  const teacherPowers = keep ? teacher : TEACHER_POWERS;
  addSide(student, bytes, studentMax, scale, STUDENT_X, studentPowers, masked);
  let check = sideZ;
  studentZ += sideZ;
  studentE += sideE;
  addSide(teacher, bytes, teacherMax, scale, TEACHER_X, teacherPowers, masked);
  check += sideZ;
  teacherZ += sideZ;
  teacherE += sideE;
  let f = f32x4.splat(0);
  let r = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += QUAD) {
    const d = f32x4.sub(v128.load(TEACHER_X + i), v128.load(STUDENT_X + i));
    v128.store(differences + i, d);
    f = f32x4.add(f, f32x4.mul(v128.load(teacherPowers + i), d));
    r = f32x4.sub(r, f32x4.mul(v128.load(studentPowers + i), d));
  }
  forward += total(f);
  reverse += total(r);
  return check;
}

/** Which KLs the masks of a block make infinite. */
function supportOf(student: usize, teacher: usize, bytes: usize): i32 {
  const mask = f32x4.splat(MASK);
  let onlyTeacher = i32x4.splat(0);
  let onlyStudent = i32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += QUAD) {
    const noStudent = f32x4.le(v128.load(student + i), mask);
    const noTeacher = f32x4.le(v128.load(teacher + i), mask);
    onlyTeacher = v128.or(onlyTeacher, v128.andnot(noStudent, noTeacher));
    onlyStudent = v128.or(onlyStudent, v128.andnot(noTeacher, noStudent));
  }
  return (
    (v128.any_true(onlyTeacher) ? FORWARD_INFINITE : 0) |
    (v128.any_true(onlyStudent) ? REVERSE_INFINITE : 0)
  );
}

/**
 * Sums of `count` entries (a multiple of 4; what is beyond the vocabulary is −inf) of both rows, written to
 * `out`; returns what their masks make infinite, or that there are none. `scale` is log2(e) / τ; everything is in units of ln on the way out. With `keep`, 2^x of every entry
 * replaces its logit, around the maxima that its block has in `tops` (float32, student and teacher);
 * `differences`, if not 0, takes the teacher's x less the student's.
 */
export function sums(
  student: usize,
  teacher: usize,
  count: usize,
  scale: f32,
  keep: bool,
  tops: usize,
  differences: usize,
  out: usize,
): i32 {
  studentMax = MASK;
  teacherMax = MASK;
  studentZ = teacherZ = forward = reverse = studentE = teacherE = 0;
  let flags: i32 = 0;
  const end = student + (count << 2);
  for (let s = student, t = teacher; s < end; s += BLOCK_BYTES, t += BLOCK_BYTES) {
    const bytes = min(BLOCK_BYTES, end - s);
    let highS = v128.load(s);
    let highT = v128.load(t);
    let low = f32x4.pmin(highS, highT);
    for (let i: usize = QUAD; i < bytes; i += QUAD) {
      const a = v128.load(s + i);
      const b = v128.load(t + i);
      highS = f32x4.pmax(highS, a);
      highT = f32x4.pmax(highT, b);
      low = f32x4.pmin(low, f32x4.pmin(a, b));
    }
    const newStudent = max(studentMax, largest(highS));
    const newTeacher = max(teacherMax, largest(highT));
    if (!(max(newStudent, newTeacher) < -MASK)) {
      return BAD;
    }
    if (newStudent > studentMax || newTeacher > teacherMax) rebase(newStudent, newTeacher, scale);
    store<f32>(tops, studentMax);
    store<f32>(tops, teacherMax, 4);
    tops += 8;
    const d = differences == 0 ? DIFFERENCES : differences + (s - student);
    let check: f64;
    if (v128.any_true(f32x4.le(low, f32x4.splat(MASK)))) {
      flags |= supportOf(s, t, bytes);
      check = addBlock(s, t, bytes, scale, keep, d, true);
    } else check = addBlock(s, t, bytes, scale, keep, d, false);
    if (check != check) {
      return BAD;
    }
  }
  store<f64>(out + STUDENT_MAX, studentMax);
  store<f64>(out + TEACHER_MAX, teacherMax);
  store<f64>(out + STUDENT_Z, studentZ);
  store<f64>(out + TEACHER_Z, teacherZ);
  store<f64>(out + FORWARD, forward * Math.LN2);
  store<f64>(out + REVERSE, reverse * Math.LN2);
  store<f64>(out + STUDENT_E, studentE * Math.LN2);
  store<f64>(out + TEACHER_E, teacherE * Math.LN2);
  return flags;
}
