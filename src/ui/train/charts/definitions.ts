/** Every chart of the page as a row of a table: what it shows, in which unit, and where the values are. */

import { heldOutRows, wordsRows } from '../../../contract/evaluation/evaluation-rows.ts';
import type { FigureRow } from '../../../contract/evaluation/figure-row.ts';
import type { FigureChart } from '../../../contract/figures/step-figures.ts';
import { TRAIN_FAMILIES } from '../../../contract/settings/world-rows.ts';
import { RECIPE_KINDS, type RecipeKind } from '../../../contract/train/recipes.ts';
import type { Evaluation, StepMetrics } from '../../../contract/train/training.ts';
import { wilsonInterval } from '../../../method/estimates.ts';
import { HELD_OUT_MEASURE_NOTE } from '../../../method/evaluation.ts';
import type { TeacherName } from '../../../method/types.ts';
import type { ChartText } from '../../charts/chart-text.ts';
import { formatBytes, formatNats, formatPercent, formatPlain } from '../../shared/format.ts';

interface LineText {
  readonly id: string;
  readonly label: string;
  /** Colours the line; without one it has the run's colour. */
  readonly teacher?: TeacherName;
  /** Tells lines of one run apart that have no teacher. */
  readonly dash?: readonly number[];
}

export interface StepLine extends LineText {
  readonly value: (metrics: StepMetrics) => number | null;
}

export interface EvaluationLine extends LineText {
  readonly value: (evaluation: Evaluation) => number | null;
  readonly interval: (evaluation: Evaluation) => { low: number; high: number };
}

export type ChartDefinition = ChartText & {
  /** Drawn only where a run has a value of it. */
  readonly optional?: boolean;
} & (
    | { readonly kind: 'step'; readonly lines: readonly StepLine[] }
    | { readonly kind: 'evaluation'; readonly lines: readonly EvaluationLine[] }
  );

const UNIT = [0, 1] as const;

function step(
  id: string,
  title: string,
  unit: string,
  format: (value: number) => string,
  value: (metrics: StepMetrics) => number | null,
  sentence: string,
  more: Partial<ChartText> = {},
): ChartDefinition {
  const lines = [{ id, label: title, value }];
  return { id, title, unit, format, sentence, kind: 'step', lines, ...more };
}

/** Figures of the table that have a chart of their own. */
const HELD_OUT_IDS = {
  accuracy: 'avg',
  prior: 'prior.F',
  score: 'score.F',
  valid: 'valid.strict',
} as const;
type Measure = keyof typeof HELD_OUT_IDS;

function heldOut(
  id: Measure,
  title: string,
  sentence: string,
  more: Partial<ChartText> = {},
): ChartDefinition {
  const line: EvaluationLine = {
    id,
    label: title,
    value: (evaluation) => (evaluation.counts[id] === 0 ? null : evaluation[id]),
    // Runs from before the table was written down have counts alone.
    interval: ({ counts, figures, [id]: share }) =>
      figures?.[HELD_OUT_IDS[id]] ?? wilsonInterval((share ?? 0) * counts[id], counts[id]),
  };
  return {
    id,
    title,
    unit: '% of answers',
    ownUnit: true,
    format: formatPercent,
    range: UNIT,
    sentence: id === 'valid' ? sentence : `${sentence} ${HELD_OUT_MEASURE_NOTE}`,
    kind: 'evaluation',
    lines: [line],
    ...more,
  };
}

/** A chart of any other figure of the table of evaluations, with the interval that it was written down with. */
function ofTable(
  { id, label, unit, measure, sentence }: FigureRow,
  inWords = false,
): ChartDefinition {
  const line: EvaluationLine = {
    id,
    label,
    value: ({ figures }) => figures?.[id]?.value ?? null,
    interval: ({ figures }) => figures?.[id] ?? { low: Number.NaN, high: Number.NaN },
  };
  return {
    id: `heldOut.${id}`,
    title: label,
    ...(unit === 'share'
      ? {
          unit: measure === 'palr' ? '% of the push' : '% of answers',
          ownUnit: true,
          format: formatPercent,
          range: UNIT,
        }
      : { unit: 'tokens', format: formatPlain }),
    sentence: inWords ? sentence : `${sentence} On the run’s held-out pictures.`,
    kind: 'evaluation',
    lines: [line],
  };
}

const FORMATS = {
  share: { format: formatPercent, range: UNIT, ownUnit: true },
  nats: { format: formatNats },
  plain: { format: formatPlain },
} as const;

/** A chart of what a recipe measures. */
function ofRecipe({ scale, lines, headline: _, ...chart }: FigureChart): ChartDefinition {
  const drawn = lines.map(({ of: _, ...line }): StepLine => {
    return { ...line, value: ({ figures }) => figures[line.id] ?? null };
  });
  return { ...FORMATS[scale], ...chart, kind: 'step', lines: drawn };
}

const RECIPE_CHARTS = new Map(
  RECIPE_KINDS.flatMap(({ charts }) => charts).map((chart) => [chart.id, ofRecipe(chart)]),
);

/** The charts that these kinds of recipes have values for. */
export function chartsOf(kinds: readonly RecipeKind[]): readonly ChartDefinition[] {
  const own = new Set(kinds.flatMap(({ charts }) => charts.map(({ id }) => id)));
  return CHARTS.filter(({ id }) => !RECIPE_CHARTS.has(id) || own.has(id));
}

/** Held-out problems in words, of runs that ask some: they stand where a stage without pictures is looked for. */
const WORDS_CHARTS: readonly ChartDefinition[] = wordsRows().map((row) => ({
  ...ofTable(row, true),
  optional: true,
}));

export const CHARTS: readonly ChartDefinition[] = [
  heldOut(
    'score',
    'Score',
    'Share of right answers on held-out pictures that contradict what is usual, with its 95 % Wilson interval.',
  ),
  heldOut(
    'prior',
    'Prior',
    'Share of right answers on held-out pictures that look as usual, with its 95 % Wilson interval.',
  ),
  heldOut(
    'accuracy',
    'Accuracy',
    'Share of right answers on held-out pictures of all question families, trained or not, with its 95 % Wilson interval.',
  ),
  ...WORDS_CHARTS,
  step(
    'loss',
    'Loss',
    'nats',
    formatNats,
    ({ loss }) => loss,
    'The weighted sum of the teachers’ mean losses; the mean cross-entropy a token for SFT; for GRPO the clipped objective and the KL, about 0 while advantages cancel out.',
  ),
  ...RECIPE_CHARTS.values(),
  step(
    'entropy',
    'Entropy',
    'nats',
    formatNats,
    ({ entropy }) => entropy,
    'Mean entropy of the student over the tokens that have a teacher, SFT’s targets or all of GRPO’s rollouts, at the temperature of the run’s loss (1.1 in OPSD, GRPO’s that of sampling, else 1, unless it is set).',
  ),
  step(
    'gradNorm',
    'Gradient norm',
    'L2',
    formatPlain,
    ({ gradNorm }) => gradNorm,
    'Length of the gradient over all trained weights, before it is shortened.',
  ),
  step(
    'learningRate',
    'Learning rate',
    'a step',
    formatPlain,
    ({ learningRate }) => learningRate,
    'What the schedule gives in this step.',
  ),
  step(
    'tokensPerSecond',
    'Tokens a second',
    'tokens/s',
    formatPlain,
    ({ tokensPerSecond }) => tokensPerSecond,
    'Completion tokens that are sampled and learnt from in a second.',
  ),
  step(
    'stepsPerSecond',
    'Steps a second',
    'steps/s',
    formatPlain,
    ({ ms }) => (ms.total > 0 ? 1000 / ms.total : null),
    'Without compilation and evaluation.',
  ),
  step(
    'memory',
    'Device memory',
    'bytes',
    formatBytes,
    ({ memory }) => memory.device ?? memory.wasm,
    'Bytes held in GPU buffers, or in WebAssembly’s memory where there is no GPU.',
    { ownUnit: true },
  ),
];

const DRAWN: ReadonlySet<string> = new Set(Object.values(HELD_OUT_IDS));

/** Every other figure of a run's held-out answers, whatever its k. */
export const HELD_OUT_CHARTS: readonly ChartDefinition[] = heldOutRows(TRAIN_FAMILIES, {
  responses: Number.POSITIVE_INFINITY,
  palr: 1,
  teachers: 1,
})
  .filter(({ id }) => !DRAWN.has(id))
  .map((row) => ofTable(row));
