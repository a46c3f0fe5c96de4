/** Hands the app's engine to every component. */

import { createContext, type ReactNode, useCallback, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Engine } from './engine.ts';
import type { EngineState } from './state.ts';

interface Shared {
  readonly engine: Engine;
  /** What pages made, by what made it. */
  readonly kept: Map<unknown, unknown>;
}

const EngineContext = createContext<Shared | null>(null);

export function EngineProvider({ engine, children }: { engine: Engine; children: ReactNode }) {
  const shared = useMemo(() => ({ engine, kept: new Map() }), [engine]);
  return <EngineContext value={shared}>{children}</EngineContext>;
}

function useShared(): Shared {
  const shared = useContext(EngineContext);
  if (shared === null) throw new Error('Components need an EngineProvider above them.');
  return shared;
}

/** What can be asked of the engine. */
export const useEngine = (): Engine => useShared().engine;

/** Finds what a page makes once, and makes it where it is not there: it lives as long as the engine. */
export function useKeep(): <T>(make: (engine: Engine) => T) => T {
  const { engine, kept } = useShared();
  return useCallback(
    <T,>(make: (engine: Engine) => T): T => {
      if (!kept.has(make)) kept.set(make, make(engine));
      return kept.get(make) as T;
    },
    [engine, kept],
  );
}

/** What a page makes once and finds again, so that a run outlives a look elsewhere. */
export function useKept<T>(make: (engine: Engine) => T): T {
  return useKeep()(make);
}

/** What is known about the engine. */
export function useEngineState<T>(select: (state: EngineState) => T): T {
  return useStore(useEngine().store, select);
}
