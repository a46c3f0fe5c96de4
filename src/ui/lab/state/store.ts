/** The Lab's one store; a plain Zustand store, so that it is tested without React or a browser. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabSettings } from './settings.ts';
import { initialState, type LabState } from './state.ts';

export type LabStore = StoreApi<LabState>;

export const createLabStore = (settings: LabSettings): LabStore =>
  createStore<LabState>(() => initialState(settings));
