/** What a run of the engine brought, as the page shows it. Pure. */

import type { RolloutResult } from '../../../contract/engine.ts';
import type { StudentOffer } from '../../shared/offers.ts';
import { type Shown, UNTOUCHED } from './state.ts';
import type { Subject } from './subject.ts';

/** Its rollouts, written and scored by one student about one subject. */
export const rolledOut = (
  { rollouts, logProbs, timings }: RolloutResult,
  student: StudentOffer | null,
  subject: Subject,
): Shown[] =>
  rollouts.map(({ trace }, i) => ({
    ...UNTOUCHED,
    ...{ student, writer: student, trace, subject, timings },
    logProbs: logProbs[i] ?? null,
  }));
