/** What every recipe that samples measures of a step's rollouts, whatever it learns from. */

import type { ParsedRollout } from '../../method/types.ts';
import { type FigureChart, singleFigure } from './step-figures.ts';

/** One rollout of the step. */
export interface WrittenRollout {
  readonly parsed: ParsedRollout;
  /** Whether its graded answer is right. */
  readonly correct: boolean;
}

export interface RolloutsFacts {
  readonly rollouts: readonly WrittenRollout[];
}

type Facts = RolloutsFacts;

export const VALID_ROLLOUTS = singleFigure<Facts>(
  'validRate',
  {
    title: 'Valid rollouts',
    unit: '% of rollouts',
    scale: 'share',
    sentence: 'Share of the step’s rollouts that keep the form.',
  },
  ({ rollouts }) => shareOf(rollouts, ({ parsed }) => parsed.valid),
);

export const RIGHT_ROLLOUTS = singleFigure<Facts>(
  'reward',
  {
    title: 'Right rollouts',
    unit: '% of rollouts',
    scale: 'share',
    sentence:
      'Share of the step’s rollouts whose answer is right by exact match; GRPO alone learns from it.',
    headline: { label: 'Right answers', small: 'of the last batch' },
  },
  ({ rollouts }) => shareOf(rollouts, ({ correct }) => correct),
);

export const SEGMENT_LENGTHS: FigureChart<Facts> = {
  id: 'segments',
  title: 'Segment lengths',
  unit: 'tokens',
  scale: 'plain',
  sentence: 'Mean number of tokens of each segment in the step’s valid rollouts.',
  lines: [
    segment('description', []),
    segment('reasoning', [6, 3, 1.5, 3]),
    segment('answer', [1.5, 3]),
  ],
};

function segment(name: 'description' | 'reasoning' | 'answer', dash: readonly number[]) {
  return {
    id: `segment.${name}`,
    label: capital(name),
    dash,
    of({ rollouts }: Facts) {
      const valid = rollouts.filter(({ parsed }) => parsed.valid);
      const count = ({ parsed }: WrittenRollout) =>
        parsed.segments.filter((own) => own === name).length;
      return valid.reduce((sum, own) => sum + count(own), 0) / Math.max(1, valid.length);
    },
  };
}

export function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / Math.max(1, items.length);
}

export function capital(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
