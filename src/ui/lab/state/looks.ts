/** Whether what was measured of the teachers' looking holds for the rollout on the page, and why there is nothing to measure. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import type { LooksToken } from '../../../method/looks.ts';
import type { EngineState } from '../../engine/state.ts';
import { whyNotScored, withoutConsequence } from './scoring-gate.ts';
import type { LabSettings } from './settings.ts';
import type { LabState, Shown } from './state.ts';

/** The picture that looks are measured with: the one on show where it is another, else another scene's. */
export const looksPicture = ({
  teacherImage,
}: Pick<LabSettings, 'teacherImage'>): 'blank' | 'swapped' =>
  teacherImage === 'blank' ? 'blank' : 'swapped';

/** It is of these tokens by the method, answer and student that they are scored by now. */
export function looksHold({ looks, looksFor, trace, student }: Shown): boolean {
  if (looks === null) return false;
  const { method, input } = trace;
  return (
    sameMethod(looks.methods[method.name], method) &&
    looks.temperature === method.temperature &&
    (looksFor === null || (looksFor.answer === input.answer && looksFor.student === student))
  );
}

/** Its tokens under the method on show, where it holds and was measured with this picture; else null. */
export function looksNow(
  shown: Shown,
  settings: Pick<LabSettings, 'teacherImage'>,
): readonly LooksToken[] | null {
  const { looks } = shown;
  if (looks === null || !looksHold(shown) || looks.picture !== looksPicture(settings)) return null;
  return looks.tokens[shown.trace.method.name];
}

/** Why looks of the rollout on the page cannot be measured; null where they can. */
export function whyNoLooks(
  state: Pick<LabState, 'shown'>,
  engine: Pick<EngineState, 'phase' | 'model'>,
): ErrorRecord | null {
  if (state.shown?.subject?.absent?.none)
    return {
      code: 'leakage.no-picture',
      message: 'The student was asked without a picture, so nobody can look at one.',
      fix: 'Choose a scene and run a rollout.',
      where: 'picture',
    };
  return withoutConsequence(whyNotScored(state, engine));
}
