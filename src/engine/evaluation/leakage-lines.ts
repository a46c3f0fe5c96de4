/** PALR's parts of one valid rollout, under both methods: lines of an evaluation's log. */

import type { RgbaImage } from '../../contract/engine.ts';
import type { AnswerLine, LeakageLine } from '../../contract/evaluation-records.ts';
import type { LeakageSettings } from '../../contract/evaluation-settings.ts';
import { bothMethods } from '../../contract/leakage.ts';
import { readLeakage } from '../../inference/leakage.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import { palr } from '../../method/palr.ts';
import { VIGOS_PAPER } from '../../method/presets.ts';
import type { AskedItem } from '../../training/data/asked-item.ts';

export interface LeakageOf {
  readonly item: AskedItem;
  readonly mismatched: RgbaImage;
  readonly grading: AnswerMeasure;
  readonly leakage: LeakageSettings;
}

/** Throws what `readLeakage` throws. */
export async function leakageLines(
  inUse: ModelInUse,
  { id, item: index, fact, seed, response, ids }: AnswerLine,
  { item, mismatched, grading, leakage }: LeakageOf,
  pause: () => Promise<void>,
): Promise<LeakageLine[]> {
  const { wrongAnswers: k, epsilon } = leakage;
  const { tokens } = await readLeakage(
    inUse,
    ids,
    {
      input: { ...item.input(fact), measure: grading },
      methods: bothMethods(VIGOS_PAPER),
      wrongAnswers: item.wrongAnswers,
      k,
      mismatched,
    },
    { pause },
  );
  return (['opsd', 'vigos'] as const).map((method) => {
    const { sums } = palr(tokens[method], { wrongAnswers: k, epsilon });
    return { type: 'leakage', id, item: index, fact, seed, response, method, ...sums };
  });
}

/** Lines of a rollout that cannot be measured, which count in no rate. */
export function unmeasured({ id, item, fact, seed, response }: AnswerLine): LeakageLine[] {
  const none = { tokens: 0, answer: 0, image: 0 };
  const sums = { description: none, reasoningAnswer: none, all: none };
  return (['opsd', 'vigos'] as const).map((method) => ({
    type: 'leakage',
    id,
    item,
    fact,
    seed,
    response,
    method,
    ...sums,
  }));
}
