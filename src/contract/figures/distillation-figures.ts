/** What a step of distillation measures beside its loss: one row a chart. */

import type { BatchLoss } from '../../method/loss.ts';
import { type SupervisionPlan, TEACHER_NAMES, type TeacherName } from '../../method/types.ts';
import {
  capital,
  RIGHT_ROLLOUTS,
  SEGMENT_LENGTHS,
  shareOf,
  VALID_ROLLOUTS,
  type WrittenRollout,
} from './rollout-figures.ts';
import { type FigureChart, singleFigure } from './step-figures.ts';
import { WRONG_REFERENCE_CHART, type WrongReferenceFacts } from './wrong-reference-figures.ts';

/** A supervised token; nats. */
export interface TokenFacts {
  readonly teacher: TeacherName;
  /** Before the clip. */
  readonly divergence: number;
  readonly clipped: boolean;
}

/** One rollout of the step. */
interface RolloutFacts extends WrittenRollout {
  readonly plan: SupervisionPlan;
}

export interface DistillationFacts extends WrongReferenceFacts {
  readonly rollouts: readonly RolloutFacts[];
  /** All supervised tokens of the step. */
  readonly tokens: readonly TokenFacts[];
  readonly loss: BatchLoss;
}

type Facts = DistillationFacts;

export const DISTILLATION_FIGURES: readonly FigureChart<Facts>[] = [
  byTeacher(
    'teacher-loss',
    'loss',
    'Loss by teacher',
    'Mean loss over the tokens that each teacher supervises, after the clip.',
    ({ loss }, name) => loss.teachers[name].mean,
  ),
  {
    ...VALID_ROLLOUTS,
    headline: { label: 'Valid', small: 'to the reference', of: 'fallbackRate' },
  },
  byTeacher(
    'divergence',
    'divergence',
    'Divergence',
    'Mean divergence between each teacher and the student before the clip, at the temperature of the run’s loss (1.1 in OPSD, else 1, unless it is set).',
    ({ tokens }, name) => {
      const own = tokens.filter(({ teacher }) => teacher === name);
      return own.reduce((sum, { divergence }) => sum + divergence, 0) / own.length;
    },
  ),
  singleFigure<Facts>(
    'clippedShare',
    {
      title: 'Clipped tokens',
      unit: '% of tokens',
      scale: 'share',
      sentence: 'Share of the supervised tokens whose clip left no gradient.',
    },
    ({ tokens }) => shareOf(tokens, ({ clipped }) => clipped),
  ),
  singleFigure<Facts>(
    'fallbackRate',
    {
      title: 'Fallback',
      unit: '% of rollouts',
      scale: 'share',
      sentence:
        'Share of the step’s rollouts that the reference teacher takes over because they are invalid.',
    },
    ({ rollouts }) => shareOf(rollouts, ({ plan }) => plan.teachersNeeded.includes('reference')),
  ),
  RIGHT_ROLLOUTS,
  WRONG_REFERENCE_CHART,
  SEGMENT_LENGTHS,
  byTeacher(
    'teacher-tokens',
    'tokens',
    'Tokens by teacher',
    'How many of the step’s tokens each teacher supervises.',
    ({ loss }, name) => loss.teachers[name].tokens,
    { unit: 'tokens', scale: 'plain' },
  ),
];

/** One line a teacher, absent where it supervises nothing. */
function byTeacher(
  id: string,
  figure: string,
  title: string,
  sentence: string,
  of: (facts: Facts, name: TeacherName) => number,
  scale: Pick<FigureChart, 'unit' | 'scale'> = { unit: 'nats', scale: 'nats' },
): FigureChart<Facts> {
  const lines = TEACHER_NAMES.map((teacher) => ({
    id: `${figure}.${teacher}`,
    label: capital(teacher),
    teacher,
    of: (facts: Facts) => (facts.loss.teachers[teacher].tokens === 0 ? null : of(facts, teacher)),
  }));
  return { id, title, sentence, ...scale, lines };
}
