/** Rules for what both trainers have from transformers' TrainingArguments and PEFT's LoraConfig. */

import { SIGHT_TARGETS } from '../../contract/train/train-rows.ts';
import type { OptimizerSettings, TrainSettings } from '../../contract/train/train-settings.ts';
import type { Rule, Rules } from './carried.ts';

const NOT_THERE = (what: string): Rule => ({ how: 'absent', note: what });

/** Named as `TrainingArguments` and `LoraConfig` name them (transformers 4.57.1, PEFT 0.17.1; the same in 5.x). */
export const SHARED_RULES: Rules = {
  steps: ({ steps }) => ({ how: 'option', options: { max_steps: steps } }),
  seed: ({ seed }) => ({
    how: 'differs',
    options: { seed },
    note: 'Other random numbers: the same seed repeats a run there, and does not give the run from here.',
  }),
  'optimizer.learningRate': ({ optimizer }) => ({
    how: 'option',
    options: { learning_rate: optimizer.learningRate },
    note: 'Found for a model of two million parameters; the paper trains 3B and 7B with 5e-6.',
  }),
  'optimizer.schedule': ({ optimizer }) => ({
    how: 'option',
    options: { lr_scheduler_type: schedulerOf(optimizer) },
  }),
  'optimizer.warmupSteps': ({ optimizer }) => ({
    how: 'option',
    options: { warmup_steps: optimizer.warmupSteps },
  }),
  'optimizer.beta1': ({ optimizer }) => ({
    how: 'option',
    options: { adam_beta1: optimizer.beta1 },
  }),
  'optimizer.beta2': ({ optimizer }) => ({
    how: 'option',
    options: { adam_beta2: optimizer.beta2 },
  }),
  'optimizer.epsilon': ({ optimizer }) => ({
    how: 'option',
    options: { adam_epsilon: optimizer.epsilon },
  }),
  'optimizer.weightDecay': ({ optimizer }) => ({
    how: 'option',
    options: { weight_decay: optimizer.weightDecay },
  }),
  'optimizer.maxGradNorm': ({ optimizer }) => ({
    how: 'option',
    options: { max_grad_norm: optimizer.maxGradNorm },
  }),
  'trainable.rank': lora(({ rank }) => ({ how: 'option', options: { lora_r: rank } })),
  'trainable.alpha': lora(({ alpha }) =>
    Number.isInteger(alpha)
      ? { how: 'option', options: { lora_alpha: alpha } }
      : {
          how: 'differs',
          options: { lora_alpha: Math.max(1, Math.round(alpha)) },
          note: 'Only whole numbers there, so it is rounded.',
        },
  ),
  'trainable.dropout': lora(({ dropout }) => ({
    how: 'option',
    options: { lora_dropout: dropout },
  })),
  // What it means there is said with the names of the modules.
  'trainable.sight': lora(() => ({ how: 'option' })),
  'trainable.vision': ({ trainable }) =>
    trainable.vision
      ? NOT_THERE('The vision tower’s own weights are not trained there.')
      : { how: 'option' },
  data: () => ({ how: 'data' }),
  evaluation: () =>
    NOT_THERE('Nothing is held out there while it trains; measure the adapter afterwards.'),
  followed: () => NOT_THERE('No rollout is followed there.'),
  checkpointEvery: ({ checkpointEvery }): Rule =>
    checkpointEvery === 0
      ? { how: 'option', options: { save_strategy: 'no' } }
      : { how: 'option', options: { save_strategy: 'steps', save_steps: checkpointEvery } },
};

/** A rule for a LoRA setting; full training has none of these. */
export function lora(
  rule: (trainable: Extract<TrainSettings['trainable'], { kind: 'lora' }>) => Rule,
): Rules[string] {
  return ({ trainable }) => (trainable.kind === 'lora' ? rule(trainable) : null);
}

function schedulerOf({ schedule, warmupSteps }: OptimizerSettings): string {
  return schedule === 'constant' && warmupSteps > 0 ? 'constant_with_warmup' : schedule;
}

/** Adapters are placed by the ends of module names, and both towers have modules of these three names. */
const IN_VISION_TOO = /^(gate|up|down)_proj$/;

/** Where adapters sit, with a word on the vision blocks where names say something else there. */
export function targetsRule(
  options: (targets: readonly string[]) => Rule['options'],
): Rules[string] {
  return lora(({ targets, sight }) => {
    const both = targets.filter((name) => IN_VISION_TOO.test(name));
    const same = sight === 'none' ? both.length === 0 : sight !== 'all' && both.length === 3;
    if (same) return { how: 'option', options: options(targets) };
    if (sight !== 'none')
      return {
        how: 'differs',
        options: options([...targets, ...(sight === 'all' ? SIGHT_TARGETS.attention : [])]),
        note: 'Modules are found by the end of their name there, in the text model and in the vision tower alike, its merger and patches too; here the vision blocks’ are chosen apart.',
      };
    return {
      how: 'differs',
      options: options(targets),
      note: `Modules are found by the end of their name there, so ${both.join(', ')} of a Qwen2.5-VL’s vision blocks get adapters too; here only the text model’s do.`,
    };
  });
}
