/** GRPO's settings as rows, of recipes that learn from rewards alone. */

import { AVERAGINGS, type Averaging } from '../../method/grpo.ts';
import { FORMAT_SHARE } from '../../method/rewards.ts';
import { type ChoiceField, choice, real, whole } from '../settings/fields.ts';
import { row } from '../settings/setting-row.ts';

/** No step has more rollouts: they are sampled side by side. */
export const MOST_ROLLOUTS = 256;

export const GRPO = {
  groupSize: row(
    whole(
      'grpo.groupSize',
      'Group size',
      'rollouts',
      [2, 32],
      'Rollouts of each question. A rollout’s advantage is its reward less its group’s mean, in standard deviations of the group.',
    ),
    5,
  ),
  formatShare: row(
    real(
      'grpo.formatShare',
      'Form’s share of the reward',
      '',
      [0, 1],
      'The reward is this much for a valid form and the rest for a right answer.',
    ),
    FORMAT_SHARE,
  ),
  klCoefficient: row(
    real(
      'grpo.klCoefficient',
      'KL coefficient',
      '',
      [0, 10],
      'Weight of the KL to the frozen base beside the reward; at 0 the base is not read, and nothing says how far the student has gone from it.',
    ),
    1e-2,
  ),
  ratioClip: row(
    real(
      'grpo.ratioClip',
      'Ratio clip',
      '',
      [1e-3, 10],
      'A token is pushed no further once its probability is this share above or below what it was when it was sampled. With one update a batch it hardly ever is.',
    ),
    0.2,
  ),
  averaging: row<Averaging, ChoiceField>(
    choice(
      'grpo.averaging',
      'Mean over',
      AVERAGINGS,
      'Each rollout counts alike, however long it is, or each token does.',
      { sequence: 'rollouts', token: 'tokens' },
    ),
    'sequence',
  ),
  updates: row(
    whole(
      'grpo.updates',
      'Updates a batch',
      'updates',
      [1, 16],
      'How often a step moves the weights by the same rollouts; its figures are those of the last time.',
    ),
    1,
  ),
} as const;
