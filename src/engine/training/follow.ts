/** One fixed rollout, measured again and again while the student learns. */

import type { FollowedRollout } from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { worldOf } from '../../training/data/table.ts';
import type { Trainer } from '../../training/trainer.ts';
import { exampleOf } from './data.ts';

/** Step number of its sampling: no training step has it. */
const FOLLOWED_STEP = 0;

/** Samples the rollout from the student as it is now. */
export async function followedRollout(
  inUse: ModelInUse,
  settings: TrainSettings,
  trainer: Trainer,
): Promise<FollowedRollout> {
  const example = await exampleOf(inUse, settings, worldOf(settings).followed());
  const seen = await trainer.see(example.student);
  const [{ ids: sampled }] = await trainer.rollOut([seen], FOLLOWED_STEP, async () => undefined);
  const { ids, texts, plan } = example.plan(sampled);
  return {
    item: settings.followed.item,
    question: example.question,
    answer: example.answer,
    ids,
    texts,
    teachers: plan.tokens.map(({ teacher }) => teacher),
  };
}

/** Its divergence token by token, [tokens] nats before any clip; null where nobody supervises. */
export async function followedFigures(
  inUse: ModelInUse,
  settings: TrainSettings,
  trainer: Trainer,
  { ids }: FollowedRollout,
): Promise<readonly (number | null)[]> {
  const example = await exampleOf(inUse, settings, worldOf(settings).followed());
  const { divergences } = await trainer.measure(example, example.plan(ids).ids);
  return divergences[0];
}
