/**
 * A run's settings as options of the released ViGOS trainer, `vigos/train_vigos.py` of OedoSoldier/ViGOS at
 * d5d2525 (transformers 4.57.1, PEFT 0.17.1, Accelerate 1.11.0, DeepSpeed 0.18.2, vLLM 0.11.0).
 */

import { PlaygroundError } from '../../base/errors.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { MethodConfig, TeacherName } from '../../method/types.ts';
import { splitBatch } from './batch.ts';
import { type Carried, carriedBy, type Rule, type Rules } from './carried.ts';
import { SHARED_RULES, targetsRule } from './shared-rules.ts';

export const VIGOS_COMMIT = 'd5d2525130167d4e1893bb159ddb0ada071a2224';

const LAMBDAS: Partial<Record<TeacherName, string>> = {
  perception: 'lambda_perception',
  reasoning: 'lambda_reasoning',
  reference: 'lambda_ref',
};

const RULES: Rules = {
  ...SHARED_RULES,
  rolloutsPerStep: ({ rolloutsPerStep }) => ({
    how: 'differs',
    options: {
      per_device_train_batch_size: 1,
      gradient_accumulation_steps: splitBatch(rolloutsPerStep).accumulation,
    },
    note: 'As many in a step, but each teacher’s loss is averaged over the tokens of all processes first and then over the accumulated batches; here over all tokens of the step.',
  }),
  'sampling.temperature': ({ sampling }): Rule =>
    sampling.temperature > 0
      ? { how: 'option', options: { generation_temperature: sampling.temperature } }
      : {
          how: 'differs',
          options: { generation_top_k: 1, generation_temperature: 1 },
          note: 'It always samples; with top-k 1 it takes the likeliest token, too.',
        },
  'sampling.topP': ({ sampling }) => ({
    how: 'option',
    options: { generation_top_p: sampling.topP },
  }),
  'sampling.topK': ({ sampling }) =>
    sampling.temperature === 0
      ? null
      : { how: 'option', options: { generation_top_k: sampling.topK } },
  'sampling.maxNewTokens': ({ sampling }) => ({
    how: 'differs',
    options: { max_completion_length: Math.max(LEAST_COMPLETION, sampling.maxNewTokens) },
    note: 'A large model writes more than the built-in one; the paper allows 4,096 tokens.',
  }),
  'trainable.kind': ({ trainable }) =>
    trainable.kind === 'lora'
      ? { how: 'option' }
      : { how: 'differs', note: 'It trains LoRA adapters only, with its own values.' },
  'trainable.targets': targetsRule((targets) => ({ lora_target_modules: targets.join(',') })),
  'method.reading': method(({ reading }) =>
    reading === 'code'
      ? { how: 'option' }
      : {
          how: 'differs',
          note: 'It reads rollouts as released: the reasoning teacher also supervises </think> and the box.',
        },
  ),
  'method.validity': method(({ validity }) =>
    validity === 'lenient'
      ? { how: 'option' }
      : { how: 'differs', note: 'Its rule for a valid rollout is the lenient one.' },
  ),
  'method.opener': method(({ opener }) =>
    opener
      ? { how: 'option' }
      : {
          how: 'differs',
          note: 'There the perception teacher also supervises the token that opens </description>.',
        },
  ),
  'method.temperature': method(({ temperature }) => ({
    how: 'option',
    options: { distill_temperature: temperature },
  })),
  'method.clip.kind': method(({ clip }) => {
    if (clip.kind === 'token') return { how: 'option', options: { token_loss_clip: clip.value } };
    if (clip.kind === 'none')
      return { how: 'option', options: { token_loss_clip: 0 }, note: '0 switches it off there.' };
    return {
      how: 'absent',
      options: { token_loss_clip: 0 },
      note: 'It has no clip of vocabulary entries; it runs without a clip.',
    };
  }),
  'method.clip.value': () => null,
  'method.boundaryClip.kind': method(({ boundaryClip }) => {
    const value = boundaryClip.kind === 'token' ? boundaryClip.value : 0;
    return {
      how: 'option',
      options: { description_last_token_clip: value, reasoning_first_token_clip: value },
    };
  }),
  'method.boundaryClip.value': () => null,
  'method.teachers': () => null,
  'method.divergence': () => null,
  'method.lambdas': () => null,
  ...Object.fromEntries(
    Object.entries(LAMBDAS).flatMap(([name, option]) => teacherRules(name as TeacherName, option)),
  ),
};

/** What the built-in model needs would cut every rollout of a large one. */
const LEAST_COMPLETION = 1024;

function method(rule: (method: MethodConfig) => Rule | null): Rules[string] {
  return (settings) => (settings.method === null ? null : rule(settings.method));
}

function teacherRules(name: TeacherName, option: string): [string, Rules[string]][] {
  const there = name === 'reference' ? 'reverse-kl' : 'forward-kl';
  return [
    [
      `method.teachers.${name}`,
      method(({ teachers }) =>
        teachers[name]
          ? { how: 'option' }
          : {
              how: 'option',
              options: { [option]: 0 },
              note: 'Switched off by a weight of 0.',
            },
      ),
    ],
    [
      `method.lambdas.${name}`,
      method(({ lambdas, teachers }) =>
        teachers[name] ? { how: 'option', options: { [option]: lambdas[name] } } : null,
      ),
    ],
    [
      `method.divergence.${name}`,
      method(({ divergence }) =>
        divergence[name].kind === there
          ? { how: 'option' }
          : {
              how: 'absent',
              note: `There it is always ${there === 'reverse-kl' ? 'KL(p‖q)' : 'KL(q‖p)'}.`,
            },
      ),
    ],
  ];
}

/** All settings and what becomes of them. Throws `outward.method` for a recipe that the release does not train. */
export function forVigosTrainer(settings: TrainSettings): Carried[] {
  if (settings.method?.name === 'vigos') return carriedBy(RULES, settings);
  throw new PlaygroundError({
    code: 'outward.method',
    message: 'The released trainer trains ViGOS and nothing else.',
    fix: 'Choose a recipe of ViGOS, or TRL for one of another teacher.',
    where: 'recipe',
  });
}
