/** What an experiment's runs add up to, "vigos-experiment-report/1": figures over seeds, claims, the map. Pure. */

import type { Contribution } from '../../method/estimates.ts';
import {
  type Replicate,
  type Replicated,
  replicated,
  replicatedDifference,
  replicatedMean,
} from '../../method/replicates.ts';
import { contributionsOf } from '../evaluation/evaluation-figures.ts';
import { figureRows } from '../evaluation/evaluation-rows.ts';
import type { FigureRow } from '../evaluation/figure-row.ts';
import type { TrainSettings } from '../train/train-settings.ts';
import type { Experiment } from './experiment.ts';
import { type ClaimSide, type Gain, gainOf, type Verdict, verdictOf } from './experiment-claims.ts';
import { type Chosen, isTrained, type PlannedRun, plannedRuns } from './experiment-plan.ts';
import { type ExperimentRun, type FailedRun, linesOf } from './experiment-records.ts';
import {
  differenceAtEqualTokens,
  type EqualTokens,
  LATE_FIGURES,
  type LateFigure,
  lateFigure,
  type SeededRun,
  tokensOf,
} from './experiment-tokens.ts';
import { type TryFound, tuningValue } from './experiment-tuning.ts';

export const REPORT_FORMAT = 'vigos-experiment-report/1';

export interface ReportFigure extends Replicated {
  readonly id: string;
}

export interface CurvePoint {
  readonly step: number;
  /** By seed, in the order of the cell's seeds; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** A recipe under a condition, over its seeds. */
export interface ReportCell {
  readonly model: string;
  readonly condition: string;
  readonly recipe: string;
  readonly planned: readonly number[];
  readonly seeds: readonly number[];
  readonly failed: readonly {
    readonly seed: number;
    readonly code: string;
    readonly message: string;
  }[];
  readonly figures: readonly ReportFigure[];
  /** Validation, by the ids of its figures. */
  readonly curves: Readonly<Record<string, readonly CurvePoint[]>>;
  /** Of its first seed; null where nothing is trained. */
  readonly training: TrainSettings | null;
  /** Completion tokens of all steps over seeds; absent where nothing is trained, and in earlier reports. */
  readonly tokens?: Replicated;
  /** What its steps measured at their end, over seeds; those that it has. */
  readonly late?: Readonly<Partial<Record<LateFigure, Replicated>>>;
}

export interface ReportClaim {
  readonly id: string;
  readonly found: readonly {
    readonly model: string;
    readonly condition: string;
    readonly difference: Replicated | null;
    readonly verdict: Verdict;
    /** Seeds that both sides are to have. */
    readonly planned: number;
    /** The same on validation pictures after as many tokens; absent where that is not known. */
    readonly equalTokens?: EqualTokens & { readonly verdict: Verdict };
  }[];
}

export interface MapCell {
  readonly model: string;
  readonly condition: string;
  readonly pair: number;
  readonly difference: Replicated | null;
  readonly gain: Gain;
  readonly planned: number;
}

export interface ReportTuning {
  readonly recipe: string;
  readonly chosen: number | null;
  /** The deciding value of each try; null where it failed or is still to come. */
  readonly values: readonly (number | null)[];
}

export interface ExperimentReport {
  readonly format: typeof REPORT_FORMAT;
  readonly experiment: Experiment;
  /** Weights by the ids of models. */
  readonly weights: Readonly<Record<string, string>>;
  readonly figures: readonly FigureWords[];
  readonly cells: readonly ReportCell[];
  readonly claims: readonly ReportClaim[];
  readonly map: readonly MapCell[];
  readonly tuning: readonly ReportTuning[];
}

export interface FigureWords {
  readonly id: string;
  readonly label: string;
  readonly unit: 'share' | 'tokens';
  readonly sentence: string;
}

/** A planned run with what became of it. */
export interface RunState {
  readonly run: PlannedRun;
  readonly found: ExperimentRun | null;
  readonly failed: FailedRun | null;
}

export interface ReportInput {
  readonly experiment: Experiment;
  readonly chosen: Chosen;
  readonly tries: readonly TryFound[];
  readonly weights: Readonly<Record<string, string>>;
  readonly stateOf: (run: PlannedRun) => RunState;
}

/** Everything that is known of one cell's runs, before it is put into few numbers. */
interface Gathered {
  readonly cell: ReportCell;
  readonly contributions: ReadonlyMap<string, readonly Replicate[]>;
  readonly epsilons: ReadonlyMap<string, number>;
  readonly runs: readonly SeededRun[];
}

/** Validation figures whose curves are kept. */
const CURVES = [
  'score.F',
  'prior.F',
  'avg',
  'truth.right',
  'errors.thinking',
  'errors.seeing',
  'valid.strict',
];

export function buildReport(input: ReportInput): ExperimentReport {
  const { experiment, chosen, tries, weights } = input;
  const words = new Map<string, FigureWords>();
  const gathered = cellsOf(experiment, chosen).map((runs) =>
    gather(
      runs.map((run) => input.stateOf(run)),
      words,
    ),
  );
  const at = (model: string, condition: string, recipe: string) =>
    gathered.find(
      ({ cell }) => cell.model === model && cell.condition === condition && cell.recipe === recipe,
    );
  const places = [
    ...new Map(
      gathered.map(({ cell: { model, condition } }) => [
        `${model}/${condition}`,
        { model, condition },
      ]),
    ).values(),
  ];
  const { claims, map, margin } = experiment;
  const trained = (side: ClaimSide) =>
    experiment.recipes.some((recipe) => recipe.id === side.recipe && isTrained(recipe));
  const compared = (from: ClaimSide, to: ClaimSide) => {
    // What trains nothing is the same under every condition, and counts once a model.
    const once = !trained(from) && !trained(to);
    const asked = once
      ? places.filter((place, i) => places.findIndex(({ model }) => model === place.model) === i)
      : places;
    return asked.flatMap(({ model, condition }) => {
      const [a, b] = [at(model, condition, from.recipe), at(model, condition, to.recipe)];
      if (a === undefined || b === undefined) return [];
      const planned = a.cell.planned.filter((seed) => b.cell.planned.includes(seed)).length;
      const equal =
        from.at === undefined && to.at === undefined
          ? differenceAtEqualTokens(a.runs, from, b.runs, to)
          : null;
      return [{ model, condition, difference: differenceOf(a, from, b, to), planned, equal }];
    });
  };
  return {
    format: REPORT_FORMAT,
    experiment,
    weights,
    figures: [...words.values()],
    cells: gathered.map(({ cell }) => cell),
    claims: claims.map(({ id, from, to, expect }) => ({
      id,
      found: compared(from, to).map(({ equal, ...found }) => ({
        ...found,
        verdict: verdictOf(expect, found.difference, margin),
        ...(equal === null
          ? {}
          : {
              equalTokens: { ...equal, verdict: verdictOf(expect, equal.difference, margin) },
            }),
      })),
    })),
    map:
      map === undefined
        ? []
        : map.pairs.flatMap(({ from, to }, pair) =>
            compared({ recipe: from, figure: map.figure }, { recipe: to, figure: map.figure }).map(
              ({ equal: _, ...found }) => ({
                ...found,
                pair,
                gain: gainOf(found.difference, margin),
              }),
            ),
          ),
    tuning: tuningOf(experiment, chosen, tries),
  };
}

function tuningOf(
  { tuning }: Experiment,
  chosen: Chosen,
  found: readonly TryFound[],
): ReportTuning[] {
  if (tuning === undefined) return [];
  return tuning.recipes.map((recipe) => ({
    recipe,
    chosen: chosen[recipe] ?? null,
    values: tuning.tries.map((_, tried) => {
      const own = found.find((one) => one.recipe === recipe && one.tried === tried);
      return tuningValue(tuning.figures, own?.validations ?? null);
    }),
  }));
}

/** The runs of each cell, seeds together. */
function cellsOf(experiment: Experiment, chosen: Chosen): PlannedRun[][] {
  const cells = new Map<string, PlannedRun[]>();
  for (const run of plannedRuns(experiment, chosen)) {
    const { model, condition, recipe } = run.place;
    const key = `${model}/${condition}/${recipe}`;
    cells.set(key, [...(cells.get(key) ?? []), run]);
  }
  return [...cells.values()];
}

function gather(states: readonly RunState[], words: Map<string, FigureWords>): Gathered {
  const [{ run: first }] = states;
  const { model, condition, recipe } = first.place;
  const done = states.flatMap(({ run, found }) =>
    found === null ? [] : [{ seed: run.place.seed, found }],
  );
  const contributions = new Map<string, Replicate[]>();
  const epsilons = new Map<string, number>();
  for (const { seed, found } of done)
    for (const [row, counted] of countedIn(found)) {
      // An answer to a plain question has no form that it could have or lack.
      if (row.measure !== 'pass' && row.measure !== 'vilp' && isPlain(found)) continue;
      const { id, label, unit, sentence } = row;
      if (!words.has(id)) words.set(id, { id, label, unit, sentence });
      contributions.set(id, [...(contributions.get(id) ?? []), { seed, contributions: counted }]);
      if (row.kind === 'leakage') epsilons.set(id, row.epsilon);
    }
  const figures = [...contributions].flatMap(([id, replicates]) => {
    const value = replicated(replicates, { epsilon: epsilons.get(id) ?? 0 });
    return value === null ? [] : [{ id, ...value }];
  });
  const tokens = replicatedMean(
    done.flatMap(({ seed, found }) => {
      const value = tokensOf(found);
      return value === null ? [] : [{ seed, value }];
    }),
  );
  const late = LATE_FIGURES.flatMap((id) => {
    const value = lateFigure(done, id);
    return value === null ? [] : [[id, value] as const];
  });
  return {
    contributions,
    epsilons,
    runs: done,
    cell: {
      model,
      condition,
      recipe,
      planned: states.map(({ run }) => run.place.seed),
      seeds: done.map(({ seed }) => seed),
      failed: states.flatMap(({ run, found, failed }) =>
        found !== null || failed === null
          ? []
          : [{ seed: run.place.seed, code: failed.error.code, message: failed.error.message }],
      ),
      figures,
      curves: curvesOf(done.map(({ found }) => found)),
      training: first.training,
      ...(tokens === null ? {} : { tokens }),
      ...(late.length === 0 ? {} : { late: Object.fromEntries(late) }),
    },
  };
}

const isPlain = ({ tests }: ExperimentRun): boolean =>
  tests.some(({ prompt }) => prompt === 'plain');

/** Figures of a run's tests; one that several tests have is the first one's. */
function countedIn({ found }: ExperimentRun): [FigureRow, Contribution[]][] {
  const seen = new Map<string, [FigureRow, Contribution[]]>();
  for (const test of found) {
    const lines = linesOf(test);
    for (const row of figureRows(test.settings, lines))
      if (!seen.has(row.id)) seen.set(row.id, [row, contributionsOf(row, lines)]);
  }
  return [...seen.values()];
}

function curvesOf(runs: readonly ExperimentRun[]): ReportCell['curves'] {
  const steps = [...new Set(runs.flatMap((run) => run.validations.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  );
  const curve = (id: string) =>
    steps.map((step) => ({
      step,
      values: runs.map(
        ({ validations }) => validations.find((one) => one.step === step)?.figures[id] ?? null,
      ),
    }));
  return Object.fromEntries(
    CURVES.filter((id) =>
      runs.some(({ validations }) => validations.some(({ figures }) => figures[id] !== undefined)),
    ).map((id) => [id, curve(id)]),
  );
}

function differenceOf(a: Gathered, from: ClaimSide, b: Gathered, to: ClaimSide): Replicated | null {
  if (from.at !== undefined || to.at !== undefined) {
    const first = validationAt(a.cell, from);
    const second = validationAt(b.cell, to);
    return replicatedMean(
      first.flatMap(({ seed, value }) => {
        const other = second.find((one) => one.seed === seed);
        return other === undefined ? [] : [{ seed, value: other.value - value }];
      }),
    );
  }
  const epsilon = a.epsilons.get(from.figure) ?? 0;
  return replicatedDifference(
    a.contributions.get(from.figure) ?? [],
    b.contributions.get(to.figure) ?? [],
    { epsilon },
  );
}

/** Validation figures nearest to a share of the steps. */
function validationAt(
  { curves, seeds }: ReportCell,
  { figure, at = 1 }: ClaimSide,
): { seed: number; value: number }[] {
  const curve = curves[figure] ?? [];
  const last = curve.at(-1)?.step ?? 0;
  const point = curve.toSorted(
    (a, b) => Math.abs(a.step - at * last) - Math.abs(b.step - at * last),
  )[0];
  return seeds.flatMap((seed, i) => {
    const value = point?.values[i] ?? null;
    return value === null ? [] : [{ seed, value }];
  });
}
