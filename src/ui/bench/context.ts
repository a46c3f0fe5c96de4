/** The bench that the app keeps, for the page's components: a run outlives a look at another page. */

import { useStore } from 'zustand';
import { useKept } from '../engine/context.tsx';
import { createBench } from './session.ts';
import type { BenchState } from './state.ts';

export const useBench = () => useKept(createBench);

export const useBenchState = <T>(select: (state: BenchState) => T): T =>
  useStore(useBench().store, select);
