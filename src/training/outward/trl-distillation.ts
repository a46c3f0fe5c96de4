/**
 * A run's settings as a configuration of TRL's DistillationTrainer (`trl distillation`, TRL 1.16.0): the student learns
 * on its own rollouts from one frozen teacher, which is given the very prompt that the student is given.
 */

import { PlaygroundError } from '../../base/errors.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import {
  type Divergence,
  type MethodConfig,
  TEACHER_NAMES,
  type TeacherName,
} from '../../method/types.ts';
import { splitBatch } from './batch.ts';
import { type Carried, carriedBy, type Rules } from './carried.ts';
import { TRL_RULES } from './trl-rules.ts';

export const TRL_VERSION = '1.16.0';

const RULES: Rules = {
  ...TRL_RULES,
  rolloutsPerStep: ({ rolloutsPerStep }) => ({
    how: 'option',
    options: {
      per_device_train_batch_size: 1,
      gradient_accumulation_steps: splitBatch(rolloutsPerStep).accumulation,
    },
    note: 'The loss is the mean over all tokens of the step, as here.',
  }),
  'sampling.temperature': ({ sampling, method }) => {
    const same = method !== null && method.temperature === sampling.temperature;
    const options = { temperature: sampling.temperature === 0 ? 1 : sampling.temperature };
    if (same && sampling.temperature > 0) return { how: 'option', options };
    return {
      how: 'differs',
      options,
      note: 'One temperature there, for sampling and for the divergence alike; it takes that of sampling.',
    };
  },
  'sampling.topK': ({ sampling }) => ({
    how: 'option',
    options: { top_k: sampling.temperature === 0 ? 1 : sampling.topK },
  }),
  'method.temperature': () => ({ how: 'absent', note: 'See the sampling temperature.' }),
  'method.reading': () => null,
  'method.validity': () => null,
  'method.opener': () => null,
  'method.clip.kind': ({ method }) =>
    method?.clip.kind === 'none'
      ? { how: 'option' }
      : { how: 'absent', note: 'It has no clip; tokens of style can outweigh the rest.' },
  'method.clip.value': () => null,
  'method.boundaryClip': () => null,
  'method.teachers': () => null,
  'method.lambdas': () => null,
  'method.divergence': () => null,
};

/** What teaches: one row for all of ViGOS's teachers, since there is one there. */
function teacherRows({ name, teachers, divergence }: MethodConfig): Carried[] {
  // The one that supervises most tokens stands for all.
  const kept: TeacherName = name === 'opsd' ? 'privileged' : 'reasoning';
  const active = TEACHER_NAMES.filter((teacher) => teachers[teacher]);
  const said = (teacher: TeacherName) => JSON.stringify(divergence[teacher]);
  const same = active.every((teacher) => said(teacher) === said(kept));
  return [
    {
      path: 'method.teachers',
      label: 'Teachers',
      value: active.join(', '),
      how: 'absent',
      note: 'One teacher for every token, with the student’s own prompt: none that sees the picture alone, and none that knows the reference answer. A copy of the student would agree with it everywhere, so name a model that knows more.',
    },
    {
      path: 'method.divergence',
      label: 'Divergence',
      value: divergence[kept].kind,
      how: same ? 'option' : 'differs',
      options: { beta: betaOf(divergence[kept]) },
      ...(same ? {} : { note: `One for every token there: that of the ${kept} teacher.` }),
    },
  ];
}

/** TRL's β: 0 is KL(q‖p), 1 is KL(p‖q), between them the JSD as in {@link Divergence}. */
function betaOf(divergence: Divergence): number {
  if (divergence.kind === 'jsd') return divergence.beta;
  return divergence.kind === 'forward-kl' ? 0 : 1;
}

/** All settings and what becomes of them. Throws `outward.method` for a recipe without teachers. */
export function forTrlDistillation(settings: TrainSettings): Carried[] {
  if (settings.method !== null)
    return [...carriedBy(RULES, settings), ...teacherRows(settings.method)];
  throw new PlaygroundError({
    code: 'outward.method',
    message: 'This recipe has neither teacher nor rewards, so TRL has nothing to train by.',
    fix: 'Choose a recipe with a teacher, or GRPO.',
    where: 'recipe',
  });
}
