/** What some rows of a set have in common, in one pass over its columns. */

import type { RolloutMethodId } from '../contract/rollouts/rollout-methods.ts';
import { ROW_FAULTS, type RolloutStatistics, SEGMENTS } from '../contract/rollouts/rollouts.ts';
import { TEACHER_NAMES } from '../method/types.ts';
import {
  type Columns,
  FLAGS,
  faultColumn,
  GRADE,
  segmentColumn,
  teacherColumn,
} from './columns.ts';

/** Bars of the lengths, and points over the steps. */
const BARS = 40;
const MOST_STEPS = 400;

export function statisticsOf(
  columns: Columns,
  rows: Uint32Array,
  method: RolloutMethodId,
): RolloutStatistics {
  const get = (name: string) => columns.get(name);
  const fault = get(faultColumn(method));
  const tokens = get('tokens');
  const grade = get('grade');
  const flags = get('flags');
  const faults = new Uint32Array(ROW_FAULTS.length + 1);
  const teachers = TEACHER_NAMES.map((teacher) => ({
    teacher,
    column: get(teacherColumn(method, teacher)),
    tokens: 0,
  }));
  const segments = SEGMENTS.map((segment) => ({
    segment,
    column: get(segmentColumn(segment)),
    tokens: 0,
  }));
  const sums = { tokens: 0, graded: 0, right: 0, split: 0, joined: 0, ended: 0 };
  for (const row of rows) {
    faults[fault[row]]++;
    sums.tokens += tokens[row];
    if (grade[row] !== GRADE.none) sums.graded++;
    if (grade[row] === GRADE.right) sums.right++;
    if ((flags[row] & FLAGS.splitTag) !== 0) sums.split++;
    if ((flags[row] & FLAGS.joinedOpener) !== 0) sums.joined++;
    if ((flags[row] & FLAGS.ended) !== 0) sums.ended++;
    for (const each of teachers) each.tokens += each.column[row];
    for (const each of segments) each.tokens += each.column[row];
  }
  return {
    rows: rows.length,
    valid: faults[0],
    graded: sums.graded,
    right: sums.right,
    tokens: sums.tokens,
    faults: ROW_FAULTS.map((name, i) => ({ fault: name, count: faults[i + 1] }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count),
    teachers: teachers
      .filter((each) => each.tokens > 0)
      .map(({ teacher, tokens: sum }) => ({ teacher, tokens: sum })),
    segments: segments.map(({ segment, tokens: sum }) => ({ segment, tokens: sum })),
    splitTags: sums.split,
    joinedOpeners: sums.joined,
    ended: sums.ended,
    lengths: lengthsOf(tokens, rows, sums.tokens),
    steps: stepsOf(columns, rows, fault),
  };
}

function lengthsOf(
  tokens: ArrayLike<number>,
  rows: Uint32Array,
  sum: number,
): RolloutStatistics['lengths'] {
  const sorted = Uint32Array.from(rows, (row) => tokens[row]).sort();
  const most = sorted.at(-1) ?? 0;
  const width = Math.max(1, Math.ceil((most + 1) / BARS));
  const counts = new Array<number>(Math.ceil((most + 1) / width)).fill(0);
  for (const length of sorted) counts[Math.floor(length / width)]++;
  const middle = sorted.length >> 1;
  const median =
    sorted.length === 0
      ? 0
      : sorted.length % 2 === 1
        ? sorted[middle]
        : (sorted[middle - 1] + sorted[middle]) / 2;
  return { mean: rows.length === 0 ? 0 : sum / rows.length, median, most, width, counts };
}

type Step = RolloutStatistics['steps'][number];
type Point = { -readonly [Name in keyof Step]: Step[Name] };

function stepsOf(
  columns: Columns,
  rows: Uint32Array,
  fault: ArrayLike<number>,
): RolloutStatistics['steps'] {
  const step = columns.get('step');
  const tokens = columns.get('tokens');
  const grade = columns.get('grade');
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    if (step[row] < least) least = step[row];
    if (step[row] > most) most = step[row];
  }
  if (least > most) return [];
  // Many steps are put together in stretches of one width.
  const width = Math.max(1, Math.ceil((most - least + 1) / MOST_STEPS));
  const points = new Map<number, Point>();
  for (const row of rows) {
    if (Number.isNaN(step[row])) continue;
    const at = least + width * Math.floor((step[row] - least) / width);
    let point = points.get(at);
    if (point === undefined) {
      point = { step: at, rows: 0, valid: 0, tokens: 0, graded: 0, right: 0 };
      points.set(at, point);
    }
    point.rows++;
    point.tokens += tokens[row];
    if (fault[row] === 0) point.valid++;
    if (grade[row] !== GRADE.none) point.graded++;
    if (grade[row] === GRADE.right) point.right++;
  }
  return [...points.values()].sort((a, b) => a.step - b.step);
}
