/** The sets of rollouts that the app keeps, for the page's components: an import outlives a look at another page. */

import { useStore } from 'zustand';
import { useKept } from '../engine/context.tsx';
import { createRollouts, type RolloutsSession } from './session.ts';
import type { RolloutsState } from './state.ts';

export const useRollouts = (): RolloutsSession => useKept(createRollouts);

export const useRolloutsState = <T>(select: (state: RolloutsState) => T): T =>
  useStore(useRollouts().store, select);
