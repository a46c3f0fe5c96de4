/** A report in words: what was found, in sentences that hold for whatever was found, and as Markdown. Pure. */

import type { Replicated } from '../method/replicates.ts';
import { inUnit, unitName } from './evaluation-tables.ts';
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

/** "+3.1 points (−0.5 to +6.7)", of shares. */
export function differenceText(difference: Replicated | null): string {
  if (difference === null) return 'no run of both so far';
  const { value, interval } = difference;
  const range =
    interval === null ? '' : ` (${signed(100 * interval.low)} to ${signed(100 * interval.high)})`;
  return `${signed(100 * value)} points${range}`;
}

/** "5 seeds", "3 of 5 seeds so far", with one seed also why nothing follows from it. */
export function seedsText(done: number, planned: number): string {
  const all = `${planned} seed${planned === 1 ? '' : 's'}`;
  return done === planned ? all : `${done} of ${all} so far`;
}

export const foundText = (found: {
  readonly difference: Replicated | null;
  readonly planned: number;
}): string =>
  found.difference === null
    ? differenceText(null)
    : `${differenceText(found.difference)}, ${seedsText(found.difference.seeds.length, found.planned)}`;

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
export function claimSentence(report: ExperimentReport, { found }: ReportClaim): string {
  if (found.length === 0) return 'The experiment has no condition with both.';
  const made = found.filter(({ difference }) => difference !== null);
  const missing = found.filter(({ difference }) => difference === null);
  const parts = (['seen', 'reversed', 'not-seen', 'unknown'] as const).flatMap((verdict) => {
    const own = made.filter((one) => one.verdict === verdict);
    if (own.length === 0) return [];
    const places = own.map((one) => `${placeLabel(report, one)}: ${foundText(one)}`);
    return [`${capital(VERDICTS[verdict])}: ${places.join('; ')}.`];
  });
  if (missing.length > 0)
    parts.push(`Not run yet: ${missing.map((one) => placeLabel(report, one)).join('; ')}.`);
  return parts.join(' ');
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
    told('second', 'Decoupling gains'),
    told('first', 'It loses'),
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
