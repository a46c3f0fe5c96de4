/** Every chart of the page as a row of a table: what it shows, in which unit, and where the values are. */

import type { Evaluation, StepMetrics } from '../../../contract/training.ts';
import { HELD_OUT_MEASURE_NOTE, wilsonInterval } from '../../../method/evaluation.ts';
import { TEACHER_NAMES, type TeacherName } from '../../../method/types.ts';
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

export type ChartDefinition = ChartText &
  (
    | { readonly kind: 'step'; readonly lines: readonly StepLine[] }
    | { readonly kind: 'evaluation'; readonly lines: readonly EvaluationLine[] }
  );

const UNIT = [0, 1] as const;

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

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

function byTeacher(
  id: string,
  title: string,
  sentence: string,
  value: 'mean' | 'unclipped',
  more: Partial<ChartText> = {},
): ChartDefinition {
  const lines = TEACHER_NAMES.map((teacher) => ({
    id: teacher,
    label: capital(teacher),
    teacher,
    value: ({ teachers }: StepMetrics) =>
      teachers === null || teachers[teacher].tokens === 0 ? null : teachers[teacher][value],
  }));
  return {
    id,
    title,
    unit: 'nats',
    format: formatNats,
    sentence,
    kind: 'step',
    lines,
    ...more,
  };
}

type Measure = 'accuracy' | 'prior' | 'score' | 'valid';

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
    interval: ({ counts, [id]: share }) => wilsonInterval((share ?? 0) * counts[id], counts[id]),
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

const SEGMENT_DASH = { description: [], reasoning: [6, 3, 1.5, 3], answer: [1.5, 3] } as const;

export const CHARTS: readonly ChartDefinition[] = [
  heldOut(
    'score',
    'Score',
    'Share of right answers on held-out pictures that contradict what is usual, with its 95 % Wilson interval.',
  ),
  byTeacher(
    'teacher-loss',
    'Loss by teacher',
    'Mean loss over the tokens that each teacher supervises, after the clip.',
    'mean',
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
  step(
    'valid',
    'Valid rollouts',
    '% of rollouts',
    formatPercent,
    ({ validRate }) => validRate,
    'Share of the step’s rollouts that keep the form.',
    { range: UNIT, ownUnit: true },
  ),
  step(
    'loss',
    'Loss',
    'nats',
    formatNats,
    ({ loss }) => loss,
    'The weighted sum of the teachers’ mean losses; the mean cross-entropy a token for SFT.',
  ),
  byTeacher(
    'divergence',
    'Divergence',
    'Mean divergence between each teacher and the student before the clip, at the temperature of the run’s loss (1.1 in OPSD, else 1, unless it is set).',
    'unclipped',
  ),
  step(
    'clipped',
    'Clipped tokens',
    '% of tokens',
    formatPercent,
    ({ clippedShare }) => clippedShare,
    'Share of the supervised tokens whose clip left no gradient.',
    { range: UNIT, ownUnit: true },
  ),
  step(
    'fallback',
    'Fallback',
    '% of rollouts',
    formatPercent,
    ({ fallbackRate }) => fallbackRate,
    'Share of the step’s rollouts that the reference teacher takes over because they are invalid.',
    { range: UNIT, ownUnit: true },
  ),
  step(
    'reward',
    'Reward',
    '% of rollouts',
    formatPercent,
    ({ reward }) => reward,
    'Share of the step’s rollouts whose answer is right by exact match; nothing is trained on it.',
    { range: UNIT, ownUnit: true },
  ),
  {
    id: 'segments',
    title: 'Segment lengths',
    unit: 'tokens',
    format: formatPlain,
    sentence: 'Mean number of tokens of each segment in the step’s valid rollouts.',
    kind: 'step',
    lines: (['description', 'reasoning', 'answer'] as const).map((segment) => ({
      id: segment,
      label: capital(segment),
      dash: SEGMENT_DASH[segment],
      value: ({ segments }) => segments?.[segment] ?? null,
    })),
  },
  step(
    'entropy',
    'Entropy',
    'nats',
    formatNats,
    ({ entropy }) => entropy,
    'Mean entropy of the student over the tokens that have a teacher, or SFT’s targets, at the temperature of the run’s loss (1.1 in OPSD, else 1, unless it is set).',
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
