/** Schedules that are there from the start: the paper's stages at a ninth of their steps, and what they are held against. */

import { TRAIN_FAMILIES } from '../settings/world-rows.ts';
import { SCHEDULE_FORMAT, type WrittenSchedule } from './schedule-file.ts';

type Stage = WrittenSchedule['stages'][number];

/** A ninth of the paper's 90, 375 and 465 steps, so that the whole is about a hundred. */
const STEPS = { perception: 10, words: 42, visual: 52 } as const;

/** Asked at each evaluation of a schedule with a stage in words. */
const HELD_OUT_PROBLEMS = 24;

const PERCEPTION: Stage = {
  id: 'perception',
  label: 'Perception',
  recipe: 'grpo',
  steps: STEPS.perception,
  set: { 'data.families': ['general', 'prior'], 'data.usualShare': 0.4 },
};
const WORDS: Stage = {
  id: 'words',
  label: 'Textual reasoning',
  recipe: 'grpo',
  steps: STEPS.words,
  set: { 'data.source': 'problems' },
};
const VISUAL: Stage = {
  id: 'visual',
  label: 'Visual reasoning',
  recipe: 'grpo',
  steps: STEPS.visual,
  set: { 'data.families': [...TRAIN_FAMILIES] },
};
const STAGES = [PERCEPTION, WORDS, VISUAL];

/** A stage with another recipe; GRPO's values are not those of the others. */
const taughtBy = (stage: Stage, recipe: string): Stage => ({ ...stage, recipe });

/** One stage for as many steps as all three take. */
const alone = (stage: Stage): Stage[] => [
  { ...stage, steps: STEPS.perception + STEPS.words + STEPS.visual },
];

export interface ReadySchedule extends WrittenSchedule {
  /** Stable: used in commands and addresses. */
  readonly id: string;
  readonly sentence: string;
}

const ready = (
  id: string,
  title: string,
  sentence: string,
  stages: readonly Stage[],
  order: WrittenSchedule['order'] = 'staged',
): ReadySchedule => ({
  ...{ id, format: SCHEDULE_FORMAT, title, sentence, order, stages: [...stages] },
  // What is asked about pictures says nothing of a stage without any.
  ...(stages.some(({ set }) => set?.['data.source'] === 'problems')
    ? { set: { 'evaluation.words': HELD_OUT_PROBLEMS } }
    : {}),
});

/** In the order of the form. */
export const READY_SCHEDULES: readonly ReadySchedule[] = [
  ready(
    'staged',
    'Seeing, then thinking',
    'GRPO on questions of seeing, then on problems in words, then on all questions about pictures.',
    STAGES,
  ),
  ready(
    'merged',
    'The same, merged',
    'The very questions of the staged run, as many steps, each step with some of every stage.',
    STAGES,
    'merged',
  ),
  ready(
    'reversed',
    'The same, reversed',
    'The stages from the last to the first.',
    STAGES.toReversed(),
  ),
  ready(
    'perception',
    'Perception alone',
    'Its questions for as many steps as all stages take.',
    alone(PERCEPTION),
  ),
  ready(
    'words',
    'Textual reasoning alone',
    'Problems in words for as many steps as all stages take.',
    alone(WORDS),
  ),
  ready(
    'visual',
    'Visual reasoning alone',
    'All questions about pictures for as many steps as all stages take.',
    alone(VISUAL),
  ),
  ready(
    'sft-perception',
    'Perception by SFT',
    'The staged run with true descriptions to copy in the place of rewards in its first stage.',
    [taughtBy(PERCEPTION, 'sft-captions'), WORDS, VISUAL],
  ),
  ready(
    'vigos-after-perception',
    'ViGOS after perception',
    'GRPO on questions of seeing, then ViGOS on all questions about pictures.',
    [PERCEPTION, { ...taughtBy(VISUAL, 'vigos'), steps: STEPS.words + STEPS.visual }],
  ),
  ready(
    'vigos-stages',
    'ViGOS in GRPO’s place',
    'The staged run with ViGOS where there are pictures.',
    [taughtBy(PERCEPTION, 'vigos'), WORDS, taughtBy(VISUAL, 'vigos')],
  ),
  ready(
    'opsd-stages',
    'OPSD in GRPO’s place',
    'The staged run with OPSD where there are pictures.',
    [taughtBy(PERCEPTION, 'opsd'), WORDS, taughtBy(VISUAL, 'opsd')],
  ),
];
