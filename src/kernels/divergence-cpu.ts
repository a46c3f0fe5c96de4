/** The divergence kernels in float64, one entry after the other: what every faster way is held against. */

import { measurePairs, type PairTask } from './cpu-pairs.ts';
import { rowValues } from './cpu-rows.ts';
import { isBad, isMasked, needsTerms, nonFiniteOf, type PairSums } from './divergence-rows.ts';
import { writeGradient } from './gradient-cpu.ts';
import { type PairView, sumTerms } from './terms-cpu.ts';
import { topIds } from './top-k-cpu.ts';
import type { CpuLogits, CpuMatrix, DivergenceRequest, DivergenceRow } from './types.ts';

/**
 * Measures each listed pair of rows: student `[rows, cols]` against the `[rows, cols]` of the pair's
 * teacher, results in the order of `request.rows`, in nats. With `gradient` (the student's rows), also
 * writes the gradient of every pair's weighted loss by the student's logits; it may be the student's
 * own matrix.
 *
 * @throws PlaygroundError `kernels.*` naming the wrong shape, row, id or setting.
 */
export function measureOnCpu(
  student: CpuLogits,
  teachers: CpuLogits | readonly CpuLogits[],
  request: DivergenceRequest,
  gradient?: CpuMatrix,
): DivergenceRow[] {
  return measurePairs(measureInFloat64, student, teachers, request, gradient);
}

export function measureInFloat64({ student, teacher, pair, request, gradient }: PairTask) {
  const view: PairView = {
    student: rowValues(student, pair.student, request.vocab),
    teacher: rowValues(teacher, pair.teacher, request.vocab),
    inverseTemperature: 1 / request.temperature,
  };
  const sums = sumPair(view, pair.sampledId, request.topK ?? 10);
  const usable = nonFiniteOf(sums) === null;
  const terms = usable && needsTerms(request) ? sumTerms(view, sums, pair, request) : null;
  if (gradient !== null) writeGradient(view, sums, terms, pair, request, gradient);
  return { sums, terms };
}

function scanRow(data: Float32Array) {
  let max = Number.NEGATIVE_INFINITY;
  let bad: PairSums['badStudent'] = null;
  for (let v = 0; v < data.length; v++) {
    const logit = data[v];
    if (logit > max) max = logit;
    if (bad === null && isBad(logit)) bad = { index: v, logit };
  }
  return { max, bad };
}

function sumPair(view: PairView, sampledId: number, topK: number): PairSums {
  const { student, teacher, inverseTemperature } = view;
  const s = scanRow(student);
  const t = scanRow(teacher);
  const sums: PairSums = {
    studentMax: s.max,
    teacherMax: t.max,
    studentZ: 0,
    teacherZ: 0,
    forward: 0,
    reverse: 0,
    studentE: 0,
    teacherE: 0,
    sampledStudent: student[sampledId],
    sampledTeacher: teacher[sampledId],
    badStudent: s.bad,
    badTeacher: t.bad,
    forwardInfinite: false,
    reverseInfinite: false,
    studentTop: { ids: [], own: [], other: [] },
    teacherTop: { ids: [], own: [], other: [] },
  };
  if (nonFiniteOf(sums) !== null) return sums;
  for (let v = 0; v < student.length; v++) {
    const a = student[v];
    const b = teacher[v];
    const noStudent = isMasked(a);
    const noTeacher = isMasked(b);
    if (noStudent && noTeacher) continue;
    const xs = (a - s.max) * inverseTemperature;
    const xt = (b - t.max) * inverseTemperature;
    if (!noStudent) {
      const e = Math.exp(xs);
      sums.studentZ += e;
      sums.studentE += e * xs;
      if (noTeacher) sums.reverseInfinite = true;
      else sums.reverse += e * (xs - xt);
    }
    if (!noTeacher) {
      const e = Math.exp(xt);
      sums.teacherZ += e;
      sums.teacherE += e * xt;
      if (noStudent) sums.forwardInfinite = true;
      else sums.forward += e * (xt - xs);
    }
  }
  const studentIds = topIds(student, topK);
  const teacherIds = topIds(teacher, topK);
  const studentLogits = (ids: number[]) => ids.map((id) => student[id]);
  const teacherLogits = (ids: number[]) => ids.map((id) => teacher[id]);
  sums.studentTop = {
    ids: studentIds,
    own: studentLogits(studentIds),
    other: teacherLogits(studentIds),
  };
  sums.teacherTop = {
    ids: teacherIds,
    own: teacherLogits(teacherIds),
    other: studentLogits(teacherIds),
  };
  return sums;
}
