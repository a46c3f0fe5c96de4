/** PALR's parts of one valid rollout, under both methods: lines of an evaluation's log. */

import { PlaygroundError } from '../../base/errors.ts';
import type { RgbaImage } from '../../base/rgba-image.ts';
import type { LeakageSubject } from '../../contract/engine.ts';
import type { LeakageLine, ResponseLine } from '../../contract/evaluation/evaluation-records.ts';
import type { LeakageSettings } from '../../contract/evaluation/evaluation-settings.ts';
import type { PalrParts } from '../../contract/rollouts/rollout-scores.ts';
import { bothMethods } from '../../contract/trace/leakage.ts';
import { readLeakage } from '../../inference/leakage.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { type PalrOptions, palr } from '../../method/palr.ts';
import type { MethodName } from '../../method/types.ts';
import { wrongAnswersOf } from '../../method/wrong-answers.ts';
import type { AskedItem } from '../../training/data/asked-item.ts';

export interface LeakageOf {
  readonly item: AskedItem;
  readonly mismatched: RgbaImage;
  readonly grading: AnswerMeasure;
  readonly leakage: LeakageSettings;
}

/** Whether a rollout can be measured: a valid one about a picture, with a reference answer and a wrong one beside it. */
export function isMeasurable(
  { strict, reference, fact }: ResponseLine,
  { item, grading, leakage }: Omit<LeakageOf, 'mismatched'>,
): boolean {
  if (!strict || reference.trim() === '' || item.input(fact).image === null) return false;
  const by = { measure: grading, reading: VIGOS_PAPER.reading };
  return wrongAnswersOf(item.wrongAnswers, reference, leakage.wrongAnswers, by).used.length > 0;
}

/** Lines that count in no rate where the rollout turns out not to admit it. Throws what `readLeakage` throws else. */
export async function leakageLines(
  inUse: ModelInUse,
  answer: ResponseLine,
  of: LeakageOf,
  pause: () => Promise<void>,
): Promise<LeakageLine[]> {
  try {
    return await measured(inUse, answer, of, pause);
  } catch (error) {
    // The same pixels again, or no room for another context, are no reason to stop.
    if (!(error instanceof PlaygroundError) || !/^(leakage|rollout)\./.test(error.record.code))
      throw error;
    return unmeasured(answer);
  }
}

async function measured(
  inUse: ModelInUse,
  { id, item: index, fact, seed, response, ids }: ResponseLine,
  { item, mismatched, grading, leakage }: LeakageOf,
  pause: () => Promise<void>,
): Promise<LeakageLine[]> {
  const subject = {
    input: { ...item.input(fact), measure: grading },
    methods: bothMethods(VIGOS_PAPER),
    wrongAnswers: item.wrongAnswers,
    mismatched,
  };
  const parts = await leakageParts(inUse, ids, subject, leakage, pause);
  return (['opsd', 'vigos'] as const).map((method) => {
    return { type: 'leakage', id, item: index, fact, seed, response, method, ...parts[method] };
  });
}

/** PALR's parts of a rollout under both methods. Throws what `readLeakage` throws. */
export async function leakageParts(
  inUse: ModelInUse,
  ids: readonly number[],
  subject: Omit<LeakageSubject, 'k'>,
  { wrongAnswers: k, epsilon }: PalrOptions,
  pause: () => Promise<void>,
): Promise<Readonly<Record<MethodName, PalrParts>>> {
  const { tokens } = await readLeakage(inUse, ids, { ...subject, k }, { pause });
  const sums = (method: MethodName) => palr(tokens[method], { wrongAnswers: k, epsilon }).sums;
  return { opsd: sums('opsd'), vigos: sums('vigos') };
}

/** Lines of a rollout that cannot be measured, which count in no rate. */
function unmeasured({ id, item, fact, seed, response }: ResponseLine): LeakageLine[] {
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
