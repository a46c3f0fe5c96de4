/** A report in words: what was found, in sentences that hold for whatever was found, and as Markdown. Pure. */

import type { Replicated } from '../../method/replicates.ts';
import { inUnit, unitName } from '../evaluation/evaluation-tables.ts';
import { type Gain, VERDICTS, type Verdict } from './experiment-claims.ts';
import type {
  ExperimentReport,
  FigureWords,
  MapCell,
  ReportCell,
  ReportClaim,
} from './experiment-report.ts';

type Entry = { readonly id: string; readonly label: string };

export const labelOf = (list: readonly Entry[], id: string): string =>
  list.find((entry) => entry.id === id)?.label ?? id;

/** "Leaky teachers, references right". */
export function placeLabel(
  { experiment }: Pick<ExperimentReport, 'experiment'>,
  { model, condition }: { readonly model: string; readonly condition: string },
): string {
  return `${labelOf(experiment.models, model)}, ${labelOf(experiment.conditions, condition).replace(/^./, (first) => first.toLowerCase())}`;
}

const signed = (points: number): string =>
  `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`;

/** How a difference of a figure in this unit is said: points of a share, or tokens. */
const DIFFERENCES = {
  share: { scale: 100, name: 'points' },
  tokens: { scale: 1, name: 'tokens' },
} as const satisfies Record<FigureWords['unit'], object>;

/** "points", "tokens". */
export const differenceName = (unit: FigureWords['unit']): string => DIFFERENCES[unit].name;

/** "+3.1 points (−0.5 to +6.7)" of shares, "−2.4 tokens (−3.0 to −1.8)" of lengths. */
export function differenceText(
  difference: Replicated | null,
  unit: FigureWords['unit'] = 'share',
): string {
  if (difference === null) return 'no run of both so far';
  const { value, interval } = difference;
  const { scale, name } = DIFFERENCES[unit];
  const range =
    interval === null
      ? ''
      : ` (${signed(scale * interval.low)} to ${signed(scale * interval.high)})`;
  return `${signed(scale * value)} ${name}${range}`;
}

/** The unit of a claim's figure. */
export function claimUnit(
  { experiment, figures }: Pick<ExperimentReport, 'experiment' | 'figures'>,
  id: string,
): FigureWords['unit'] {
  const figure = experiment.claims.find((claim) => claim.id === id)?.to.figure;
  return figures.find((one) => one.id === figure)?.unit ?? 'share';
}

/** "5 seeds", "3 of 5 seeds so far", with one seed also why nothing follows from it. */
export function seedsText(done: number, planned: number): string {
  const all = `${planned} seed${planned === 1 ? '' : 's'}`;
  return done === planned ? all : `${done} of ${all} so far`;
}

export const foundText = (
  found: { readonly difference: Replicated | null; readonly planned: number },
  unit: FigureWords['unit'] = 'share',
): string =>
  found.difference === null
    ? differenceText(null)
    : `${differenceText(found.difference, unit)}, ${seedsText(found.difference.seeds.length, found.planned)}`;

/** Whether there are runs enough to tell anything. */
const hasInterval = ({ difference }: { readonly difference: Replicated | null }): boolean =>
  (difference?.interval ?? null) !== null;

export function figureText(
  figure: Pick<Replicated, 'value' | 'interval'>,
  unit: FigureWords['unit'],
): string {
  const value = inUnit(figure.value, unit);
  if (figure.interval === null) return value;
  return `${value} (${inUnit(figure.interval.low, unit)} to ${inUnit(figure.interval.high, unit)})`;
}

/** Where a claim was seen and where not, one sentence. */
export function claimSentence(report: ExperimentReport, { id, found }: ReportClaim): string {
  if (found.length === 0) return 'The experiment has no condition with both.';
  const unit = claimUnit(report, id);
  const made = found.filter(({ difference }) => difference !== null);
  const missing = found.filter(({ difference }) => difference === null);
  const parts = (['seen', 'reversed', 'not-seen', 'unknown'] as const).flatMap((verdict) => {
    const own = made.filter((one) => one.verdict === verdict);
    if (own.length === 0) return [];
    const places = own.map((one) => `${placeLabel(report, one)}: ${foundText(one, unit)}`);
    return [`${capital(VERDICTS[verdict])}: ${places.join('; ')}.`];
  });
  if (missing.length > 0)
    parts.push(`Not run yet: ${missing.map((one) => placeLabel(report, one)).join('; ')}.`);
  return parts.join(' ');
}

/** The same at equal tokens, and how that was made; null where no run says it. */
export function equalTokensSentence(
  report: ExperimentReport,
  { id, found }: ReportClaim,
): string | null {
  const unit = claimUnit(report, id);
  const parts = found.flatMap((one) => {
    if (one.equalTokens === undefined) return [];
    const { tokens, difference, verdict } = one.equalTokens;
    const said = difference.interval === null ? TOO_FEW : VERDICTS[verdict];
    const seeds = seedsText(difference.seeds.length, one.planned);
    return [
      `${placeLabel(report, one)}: ${differenceText(difference, unit)} after ${Math.round(tokens).toLocaleString('en')} tokens each, ${seeds}, ${said}`,
    ];
  });
  return parts.length === 0
    ? null
    : `At equal tokens (validation pictures; the longer run is cut where the shorter one ends, linearly between the validations around it): ${parts.join('; ')}.`;
}

/** All conditions together; what cannot be told takes no part where anything can. */
export function overall({ found }: ReportClaim): Verdict | 'mixed' {
  const known = new Set(found.map(({ verdict }) => verdict).filter((one) => one !== 'unknown'));
  const [first] = known;
  return known.size > 1 ? 'mixed' : (first ?? 'unknown');
}

const TOO_FEW = 'too few runs so far';

/** The same in words: "seen here", "seen here in 2 of 4 conditions", "seen here (3 not run yet)", "depends on the condition". */
export function overallText(claim: ReportClaim): string {
  const verdict = overall(claim);
  if (!claim.found.some(hasInterval)) return TOO_FEW;
  const run = claim.found.filter(hasInterval);
  const open = claim.found.length - run.length;
  const rest = open === 0 ? '' : ` (${open} not run yet)`;
  if (verdict === 'mixed') return `depends on the condition${rest}`;
  const own = run.filter((one) => one.verdict === verdict).length;
  const where = own === run.length ? '' : ` in ${own} of ${run.length} conditions`;
  return `${VERDICTS[verdict]}${where}${rest}`;
}

/** Who gains, in words, of a pair whose second recipe is decoupled. */
export function gainText(
  { experiment }: ExperimentReport,
  cell: Pick<MapCell, 'gain' | 'pair' | 'difference'>,
): string {
  if (!hasInterval(cell)) return TOO_FEW;
  const { gain, pair } = cell;
  const names = experiment.map?.pairs[pair];
  const label = (id: string | undefined) => labelOf(experiment.recipes, id ?? '');
  const words: Readonly<Record<Gain, string>> = {
    second: `${label(names?.to)} gains`,
    first: `${label(names?.from)} gains`,
    equal: 'no difference worth the name',
    unknown: 'cannot be told',
  };
  return words[gain];
}

/** A condition of the map with every pair in it, in the order of the pairs. */
export interface MapPlace {
  readonly model: string;
  readonly condition: string;
  /** Null where the experiment has no run of a pair there. */
  readonly pairs: readonly (MapCell | null)[];
}

/** The map condition by condition. */
export function mapPlaces({ map, experiment }: ExperimentReport): MapPlace[] {
  const places = new Map<string, MapCell[]>();
  for (const cell of map) {
    const key = `${cell.model} ${cell.condition}`;
    places.set(key, [...(places.get(key) ?? []), cell]);
  }
  const count = experiment.map?.pairs.length ?? 0;
  return [...places.values()].map((cells) => ({
    model: cells[0].model,
    condition: cells[0].condition,
    pairs: Array.from({ length: count }, (_, i) => cells.find(({ pair }) => pair === i) ?? null),
  }));
}

/** Seeds behind all pairs of a place, where they are as many; null where they are not. */
export function seedsOfPlace({ pairs }: MapPlace): string | null {
  const said = new Set(
    pairs.flatMap((cell) =>
      cell === null ? [] : [seedsText(cell.difference?.seeds.length ?? 0, cell.planned)],
    ),
  );
  const [all] = said;
  return said.size === 1 ? all : null;
}

/** The answer to the question, as far as the map gives one: in how many comparisons, where, and how much. */
export function answerSentence(report: ExperimentReport): string {
  const { map, experiment } = report;
  if (map.length === 0) return 'The experiment draws no map.';
  const figure = report.figures.find(({ id }) => id === experiment.map?.figure);
  const known = map.filter(hasInterval);
  const missing = map.length - known.length;
  const of = (gain: Gain) => known.filter((cell) => cell.gain === gain);
  const where = (gain: Gain) =>
    mapPlaces(report)
      .flatMap((place) => {
        const there = place.pairs.filter((cell) => cell !== null && hasInterval(cell));
        const own = there.flatMap((cell) => (cell?.gain === gain ? [cell] : []));
        if (own.length === 0) return [];
        const share = there.length === 1 ? '' : `, ${own.length} of ${there.length}`;
        return [`${placeLabel(report, place)} (${rangeText(own)}${share})`];
      })
      .join('; ');
  const told = (gain: Gain, words: string) => {
    const { length } = of(gain);
    return length === 0 ? '' : `${words} in ${length} of ${known.length}: ${where(gain)}.`;
  };
  const unknown = of('unknown').length;
  const parts = [
    `Judged by ${figure?.label ?? experiment.map?.figure}.`,
    ...(experiment.beside === undefined ? pairwise(report) : []),
    ...(experiment.beside === undefined
      ? []
      : [told('second', 'Decoupling gains'), told('first', 'It loses')]),
    told('equal', `No difference beyond ${(100 * experiment.margin).toFixed(0)} points`),
    unknown > 0
      ? `It cannot be told in ${unknown} of ${known.length}${unknown === map.length ? ', so the two methods are told apart nowhere' : ''}.`
      : '',
    missing > 0
      ? `Of all ${map.length} comparisons ${missing} ${missing === 1 ? 'waits' : 'wait'} for two seeds of both.`
      : '',
  ];
  return parts.filter(Boolean).join(' ');
}

/** What came of each pair, where they are not one comparison under several conditions. */
const pairwise = (report: ExperimentReport): string[] =>
  report.map
    .filter(hasInterval)
    .filter(({ gain }) => gain === 'second' || gain === 'first')
    .map((cell) => {
      const { label = '' } = report.experiment.map?.pairs[cell.pair] ?? {};
      return `${capital(label)}, ${placeLabel(report, cell)}: ${gainText(report, cell)} (${differenceText(cell.difference)}).`;
    });

/** "+7.6 points", "+2.0 to +42.6 points". */
function rangeText(cells: readonly MapCell[]): string {
  const values = cells.map(({ difference }) => 100 * (difference?.value ?? 0));
  const [low, high] = [Math.min(...values), Math.max(...values)].map(signed);
  return low === high ? `${low} points` : `${low} to ${high} points`;
}

/** How many runs are there, in words; what is missing is said. */
export function stateSentence({ cells }: Pick<ExperimentReport, 'cells'>): string {
  const planned = cells.reduce((sum, cell) => sum + cell.planned.length, 0);
  const done = cells.reduce((sum, cell) => sum + cell.seeds.length, 0);
  const failed = cells.reduce((sum, cell) => sum + cell.failed.length, 0);
  const rest = planned - done - failed;
  const parts = [`${done} of ${planned} runs are there`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (rest > 0) parts.push(`${rest} still to be made`);
  return `${parts.join(', ')}.`;
}

export const STEPS_TITLE = 'Over the steps: tokens, reward, KL';
export const STEPS_NOTE =
  'Tokens are all completion tokens that a run learnt from. Reward and KL to the frozen base are means over the last tenth of the steps that measure them, on training questions; with 95 % intervals over seeds.';
export const STEPS_HEADS: readonly string[] = [
  'Recipe',
  'Tokens',
  'Reward, %',
  'KL to the base, nats',
];

/** A row of cells for each trained recipe that says what its steps took; the condition stands first where there are several. */
export function stepRows(report: ExperimentReport): string[][] {
  const trained = report.cells.filter(({ tokens }) => tokens !== undefined);
  const places = new Set(trained.map(({ model, condition }) => `${model}/${condition}`));
  /** An interval over few seeds may reach where no value can be; it ends there. */
  const said = (
    found: Replicated | undefined,
    show: (value: number) => string,
    most = Number.POSITIVE_INFINITY,
  ) => {
    if (found === undefined) return '–';
    const { value, interval } = found;
    if (interval === null) return show(value);
    return `${show(value)} (${show(Math.max(0, interval.low))} to ${show(Math.min(most, interval.high))})`;
  };
  return trained.map((cell) => {
    const name = labelOf(report.experiment.recipes, cell.recipe);
    return [
      places.size > 1 ? `${placeLabel(report, cell)}: ${name}` : name,
      said(cell.tokens, (value) => Math.round(value).toLocaleString('en')),
      said(cell.late?.meanReward, (value) => (100 * value).toFixed(1), 1),
      said(cell.late?.klToBase, (value) => value.toFixed(3)),
    ];
  });
}

/** How the intervals are made, for whoever reads one. */
export const INTERVALS =
  'The seed is what is repeated. A value is the mean over seeds. Its 95 % interval comes of drawing seeds and pictures anew, a thousand times, the same pictures for all seeds (of S seeds S − 1 at a time, so that their spread is not made too small); a difference is taken under each seed on the same pictures first. Figures of validation have no pictures written down and take Student’s interval over seeds. One seed has no interval.';

const capital = (words: string): string => words.replace(/^./, (first) => first.toUpperCase());

/** Figures of the table in the report, in this order. */
export const TABLE_FIGURES = [
  'score.F',
  'prior.F',
  'score.P',
  'prior.P',
  'avg',
  'pass',
  'truth.right',
  'errors.thinking',
  'errors.seeing',
  'valid.strict',
  'length.description',
  'length.reasoning',
  'palr.opsd.description',
  'palr.opsd.reasoningAnswer',
  'palr.vigos.reasoningAnswer',
] as const;

/** Words of the figures that a table shows, those that any run has. */
export function tableFigures({ figures }: Pick<ExperimentReport, 'figures'>): FigureWords[] {
  return TABLE_FIGURES.flatMap((id) => figures.find((figure) => figure.id === id) ?? []);
}

/** A table of one place, a row a recipe. */
export function placeTable(report: ExperimentReport, cells: readonly ReportCell[]): string[] {
  const figures = tableFigures(report);
  const head = [
    'recipe',
    'seeds',
    ...figures.map(({ label, unit }) => `${label}, ${unitName(unit)}`),
  ];
  const rows = cells.map(({ recipe, seeds, planned, figures: found }) => [
    labelOf(report.experiment.recipes, recipe),
    seeds.length === planned.length
      ? String(planned.length)
      : `${seeds.length} of ${planned.length}`,
    ...figures.map(({ id, unit }) => {
      const figure = found.find((one) => one.id === id);
      return figure === undefined ? '–' : figureText(figure, unit);
    }),
  ]);
  return markdownTable(head, rows);
}

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const cell = (words: string) => words.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [
    row(head),
    `|${head.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...rows.map(row),
  ];
}

/** Every figure of every seed, a line each, with the mean and its interval on lines without a seed. */
export function reportCsv({ cells, figures, experiment }: ExperimentReport): string {
  const quoted = (words: string) =>
    /[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
  const labels = new Map(figures.map(({ id, label }) => [id, label]));
  const lines = cells.flatMap(({ model, condition, recipe, figures: found }) =>
    found.flatMap(({ id, value, interval, seeds, values }) => {
      const head = [
        model,
        condition,
        recipe,
        labelOf(experiment.recipes, recipe),
        id,
        labels.get(id) ?? id,
      ];
      const row = (end: readonly (number | string)[]) =>
        [...head, ...end].map(String).map(quoted).join(',');
      return [
        row(['', value, interval?.low ?? '', interval?.high ?? '']),
        ...seeds.map((seed, i) => row([seed, values[i], '', ''])),
      ];
    }),
  );
  const head = 'model,condition,recipe,label,figure,figure label,seed,value,low,high';
  return `${[head, ...lines].join('\n')}\n`;
}
