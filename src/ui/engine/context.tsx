/** Hands the app's engine to every component. */

import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { Engine } from './engine.ts';
import type { EngineState } from './state.ts';

const EngineContext = createContext<Engine | null>(null);

export function EngineProvider({ engine, children }: { engine: Engine; children: ReactNode }) {
  return <EngineContext value={engine}>{children}</EngineContext>;
}

/** What can be asked of the engine. */
export function useEngine(): Engine {
  const engine = useContext(EngineContext);
  if (engine === null) throw new Error('Components need an EngineProvider above them.');
  return engine;
}

/** What is known about the engine. */
export function useEngineState<T>(select: (state: EngineState) => T): T {
  return useStore(useEngine().store, select);
}
