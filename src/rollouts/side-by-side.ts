/** Two files, or two stretches of steps, side by side: figures of each, and how the answers to the same examples changed. */

import type { ScoreStatistics } from '../contract/rollouts/rollout-scores.ts';
import {
  ALL_ROWS,
  type RowQuery,
  type Side,
  type SideBySide,
} from '../contract/rollouts/rollouts.ts';
import { GRADE } from './columns.ts';
import { rowsOf } from './query.ts';
import type { RowFields } from './row.ts';
import { tallyScores } from './score-statistics.ts';
import type { ScoreStore } from './score-store.ts';
import type { OpenSet } from './set-store.ts';
import { statisticsOf } from './statistics.ts';

/** Rows of an open set: those of a query's order, or those of some steps. */
export interface SideRows {
  readonly set: OpenSet;
  readonly rows: Uint32Array;
}

/** Rows of another set, or of other steps, that the rest of a query finds too; texts are not searched for. */
export function otherRows(set: OpenSet, query: RowQuery, steps: RowQuery['steps']): SideRows {
  const asked = { ...ALL_ROWS, method: query.method, validity: query.validity, grade: query.grade };
  return { set, rows: rowsOf(set.columns, { ...asked, steps }, set.record.numbers, null) };
}

export async function sideBySide(
  first: SideRows,
  second: SideRows,
  method: RowQuery['method'],
  scores: ScoreStore,
): Promise<SideBySide> {
  const [one, other] = [await sideOf(first, method, scores), await sideOf(second, method, scores)];
  return { first: one, second: other, answers: await answersOf(first, second) };
}

async function sideOf(
  { set, rows }: SideRows,
  method: RowQuery['method'],
  store: ScoreStore,
): Promise<Side> {
  const statistics = statisticsOf(set.columns, rows, method);
  const scored = (await store.list(set.record.id)).find((record) => record.method === method);
  if (scored === undefined) return { name: set.record.name, statistics, scores: null };
  const wanted = new Set(rows);
  const tally = await tallyScores(
    scored,
    await store.scored(scored),
    () => '',
    () => Number.NaN,
    (row) => wanted.has(row),
  );
  return { name: set.record.name, statistics, scores: sumsOf(tally.statistics) };
}

const sumsOf = ({ record, scored, all, groups }: ScoreStatistics): NonNullable<Side['scores']> => ({
  model: record.model.student?.label ?? record.model.name,
  rollouts: scored,
  all,
  groups,
});

/** Right answers and graded ones by example. */
type Answers = Map<string, { right: number; graded: number }>;

/** Examples that both sides have, by id, else by question and picture; null where none is on both. */
async function answersOf(first: SideRows, second: SideRows): Promise<SideBySide['answers']> {
  const [before, after] = [await answersBy(first), await answersBy(second)];
  const found = { examples: 0, better: 0, worse: 0, same: 0 };
  for (const [example, one] of before) {
    const other = after.get(example);
    if (other === undefined) continue;
    const change = other.right / other.graded - one.right / one.graded;
    found.examples++;
    if (change > 0) found.better++;
    else if (change < 0) found.worse++;
    else found.same++;
  }
  return found.examples === 0 ? null : found;
}

async function answersBy({ set, rows }: SideRows): Promise<Answers> {
  const grade = set.columns.get('grade');
  const found: Answers = new Map();
  const graded = rows.filter((row) => grade[row] !== GRADE.none).sort();
  for await (const { row, fields } of set.fieldsOf(graded)) {
    const example = exampleOf(fields);
    if (example === null) continue;
    const counts = found.get(example) ?? { right: 0, graded: 0 };
    found.set(example, counts);
    counts.graded++;
    if (grade[row] === GRADE.right) counts.right++;
  }
  return found;
}

function exampleOf({ id, question, prompt, image = '' }: RowFields): string | null {
  if (id !== undefined) return `id ${id}`;
  const asked = question ?? prompt;
  return asked === undefined ? null : JSON.stringify([asked, image]);
}
