/** The session that the app keeps, for the page's components. */

import { useStore } from 'zustand';
import { useKept } from '../engine/context.tsx';
import { type ChaptersState, createChaptersSession } from './state/session.ts';

export const useChapters = () => useKept(createChaptersSession);

export const useChaptersState = <T>(select: (state: ChaptersState) => T): T =>
  useStore(useChapters().store, select);
