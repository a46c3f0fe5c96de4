/**
 * A run's settings as a configuration of TRL's GRPOTrainer (`trl grpo`, TRL 1.16.0): the same objective, rewarded by the
 * two functions of the `rewards.py` beside it.
 */

import { PlaygroundError } from '../../base/errors.ts';
import type { GrpoSettings, TrainSettings } from '../../contract/train/train-settings.ts';
import { splitBatch } from './batch.ts';
import { type Carried, carriedBy, type Rule, type Rules } from './carried.ts';
import { TRL_RULES } from './trl-rules.ts';

/** Modules and names of the rewards, in the order of their weights. */
const REWARDS = ['rewards.correct', 'rewards.form'] as const;

const RULES: Rules = {
  ...TRL_RULES,
  steps: ({ steps, grpo: values }) => ({
    how: 'option',
    options: { max_steps: steps * (values?.updates ?? 1) },
    ...((values?.updates ?? 1) > 1 ? { note: 'Counted there in updates of the weights.' } : {}),
  }),
  rolloutsPerStep: (settings) => ({
    how: 'option',
    options: {
      per_device_train_batch_size: 1,
      gradient_accumulation_steps: splitBatch(completionsOf(settings)).accumulation,
    },
    note: 'Counted there in rollouts: questions times the size of a group.',
  }),
  'grpo.groupSize': grpo(({ groupSize }) => ({
    how: 'option',
    options: { num_generations: groupSize },
  })),
  'grpo.formatShare': grpo(({ formatShare }) => ({
    how: 'option',
    options: { reward_funcs: REWARDS, reward_weights: weights(formatShare) },
    note: '`rewards.py` has the exact match and the strict form; advantages are scaled by the group’s standard deviation there by default, as here.',
  })),
  'grpo.klCoefficient': grpo(({ klCoefficient }) => ({
    how: 'option',
    options: { beta: klCoefficient },
  })),
  'grpo.ratioClip': grpo(({ ratioClip }) => ({ how: 'option', options: { epsilon: ratioClip } })),
  'grpo.averaging': grpo(({ averaging }) =>
    averaging === 'sequence'
      ? { how: 'option', options: { loss_type: 'grpo' } }
      : {
          how: 'differs',
          options: { loss_type: 'bnpo' },
          note: 'There a mean over the tokens of each device’s own batch first, here over all of the step.',
        },
  ),
  'grpo.updates': grpo(({ updates }) => ({ how: 'option', options: { num_iterations: updates } })),
  'sampling.temperature': ({ sampling }) => ({
    how: 'option',
    options: { temperature: sampling.temperature },
  }),
  'sampling.topK': ({ sampling }) => ({ how: 'option', options: { top_k: sampling.topK } }),
};

function grpo(rule: (settings: GrpoSettings) => Rule): Rules[string] {
  return (settings) => (settings.grpo === undefined ? null : rule(settings.grpo));
}

/** As text they are read by argparse: of the right answer and of the form. */
const weights = (formatShare: number): readonly number[] => [
  Number((1 - formatShare).toFixed(12)),
  formatShare,
];

/** Rollouts of a step. */
export const completionsOf = ({ rolloutsPerStep, grpo: values }: TrainSettings): number =>
  rolloutsPerStep * (values?.groupSize ?? 1);

/** All settings and what becomes of them. Throws `outward.method` for a recipe without rewards. */
export function forTrlGrpo(settings: TrainSettings): Carried[] {
  if (settings.grpo !== undefined) return carriedBy(RULES, settings);
  throw new PlaygroundError({
    code: 'outward.method',
    message: 'This recipe learns from no rewards.',
    fix: 'Choose GRPO, or a recipe with a teacher.',
    where: 'recipe',
  });
}

/** The rewards as TRL calls them: columns of the data set come as keyword arguments. */
export const REWARDS_FILE = `"""The rewards of a run of the ViGOS Playground: a right answer, and a valid form. Written by it."""

import re

DIGITS = {word: str(i) for i, word in enumerate("zero one two three four five six seven eight nine ten".split())}
FORM = re.compile(r"\\s*(?:<description>)?(?P<description>.*?)</description>\\s*<think>(?P<think>.*?)</think>\\s*\\\\boxed\\{", re.S)


def text_of(completion):
    """A completion in TRL's conversational form, or plain."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def boxed(text, last=True):
    """The content of a box and where it ends; None without one that closes."""
    at = text.rfind("\\\\boxed{") if last else text.find("\\\\boxed{")
    if at < 0:
        return None
    depth, start = 1, at + len("\\\\boxed{")
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0) if text[i - 1] != "\\\\" else 0
        if depth == 0:
            return text[start:i], i + 1
    return None


def plain(answer):
    """Exact match as the papers have it: lower case, no periods, number words as digits."""
    words = answer.strip().lower().replace(".", "").split()
    return " ".join(DIGITS.get(word, word) for word in words)


def correct(completions, true_answer, **_):
    found = [boxed(text_of(own)) for own in completions]
    return [float(box is not None and plain(box[0]) == plain(truth)) for box, truth in zip(found, true_answer)]


def form(completions, **_):
    return [float(valid(text_of(own))) for own in completions]


def valid(text):
    """Description, reasoning and box in this order, none empty, nothing after the box but a period."""
    found = FORM.match(text)
    if found is None or not found["description"].strip() or not found["think"].strip():
        return False
    box = boxed(text[found.end() - len("\\\\boxed{") :], last=False)
    if box is None or not box[0].strip():
        return False
    rest = text[found.end() - len("\\\\boxed{") + box[1] :]
    return re.fullmatch(r"\\s*\\.?\\s*", rest) is not None
`;
