/** What scored rows have in common, added up in one pass over their file: divergences, clips, PALR, and where most is disagreed. */

import type {
  DivergenceSums,
  PalrParts,
  ScoredPlace,
  ScoredRow,
  ScoreLack,
  ScoreStatistics,
  ScoringRecord,
} from '../contract/rollouts/rollout-scores.ts';
import { inPalr, PALR_GROUPS, type PalrGroup, palrRate } from '../method/palr.ts';
import type { MethodName, Segment, TeacherName } from '../method/types.ts';
import { scoredRows } from './scored-rows.ts';

/** Tokens of largest divergence that are kept. */
const MOST_PLACES = 500;
/** Tokens shown before and behind one. */
const AROUND = 8;
const MOST_STEPS = 400;

export interface ScoreTally {
  readonly statistics: ScoreStatistics;
  /** Where each row lies in the file. */
  readonly places: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
}

/** `lineOf` and `stepOf` a row; its step is NaN where it has none. Of rows that are not `wanted` only the places are told. */
export async function tallyScores(
  record: ScoringRecord,
  file: Blob,
  lineOf: (row: number) => string,
  stepOf: (row: number) => number,
  wanted: (row: number) => boolean = () => true,
): Promise<ScoreTally> {
  const tally = new Tally(record, stepOf);
  const places = new Map<number, { from: number; to: number }>();
  for await (const { row, from, to } of scoredRows(file)) {
    places.set(row.row, { from, to });
    if (wanted(row.row)) tally.add(row);
  }
  return { statistics: tally.statistics(lineOf), places };
}

interface Sums {
  tokens: number;
  divergence: number;
  loss: number;
  clipped: number;
}

const noSums = (): Sums => ({ tokens: 0, divergence: 0, loss: 0, clipped: 0 });

const meanOf = ({ tokens, divergence, loss, clipped }: Sums): DivergenceSums => {
  const mean = (sum: number) => (tokens === 0 ? 0 : sum / tokens);
  return { tokens, divergence: mean(divergence), loss: mean(loss), clipped: mean(clipped) };
};

type Place = Omit<ScoredPlace, 'line'>;

class Tally {
  readonly #record: ScoringRecord;
  readonly #stepOf: (row: number) => number;
  readonly #all = noSums();
  readonly #groups = new Map<string, Sums & { teacher: TeacherName; segment: Segment }>();
  readonly #steps = new Map<number, Sums>();
  readonly #lacks = new Map<ScoreLack, { count: number; words: string }>();
  readonly #palr: Record<MethodName, PalrParts[]> = { opsd: [], vigos: [] };
  #places: Place[] = [];
  /** No smaller divergence gets among the kept ones any more. */
  #least = Number.NEGATIVE_INFINITY;
  #scored = 0;

  constructor(record: ScoringRecord, stepOf: (row: number) => number) {
    this.#record = record;
    this.#stepOf = stepOf;
  }

  add(row: ScoredRow): void {
    if (row.lacks !== null) {
      const { code, words } = row.lacks;
      const known = this.#lacks.get(code);
      if (known === undefined) this.#lacks.set(code, { count: 1, words });
      else known.count++;
      return;
    }
    this.#scored++;
    if (row.leakage !== null)
      for (const method of ['opsd', 'vigos'] as const) this.#palr[method].push(row.leakage[method]);
    const step = this.#stepOf(row.row);
    const atStep = Number.isNaN(step) ? null : held(this.#steps, step, noSums);
    for (const [i, token] of row.tokens.entries()) {
      const { teacher, segment, divergence, loss, clipped } = token;
      if (teacher === null || divergence === null) continue;
      const group = held(this.#groups, `${teacher} ${segment}`, () => ({
        ...noSums(),
        teacher,
        segment,
      }));
      for (const sums of atStep === null ? [this.#all, group] : [this.#all, group, atStep]) {
        sums.tokens++;
        sums.divergence += divergence;
        sums.loss += loss ?? 0;
        sums.clipped += Number(clipped);
      }
      if (divergence > this.#least) this.#keep(placeOf(row, i));
    }
  }

  #keep(place: Place | null): void {
    if (place === null) return;
    this.#places.push(place);
    if (this.#places.length < 2 * MOST_PLACES) return;
    this.#places = largest(this.#places);
    this.#least = this.#places.at(-1)?.divergence ?? this.#least;
  }

  statistics(lineOf: (row: number) => string): ScoreStatistics {
    const { leakage } = this.#record;
    return {
      record: this.#record,
      scored: this.#scored,
      lacks: [...this.#lacks]
        .map(([code, facts]) => ({ code, ...facts }))
        .sort((a, b) => b.count - a.count),
      all: meanOf(this.#all),
      groups: [...this.#groups.values()].map(({ teacher, segment, ...sums }) => ({
        teacher,
        segment,
        ...meanOf(sums),
      })),
      palr: leakage === null ? null : this.#rates(leakage.epsilon),
      places: largest(this.#places).map((place) => ({ ...place, line: lineOf(place.row) })),
      steps: together(this.#steps),
    };
  }

  #rates(epsilon: number): NonNullable<ScoreStatistics['palr']> {
    const of = (method: MethodName) => {
      const parts = this.#palr[method];
      const rate = (group: PalrGroup) =>
        palrRate(
          parts.flatMap((own) => inPalr(own[group])),
          epsilon,
        );
      const [description, reasoningAnswer, all] = PALR_GROUPS.map(rate);
      return { description, reasoningAnswer, all, rollouts: parts.length };
    };
    return { opsd: of('opsd'), vigos: of('vigos') };
  }
}

function held<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const largest = (places: readonly Place[]): Place[] =>
  [...places].sort((a, b) => b.divergence - a.divergence || a.row - b.row).slice(0, MOST_PLACES);

function placeOf({ row, tokens }: ScoredRow, token: number): Place | null {
  const { text, segment, teacher, divergence, clipped, studentLogProb, teacherLogProb } =
    tokens[token];
  if (teacher === null || divergence === null || teacherLogProb === null) return null;
  const said = (from: number, to: number) =>
    tokens
      .slice(Math.max(0, from), to)
      .map((one) => one.text)
      .join('');
  return {
    row,
    token,
    text,
    before: said(token - AROUND, token),
    after: said(token + 1, token + 1 + AROUND),
    segment,
    teacher,
    divergence,
    clipped,
    studentLogProb,
    teacherLogProb,
  };
}

/** By step, many of them in stretches of one width. */
function together(steps: ReadonlyMap<number, Sums>): ScoreStatistics['steps'] {
  if (steps.size === 0) return [];
  const numbers = [...steps.keys()];
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  const width = Math.max(1, Math.ceil((most - least + 1) / MOST_STEPS));
  const points = new Map<number, Sums>();
  for (const [step, sums] of steps) {
    const at = least + width * Math.floor((step - least) / width);
    const point = held(points, at, noSums);
    point.tokens += sums.tokens;
    point.divergence += sums.divergence;
  }
  return [...points]
    .map(([step, sums]) => ({ step, tokens: sums.tokens, divergence: meanOf(sums).divergence }))
    .sort((a, b) => a.step - b.step);
}
