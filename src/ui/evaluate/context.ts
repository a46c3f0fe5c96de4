/** The session that the app keeps, for the page's components: an evaluation outlives a look at another page. */

import { useStore } from 'zustand';
import { useKept } from '../engine/context.tsx';
import { createEvaluateSession } from './state/session.ts';
import type { EvaluateState } from './state/state.ts';

export const useEvaluation = () => useKept(createEvaluateSession);

export const useEvaluationState = <T>(select: (state: EvaluateState) => T): T =>
  useStore(useEvaluation().store, select);
