/** The pictures of an experiment's report: the page and the report's files draw the same. Pure. */

import type { Experiment } from '../../contract/experiment/experiment.ts';
import { VERDICTS } from '../../contract/experiment/experiment-claims.ts';
import type {
  ExperimentReport,
  FigureWords,
  MapCell,
  ReportCell,
  ReportClaim,
} from '../../contract/experiment/experiment-report.ts';
import {
  claimUnit,
  differenceName,
  labelOf,
  placeLabel,
  seedsText,
} from '../../contract/experiment/experiment-words.ts';
import {
  PUBLISHED_SHORTER,
  PUBLISHED_STAGED,
  STAGED_PAPER,
} from '../../contract/experiment/published-staged.ts';
import {
  PAPER,
  PUBLISHED_CURVES,
  PUBLISHED_PALR,
  PUBLISHED_PASS,
  PUBLISHED_VILP,
} from '../../contract/experiment/published-vigos.ts';
import type { Replicated } from '../../method/replicates.ts';
import { type Curve, curves } from '../charts/curves.ts';
import type { Drawing, DrawingColors } from '../charts/drawing.ts';
import { type Axis, type IntervalRow, intervals, type Mark, SHARES } from '../charts/intervals.ts';

export interface ReportPicture {
  readonly id: string;
  readonly title: string;
  /** What it shows, for whoever reads it and for whoever does not see it. */
  readonly caption: string;
  readonly draw: (width: number, colors: DrawingColors) => Drawing;
}

/** Who ours are, wherever they stand beside others. */
export const OURS = 'Ours: 2 million parameters, a drawn world';

const mark = (found: Replicated | null | undefined): Mark | null =>
  found === null || found === undefined ? null : { value: found.value, interval: found.interval };

const publishedMark = (value: number | undefined): Mark | null =>
  value === undefined ? null : { value, interval: null };

/** From below nothing to above it, as far as any interval reaches. */
function differenceAxis(
  found: readonly (Replicated | null)[],
  unit: FigureWords['unit'] = 'share',
): Axis {
  const scale = unit === 'share' ? 100 : 1;
  const reach = Math.max(
    5 / scale,
    ...found.flatMap((one) =>
      one === null
        ? []
        : [one.value, one.interval?.low ?? 0, one.interval?.high ?? 0].map(Math.abs),
    ),
  );
  const step =
    [2, 5, 10, 20, 50].map((size) => size / scale).find((size) => reach / size <= 3) ?? 50 / scale;
  const most = Math.ceil(reach / step) * step;
  const ticks: number[] = [];
  for (let i = -Math.round(most / step); i <= Math.round(most / step); i++)
    ticks.push(Math.round(i * step * 100) / 100);
  return {
    min: -most,
    max: most,
    ticks,
    zero: 0,
    format: (value) =>
      `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(Math.round(scale * value))}`,
  };
}

/** Who gains, condition by condition. */
export function mapPicture(report: ExperimentReport): ReportPicture | null {
  const { map } = report.experiment;
  if (map === undefined || report.map.length === 0) return null;
  const places = placesOf(report.map);
  const axis = differenceAxis(report.map.map(({ difference }) => difference));
  const rows = places.map((place): IntervalRow => {
    const own = report.map.filter((cell) => samePlace(cell, place));
    const done = Math.min(...own.map(({ difference }) => difference?.seeds.length ?? 0));
    return {
      id: `${place.model} ${place.condition}`,
      label: labelOf(report.experiment.conditions, place.condition),
      note: `${labelOf(report.experiment.models, place.model)}, ${seedsText(done, own[0].planned)}`,
      marks: map.pairs.map((_, pair) => mark(own.find((cell) => cell.pair === pair)?.difference)),
    };
  });
  const label = report.figures.find(({ id }) => id === map.figure)?.label ?? map.figure;
  return {
    id: 'map',
    ...(report.experiment.beside === undefined
      ? {
          title: 'What gains, and how much',
          caption: `${label}, each comparison’s second recipe minus its first, in points, with 95 % intervals: right of the line the second gains, left of it it loses.`,
        }
      : {
          title: 'Who gains from decoupling, and when',
          caption: `${label}, decoupled minus coupled, in points, with 95 % intervals: right of the line decoupling gains, left of it it loses.`,
        }),
    draw: (width, colors) =>
      intervals(
        rows,
        map.pairs.map(
          ({ label: name, from, to }) =>
            `${labelOf(report.experiment.recipes, to)} minus ${labelOf(report.experiment.recipes, from)} (${name})`,
        ),
        width,
        colors,
        axis,
      ),
  };
}

/** A claim in every condition that can show it. */
export function claimPicture(report: ExperimentReport, { id, found }: ReportClaim): ReportPicture {
  const { recipes, claims } = report.experiment;
  const claim = claims.find((one) => one.id === id);
  const rows = found.map(
    (one): IntervalRow => ({
      id: `${one.model} ${one.condition}`,
      label: placeLabel(report, one),
      note:
        one.difference === null
          ? 'not run yet'
          : `${VERDICTS[one.verdict]}, ${seedsText(one.difference.seeds.length, one.planned)}`,
      marks: [
        mark(one.difference),
        ...(one.equalTokens === undefined ? [] : [mark(one.equalTokens.difference)]),
      ],
    }),
  );
  const sides = claim === undefined ? '' : sidesText(report, recipes, claim);
  const unit = claimUnit(report, id);
  const equal = found.map((one) => one.equalTokens?.difference ?? null);
  const both = equal.some((one) => one !== null);
  const axis = differenceAxis([...found.map(({ difference }) => difference), ...equal], unit);
  return {
    id: `claim-${id}`,
    title: claim?.label ?? id,
    caption: `${sides}, in ${differenceName(unit)}, with 95 % intervals.${both ? ' At equal steps on the tests, and at equal tokens on validation pictures.' : ''}`,
    draw: (width, colors) =>
      intervals(rows, both ? ['Equal steps', 'Equal tokens'] : [''], width, colors, axis),
  };
}

function sidesText(
  { figures }: ExperimentReport,
  recipes: Experiment['recipes'],
  { from, to }: Experiment['claims'][number],
): string {
  const label = (id: string) => figures.find((figure) => figure.id === id)?.label ?? id;
  const side = ({ recipe, figure, at }: typeof from) =>
    `${label(figure)} of ${labelOf(recipes, recipe)}${at === undefined ? '' : ` after ${100 * at} % of the steps (validation)`}`;
  return `${side(to)} minus ${side(from)}`;
}

/** Whose figures stand beside ours. */
export const paperOf = ({ experiment }: ExperimentReport): string =>
  experiment.beside === undefined ? STAGED_PAPER : PAPER;

/** The averages of staged training, of an experiment that has their recipes; under each of its conditions. */
function stagedPictures(report: ExperimentReport): ReportPicture[] {
  const ids = new Set(report.experiment.recipes.map(({ id }) => id));
  if (PUBLISHED_STAGED.some(({ recipe }) => !ids.has(recipe))) return [];
  return placesOf(report.cells).map((place, i) => {
    const of = (recipe: string, figure: string) =>
      report.cells
        .find((cell) => samePlace(cell, place) && cell.recipe === recipe)
        ?.figures.find(({ id }) => id === figure);
    const rows = PUBLISHED_STAGED.map(
      ({ recipe, accuracy }): IntervalRow => ({
        id: recipe,
        label: labelOf(report.experiment.recipes, recipe),
        marks: [mark(of(recipe, 'avg')), publishedMark(accuracy)],
      }),
    );
    const [merged, staged] = ['merged', 'both'].map((recipe) => of(recipe, 'length.reasoning'));
    const shorter =
      merged === undefined || staged === undefined
        ? ''
        : ` Reasoning of ${labelOf(report.experiment.recipes, 'both')} has ${staged.value.toFixed(1)} tokens, of ${labelOf(report.experiment.recipes, 'merged')} ${merged.value.toFixed(1)}: ${lengthText(1 - staged.value / merged.value)} here, ${(100 * PUBLISHED_SHORTER).toFixed(1)} % shorter in the paper; whether that is more than chance is said with its claim.`;
    return {
      id: i === 0 ? 'staged-averages' : `staged-averages-${i}`,
      title: 'Averages of the four recipes beside the paper’s',
      caption: `Right answers, all families of questions; ${placeLabel(report, place)}. ${OURS}. The paper: mean of its benchmarks (58.56, 60.36, 60.53 and 62.99 %), without intervals.${shorter}`,
      draw: (width, colors) =>
        intervals(rows, ['Ours', `Paper, ${STAGED_PAPER}`], width, colors, {
          ...SHARES,
          format: percent,
        }),
    };
  });
}

const lengthText = (share: number): string =>
  `${Math.abs(100 * share).toFixed(1)} % ${share < 0 ? 'longer' : 'shorter'}`;

/** The paper's own figures beside ours, on the same axes. */
export function besidePictures(report: ExperimentReport): ReportPicture[] {
  const { beside } = report.experiment;
  if (beside === undefined) return stagedPictures(report);
  const cell = (recipe: string, condition = beside.condition) =>
    report.cells.find(
      (one) => one.model === beside.model && one.condition === condition && one.recipe === recipe,
    );
  const of = (recipe: string, figure: string, condition?: string) =>
    mark(cell(recipe, condition)?.figures.find(({ id }) => id === figure));
  const where = placeLabel(report, beside);
  return [
    {
      id: 'figure-2',
      title: 'Leakage, as in Figure 2 of the paper',
      caption: `PALR under OPSD's and ViGOS's teachers. ${OURS}; ${where}. K and ε of the paper are not published.`,
      draw: (width, colors) =>
        intervals(
          (['description', 'reasoningAnswer', 'all'] as const).flatMap((group) =>
            (['opsd', 'vigos'] as const).map((method) => {
              const id = `palr.${method}.${group}`;
              return {
                id,
                label: `${GROUPS[group]}, ${method === 'opsd' ? 'OPSD' : 'ViGOS'}`,
                marks: [
                  of(beside.base, id),
                  of(beside.vigos, id),
                  ...PUBLISHED_PALR.map(({ values }) => publishedMark(values[id])),
                ],
              };
            }),
          ),
          [
            'Ours, rollouts of the base',
            'Ours, rollouts of the trained ViGOS student',
            ...PUBLISHED_PALR.map(({ who }) => who),
          ],
          width,
          colors,
          { ...SHARES, max: 0.5, ticks: [0, 0.1, 0.2, 0.3, 0.4, 0.5], format: percent },
        ),
    },
    {
      id: 'figure-4',
      title: 'Score over training, as in Figure 4 of the paper',
      caption: `Score on validation pictures over the share of the steps that are done; thin lines are seeds. ${OURS}, ${where}; the paper's 3B model over its first 100 steps, dashed.`,
      draw: (width, colors) =>
        curves(
          [
            ...[beside.opsd, beside.vigos].flatMap((recipe, i) =>
              ourCurve(cell(recipe), labelOf(report.experiment.recipes, recipe), i),
            ),
            ...PUBLISHED_CURVES.map(
              ({ who, steps, score }, i): Curve => ({
                id: who,
                label: `Paper: ${who}`,
                color: i,
                dashed: true,
                points: steps.map((step, k) => [step / steps[steps.length - 1], score[k]]),
              }),
            ),
          ],
          {
            x: { max: 1, ticks: [0, 0.25, 0.5, 0.75, 1], format: percent },
            y: { min: 0, max: 1, ticks: [0, 0.25, 0.5, 0.75, 1], format: percent },
          },
          width,
          colors,
        ),
    },
    {
      id: 'table-2',
      title: 'Score and Prior, as in Table 2 of the paper',
      caption: `Pictures against the prior (Score) and with it (Prior), with the fact sentence (F) and without (P). ${OURS}; ${where}.`,
      draw: (width, colors) =>
        intervals(
          ['score.F', 'score.P', 'prior.F', 'prior.P'].flatMap((id) =>
            ([beside.base, beside.opsd, beside.vigos] as const).map((recipe, i) => ({
              id: `${id} ${recipe}`,
              label: `${id.replace(/^s/, 'S').replace(/^p/, 'P').replace('.', ' ')}, ${METHODS[i]}`,
              marks: [
                of(recipe, id),
                publishedMark(PUBLISHED_VILP[i].values[id]),
                publishedMark(PUBLISHED_VILP[i + METHODS.length].values[id]),
              ],
            })),
          ),
          [OURS, 'Paper, 3B', 'Paper, 7B'],
          width,
          colors,
        ),
    },
    {
      id: 'same-prompt',
      title: 'What the prompt alone gives',
      caption: `Pass@5. ${OURS}, questions of five families, ${where}; the paper: mean of eight benchmarks, 3B.`,
      draw: (width, colors) =>
        intervals(
          [beside.plain, beside.base, beside.opsd, beside.vigos].map((recipe, i) => ({
            id: recipe,
            label: labelOf(report.experiment.recipes, recipe),
            marks: [of(recipe, 'pass'), publishedMark(PUBLISHED_PASS[i].values.pass)],
          })),
          [OURS, 'Paper, 3B'],
          width,
          colors,
        ),
    },
    {
      id: 'ablations',
      title: 'Without one part, as in the ablation table of the paper',
      caption: `Score and Prior with the fact sentence. ${OURS}; ${placeLabel(report, { model: beside.model, condition: beside.ablations.condition })}. The paper's values stand in no public file that we know.`,
      draw: (width, colors) =>
        intervals(
          [beside.ablations.of, ...beside.ablations.without].map((recipe) => ({
            id: recipe,
            label: labelOf(report.experiment.recipes, recipe),
            marks: ['score.F', 'prior.F'].map((id) => of(recipe, id, beside.ablations.condition)),
          })),
          ['Score F', 'Prior F'],
          width,
          colors,
        ),
    },
  ];
}

const METHODS = ['base', 'OPSD', 'ViGOS'] as const;
const GROUPS = {
  description: 'Description',
  reasoningAnswer: 'Reasoning and answer',
  all: 'All tokens',
} as const;
const percent = (share: number) => `${Math.round(100 * share)} %`;

function ourCurve(cell: ReportCell | undefined, label: string, color: number): Curve[] {
  const curve = cell?.curves['score.F'] ?? [];
  if (cell === undefined || curve.length === 0) return [];
  return [curveOf(curve, { id: cell.recipe, label: `Ours: ${label}`, color, share: true })];
}

/** A mean over seeds with its seeds behind it, over steps or over the share of them. */
export function curveOf(
  curve: ReportCell['curves'][string],
  {
    share,
    ...look
  }: Pick<Curve, 'id' | 'label' | 'color' | 'dashed'> & { readonly share: boolean },
): Curve {
  const last = curve.at(-1)?.step || 1;
  const x = (step: number) => (share ? step / last : step);
  const seeds = curve[0].values.map((_, seed) =>
    curve.flatMap(({ step, values }): [number, number][] => {
      const value = values[seed];
      return value === null || value === undefined ? [] : [[x(step), value]];
    }),
  );
  const points = curve.flatMap(({ step, values }): [number, number][] => {
    const known = values.filter((value) => value !== null);
    return known.length === 0
      ? []
      : [[x(step), known.reduce((sum, value) => sum + value, 0) / known.length]];
  });
  return { ...look, points, seeds: seeds.length > 1 ? seeds : [] };
}

const samePlace = (
  a: Pick<MapCell, 'model' | 'condition'>,
  b: Pick<MapCell, 'model' | 'condition'>,
) => a.model === b.model && a.condition === b.condition;

/** Places in the order in which they come. */
export function placesOf<T extends Pick<MapCell, 'model' | 'condition'>>(
  cells: readonly T[],
): Pick<MapCell, 'model' | 'condition'>[] {
  const places = new Map<string, Pick<MapCell, 'model' | 'condition'>>();
  for (const { model, condition } of cells)
    places.set(`${model}/${condition}`, { model, condition });
  return [...places.values()];
}
