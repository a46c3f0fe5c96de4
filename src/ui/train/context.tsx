/** Hands the session to the Train page's components. */

import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { TrainSession } from './state/session.ts';
import type { TrainPageState } from './state/state.ts';

const TrainContext = createContext<TrainSession | null>(null);

export function TrainProvider({
  session,
  children,
}: {
  session: TrainSession;
  children: ReactNode;
}) {
  return <TrainContext value={session}>{children}</TrainContext>;
}

export function useTraining(): TrainSession {
  const session = useContext(TrainContext);
  if (session === null)
    throw new Error('The Train page’s components need a TrainProvider above them.');
  return session;
}

export function useTrain<T>(select: (state: TrainPageState) => T): T {
  return useStore(useTraining().store, select);
}
