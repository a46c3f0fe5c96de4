/** What every page knows about the one engine that they share. */

import type * as Comlink from 'comlink';
import type { BackendStatus, EngineApi, EngineEvent, ModelStatus } from '../../contract/engine.ts';

export interface EngineView {
  phase: 'loading' | 'ready' | 'failed';
  /** 0..1 over everything that loading does; never goes back. */
  share: number;
  label: string;
  model: ModelStatus | null;
  backend: BackendStatus | null;
  /** The GPU went away and a new device is being made. */
  recovering: boolean;
  /** A run trains, which would end with its model. */
  training: boolean;
  /** The model comes from a folder of the person's own. */
  ownModel: boolean;
  /** Name of the person's folder that is being opened. */
  opening: string | null;
}

/** What the worker says, and that it said its last. */
export type SharedEvent = EngineEvent | { readonly type: 'worker.died'; readonly reason: string };

/** The running worker. */
export type EngineFace = Comlink.Remote<EngineApi>;
