/** The groups of the form, in order; every field of a run stands in exactly one of them. */

import type { SettingField } from '../../../contract/settings/fields.ts';
import { TRAIN_FIELDS } from '../../../contract/train/train-fields.ts';

export interface FieldGroup {
  readonly id: string;
  readonly label: string;
  /** Shown before anything else; the others are opened by who needs them. */
  readonly open: boolean;
  readonly fields: readonly SettingField[];
}

const NAMES: readonly [id: string, label: string, open: boolean, paths: readonly string[]][] = [
  ['recipe', 'Recipe', true, ['steps', 'seed']],
  ['data', 'Data', false, ['data.']],
  ['rollouts', 'Rollouts', false, ['rolloutsPerStep', 'sampling.']],
  ['rewards', 'Rewards and groups', false, ['grpo.']],
  ['optimizer', 'Optimiser', false, ['optimizer.']],
  ['adapter', 'Adapter', false, ['trainable.']],
  ['evaluation', 'Evaluation and saving', false, ['evaluation.', 'followed.', 'checkpointEvery']],
  ['method', 'Method', false, ['method.']],
];

export const FIELD_GROUPS: readonly FieldGroup[] = NAMES.map(([id, label, open, paths]) => ({
  id,
  label,
  open,
  fields: TRAIN_FIELDS.filter(({ path }) =>
    paths.some((own) => (own.endsWith('.') ? path.startsWith(own) : path === own)),
  ),
}));
