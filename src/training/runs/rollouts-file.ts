/** `rollouts.json` of a stored run: the rollouts of the last step that was written down, as many whole ones as its size allows. */

import * as v from 'valibot';
import { seeingSchema } from '../../contract/settings/seeing.ts';
import { check } from '../../contract/train/run-log.ts';
import type { StepRollouts } from '../../contract/train/train-records.ts';
import { TEACHER_NAMES } from '../../method/types.ts';
import { isAsSealed, sealed, withPlace } from './seal.ts';

export const ROLLOUTS_FILE = 'rollouts.json';

/** Most that the rollouts of a run take in storage, in UTF-16 units of their JSON. */
const MOST_LENGTH = 1_000_000;

const FORMAT = 'vigos-rollouts/1';

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

const trainRollout = v.object({
  item: v.object({
    split: v.string(),
    index: count,
    usualShare: v.number(),
    difficulty: v.optional(v.picklist(['easy', 'medium', 'hard'])),
    seeing: v.optional(seeingSchema),
    fact: v.boolean(),
    words: v.optional(v.picklist(['captions', 'problems'])),
    data: v.optional(v.object({ name: v.string(), fingerprint: v.string() })),
  }),
  question: v.string(),
  answer: v.string(),
  wrongReference: v.optional(v.object({ answer: v.string(), boxed: v.boolean() })),
  ids: v.array(count),
  texts: v.array(v.string()),
  valid: v.boolean(),
  reason: v.nullable(v.string()),
  correct: v.boolean(),
  teachers: v.array(v.nullable(v.picklist(TEACHER_NAMES))),
  losses: v.array(v.number()),
  clipped: v.array(v.boolean()),
  policy: v.optional(
    v.object({
      group: count,
      reward: v.number(),
      advantage: v.number(),
      logProbs: v.optional(v.array(v.number())),
      ratios: v.array(v.number()),
      kls: v.nullable(v.array(v.number())),
    }),
  ),
});

const stepRollouts = v.object({
  format: v.literal(FORMAT),
  checksum: v.string(),
  step: count,
  made: count,
  rollouts: v.array(trainRollout),
});

/** The first rollouts of a step that fit. */
export async function writeRollouts({ step, made, rollouts }: StepRollouts): Promise<Uint8Array> {
  let room = MOST_LENGTH;
  const fitting = rollouts.findIndex((rollout) => {
    room -= JSON.stringify(rollout).length;
    return room < 0;
  });
  const kept = fitting < 0 ? rollouts : rollouts.slice(0, fitting);
  const json = withPlace({ format: FORMAT, step, made, rollouts: kept });
  return new TextEncoder().encode(await sealed(JSON.stringify(json)));
}

/** Null for what is not as it was written: rollouts are shown, and nothing goes on from them. */
export async function readRollouts(bytes: Uint8Array): Promise<StepRollouts | null> {
  const text = new TextDecoder().decode(bytes);
  try {
    const { checksum, step, made, rollouts } = check(stepRollouts, JSON.parse(text), ROLLOUTS_FILE);
    return (await isAsSealed(text, checksum)) ? { step, made, rollouts } : null;
  } catch {
    return null;
  }
}
