/** What a step of GRPO measures beside its loss: one row a chart, and what is to be said of a step that taught little. */

import { teachesNothing } from '../../method/rewards.ts';
import {
  RIGHT_ROLLOUTS,
  type RolloutsFacts,
  SEGMENT_LENGTHS,
  shareOf,
  VALID_ROLLOUTS,
} from './rollout-figures.ts';
import { type FigureChart, type StepFigures, singleFigure } from './step-figures.ts';

export interface GrpoFacts extends RolloutsFacts {
  /** [groups][rollouts], in [0, 1]. */
  readonly rewards: readonly (readonly number[])[];
  /** All tokens of the step. */
  readonly tokens: readonly {
    readonly clipped: boolean;
    /** Nats; null where the base was not read. */
    readonly kl: number | null;
  }[];
}

type Facts = GrpoFacts;

export const GRPO_FIGURES: readonly FigureChart<Facts>[] = [
  singleFigure<Facts>(
    'meanReward',
    {
      title: 'Reward',
      unit: '% of the full reward',
      scale: 'share',
      sentence:
        'Mean reward of the step’s rollouts: a right answer and a valid form together are 100 %.',
      headline: { label: 'Reward', small: 'of the last batch' },
    },
    ({ rewards }) => mean(rewards.flat()),
  ),
  RIGHT_ROLLOUTS,
  singleFigure<Facts>(
    'equalGroups',
    {
      title: 'Groups that teach nothing',
      unit: '% of groups',
      scale: 'share',
      sentence:
        'Share of the step’s groups whose rollouts all have the same reward, all right say: none has an advantage, so they have no gradient but that of the KL.',
      headline: { label: 'Equal groups', small: 'teach nothing' },
    },
    ({ rewards }) => shareOf(rewards, teachesNothing),
  ),
  VALID_ROLLOUTS,
  singleFigure<Facts>(
    'klToBase',
    {
      title: 'KL to the base',
      unit: 'nats',
      scale: 'nats',
      sentence:
        'Mean over the step’s tokens of the low-variance estimate of KL(student ‖ frozen base), before its coefficient.',
    },
    ({ tokens }) =>
      tokens.some(({ kl }) => kl === null) ? null : mean(tokens.map(({ kl }) => kl ?? 0)),
  ),
  singleFigure<Facts>(
    'ratioClipShare',
    {
      title: 'Clipped ratios',
      unit: '% of tokens',
      scale: 'share',
      sentence:
        'Share of the step’s tokens whose probability has moved so far since they were sampled that their advantage has no gradient left.',
    },
    ({ tokens }) => shareOf(tokens, ({ clipped }) => clipped),
  ),
  SEGMENT_LENGTHS,
];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** What is to be said of a step's rewards, and the next step; null where its groups taught, and for recipes without. */
export function rewardNote({
  reward,
  equalGroups,
}: StepFigures): { readonly message: string; readonly fix: string } | null {
  if (equalGroups === undefined) return null;
  if (reward === 0)
    return {
      message:
        'No rollout of this step is right, so the reward tells answers apart by their form at most.',
      fix: 'If it stays so: ask easier questions, allow larger groups or longer rollouts, or begin with SFT or a teacher.',
    };
  if (equalGroups === 1)
    return {
      message:
        'In every group of this step all rollouts have the same reward, so none has an advantage: only the KL to the base, if it has a weight, moved the student.',
      fix: 'If it stays so: ask harder questions, allow larger groups, or raise the sampling temperature.',
    };
  return null;
}
