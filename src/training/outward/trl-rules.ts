/** Settings that TRL's trainers (1.16.0) take alike. */

import type { Rules } from './carried.ts';
import { SHARED_RULES, targetsRule } from './shared-rules.ts';

/** What the built-in model needs would cut every rollout of a large one. */
export const TRL_COMPLETION = 1024;

export const TRL_RULES: Rules = {
  ...SHARED_RULES,
  'sampling.topP': ({ sampling }) => ({ how: 'option', options: { top_p: sampling.topP } }),
  'sampling.maxNewTokens': ({ sampling }) => ({
    how: 'differs',
    options: { max_completion_length: Math.max(TRL_COMPLETION, sampling.maxNewTokens) },
    note: 'A large model writes more than the built-in one.',
  }),
  'trainable.kind': ({ trainable }) => ({
    how: 'option',
    options: { use_peft: trainable.kind === 'lora' },
  }),
  'trainable.targets': targetsRule((targets) => ({ lora_target_modules: targets })),
};
