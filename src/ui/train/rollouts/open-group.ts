/** What the Lab is handed to look at a step's rollout: itself, or the whole group that it was rewarded in. Pure. */

import { settingsAt } from '../../../contract/train/stages.ts';
import type { StepRollouts } from '../../../contract/train/train-records.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import type { GroupOffer, RolloutOffer, StudentOffer } from '../../shared/offers.ts';

/** A run with the rollouts of its last step. */
export interface RolledRun {
  readonly runId: string;
  readonly name: string;
  readonly settings: TrainSettings;
  readonly rollouts: StepRollouts;
}

/** The weights that sampled a step's rollouts are those before it. */
const studentAt = (
  { name, runId, rollouts }: RolledRun,
  when: 'before' | 'after',
): StudentOffer => ({
  label: `${name}, ${when} step ${rollouts.step}`,
  choice: { kind: 'run', runId, step: rollouts.step - (when === 'before' ? 1 : 0) },
});

function drawnBy({ settings, rollouts }: RolledRun) {
  const { settings: own } = settingsAt(settings, rollouts.step);
  return { own, sampling: { ...own.sampling, seed: own.seed } };
}

export function rolloutOffer(run: RolledRun, number: number): RolloutOffer {
  const { own, sampling } = drawnBy(run);
  const rollout = run.rollouts.rollouts[number];
  return { rollout, sampling, method: own.method, student: studentAt(run, 'before') };
}

/**
 * Null where the rollout is of no group, or the group is not here as a whole with what its sampling left. A picture of
 * a person's own is for the asker to fetch.
 */
export function groupOffer(run: RolledRun, number: number): GroupOffer | null {
  const { rollouts } = run.rollouts;
  const { policy, item } = rollouts[number];
  const { own, sampling } = drawnBy(run);
  // Without a picture there is nothing that the Lab could show of it.
  if (policy === undefined || own.grpo === undefined || item.words !== undefined) return null;
  const group = rollouts.filter((other) => other.policy?.group === policy.group);
  const whole = group.length === own.grpo.groupSize;
  if (!whole || group.some((other) => other.policy?.logProbs === undefined)) return null;
  const { formatShare, klCoefficient, ratioClip, averaging } = own.grpo;
  return {
    rollouts: group,
    pick: group.indexOf(rollouts[number]),
    sampling,
    terms: { formatShare, klCoefficient, ratioClip, averaging },
    students: [studentAt(run, 'before'), studentAt(run, 'after')],
  };
}
