/** What a page may use of the rest: the engine that all share, and the Lab to look at a rollout in. */

import { type ComponentType, createContext, useContext } from 'react';
import type { StudentChoice } from '../../contract/runs.ts';
import type { TrainSettings } from '../../contract/train-settings.ts';
import type { TrainRollout } from '../../contract/training.ts';
import type { EngineFace, EngineView, SharedEvent } from './engine-view.ts';

/** A student that the Lab can be given. */
export interface StudentOffer {
  /** Of its own among the offers. */
  readonly label: string;
  readonly choice: StudentChoice;
}

/** A rollout of a training step and who made it. */
export interface RolloutOffer {
  readonly rollout: TrainRollout;
  readonly settings: TrainSettings;
  readonly student: StudentOffer;
}

export interface Playground {
  api: () => EngineFace | null;
  subscribe: (listener: (event: SharedEvent) => void) => () => void;
  /** A hook: what the pages know about the engine. */
  useEngine: <T>(select: (engine: EngineView) => T) => T;
  engine: () => EngineView;
  /** Which model runs, and the way to another. */
  ModelChoice: ComponentType;
  /** The way out of a load; nothing where none is under way. */
  CancelLoading: ComponentType;
  /** What went wrong with the engine, with the way to start it again. */
  EngineError: ComponentType;
  /** Shows a rollout in the Lab, scored with the student that made it. */
  openRollout: (offer: RolloutOffer) => void;
  /** Goes to the Lab and rolls out what is on its page with this student. */
  openStudent: (offer: StudentOffer) => void;
  /** Writes what a page is about into the address. */
  writeQuery: (page: string, query: string) => void;
}

export const PlaygroundContext = createContext<Playground | null>(null);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (playground === null) throw new Error('Pages need a PlaygroundContext above them.');
  return playground;
}
