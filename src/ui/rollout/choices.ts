/** What a reader of a rollout chooses: the figure on show, and how far its tokens have come. */

/** What heat and chart show; `used` is the divergence that the token's own loss uses. */
export type Measure = 'used' | 'forwardKl' | 'reverseKl' | 'loss';

export const MEASURES: readonly { readonly value: Measure; readonly label: string }[] = [
  { value: 'used', label: 'Used by the loss' },
  { value: 'forwardKl', label: 'Forward KL' },
  { value: 'reverseKl', label: 'Reverse KL' },
  { value: 'loss', label: 'Loss after the clip' },
];

/** What happens to a token, in this order; a walk goes level by level. */
export const LEVELS = ['sample', 'parse', 'assign', 'score', 'loss', 'leakage'] as const;
export type Level = (typeof LEVELS)[number];
/** `all` shows every token with all levels behind it, `group` the rollouts of one question beside each other. */
export type LevelChoice = 'all' | 'group' | Level;

/** Whether a level is a place of the walk. */
export const isLevel = (choice: LevelChoice): choice is Level =>
  choice !== 'all' && choice !== 'group';

export const LEVEL_CHOICES: readonly { readonly value: LevelChoice; readonly label: string }[] = [
  { value: 'sample', label: 'Sample' },
  { value: 'parse', label: 'Parse' },
  { value: 'assign', label: 'Assign' },
  { value: 'score', label: 'Score' },
  { value: 'loss', label: 'Loss' },
  { value: 'leakage', label: 'Leakage' },
  { value: 'all', label: 'All' },
  { value: 'group', label: 'Group' },
];
