/** The sets of questions that the app keeps, for the page's components: an import outlives a look at another page. */

import { useStore } from 'zustand';
import { useKept } from '../engine/context.tsx';
import { createDataSession, type DataSession } from './session.ts';
import type { DataState } from './state.ts';

export const useData = (): DataSession => useKept(createDataSession);

export const useDataState = <T>(select: (state: DataState) => T): T =>
  useStore(useData().store, select);
