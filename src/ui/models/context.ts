/** The models' session that the app keeps, for the page's components: a transfer outlives a look at another page. */

import { useStore } from 'zustand';
import { useKept } from '../engine/context.tsx';
import { createModels } from './session.ts';
import type { ModelsState } from './state.ts';

export const useModels = () => useKept(createModels);

export const useModelsState = <T>(select: (state: ModelsState) => T): T =>
  useStore(useModels().store, select);
