/** The rollouts of the page as a group that GRPO learns from: what is asked of it, and why there may be none. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { GroupSubject } from '../../../contract/engine.ts';
import type { GroupReading, GroupTermSettings } from '../../../contract/trace/group.ts';
import { GRPO } from '../../../contract/train/grpo-rows.ts';
import type { EngineState } from '../../engine/state.ts';
import { inputOf } from './requests.ts';
import { whyNotScored, withoutConsequence } from './scoring-gate.ts';
import type { LabSettings } from './settings.ts';
import type { LabState } from './state.ts';
import { pictureKey } from './subject.ts';

/** Rollouts of a group that the page rolls out: the recipe's. */
export const GROUP_SIZE = GRPO.groupSize.preset.paper;

/** As a run samples that learns from rewards: from the whole distribution, so that a ratio is that of what was drawn from. */
export const WHOLE_DISTRIBUTION = { temperature: 1, topP: 1, topK: 0 } as const;

type About = Pick<LabState, 'batch' | 'settings' | 'student'>;

export const termsOf = (settings: LabSettings): GroupTermSettings => {
  const { formatShare, klCoefficient, ratioClip, averaging } = settings;
  return { formatShare, klCoefficient, ratioClip, averaging };
};

/** What is asked about the batch on the page; null where it is no group. The true answer is rewarded where it is known. */
export function groupOf({ batch, settings }: About): GroupSubject | null {
  const [first] = batch;
  const temperature = first?.trace.sampling?.temperature;
  if (batch.length < 2 || first === undefined || first.subject === null) return null;
  if (temperature === undefined) return null;
  const { subject } = first;
  const rollouts = batch.flatMap(({ trace, logProbs }) =>
    logProbs === null ? [] : [{ ids: trace.tokens.map(({ id }) => id), logProbs }],
  );
  if (rollouts.length < batch.length) return null;
  const answer = subject.trueAnswer ?? subject.answer;
  const input = inputOf({ ...subject, answer });
  return { input, rollouts, temperature, terms: termsOf(settings) };
}

/** What tells one question about a group from another. */
export function groupKey(about: About): string {
  const { batch, settings, student } = about;
  const subject = batch[0]?.subject ?? null;
  return JSON.stringify([
    batch.map(({ trace }) => trace.tokens.map(({ id }) => id)),
    batch[0]?.trace.sampling?.temperature ?? null,
    subject && [pictureKey(subject), subject.question, subject.trueAnswer ?? subject.answer],
    subject?.wording ?? null,
    student?.label ?? null,
    termsOf(settings),
  ]);
}

/** The terms of the batch on the page as they are asked; null where they have not been read. */
export const groupNow = (state: About & Pick<LabState, 'group'>): GroupReading | null =>
  state.group?.key === groupKey(state) ? state.group.reading : null;

/** Why no terms can be read of the batch on the page; null where they can. */
export function whyNoGroup(
  state: Pick<LabState, 'batch' | 'shown'>,
  engine: Pick<EngineState, 'phase' | 'model'>,
): ErrorRecord | null {
  const { batch } = state;
  if (batch.length < 2)
    return {
      code: 'group.too-small',
      message:
        'There is one rollout here, and an advantage is a reward less the mean of a group: it has nothing to be compared with.',
      fix: 'Roll out several of the same question.',
      where: 'group',
    };
  if (batch.some(({ logProbs, trace }) => logProbs === null || trace.sampling === null))
    return {
      code: 'group.not-sampled',
      message:
        'These rollouts came without the log-probabilities of their sampling, against which ratios are taken.',
      fix: 'Roll out a group here, or open one from a run on the Train page.',
      where: 'group',
    };
  return withoutConsequence(whyNotScored(state, engine));
}
