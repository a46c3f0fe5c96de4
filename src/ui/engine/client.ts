/** Starts the engine worker, talks to it over Comlink, and notices at once when it dies. */

import * as Comlink from 'comlink';
import script from '../../../workers/engine.worker.ts?worker&url';
import type { EngineApi, EngineEvent } from '../../contract/engine.ts';
import { type Death, startWorker } from './start-worker.ts';

/** The running worker. */
export type EngineFace = Comlink.Remote<EngineApi>;

export interface EngineClient {
  api: EngineFace;
  /** Ends the worker; `onDeath` is not called for it. */
  stop(): void;
}

export interface EngineListeners {
  onEvent: (event: EngineEvent) => void;
  /** The worker stopped without being asked to: killed, out of memory, or failed to start. */
  onDeath: (death: Death) => void;
}

let started = 0;

export function startEngine({ onEvent, onDeath }: EngineListeners): EngineClient {
  const name = `vigos-engine-${performance.timeOrigin}-${++started}`;
  const { endpoint, stop } = startWorker({ script, name, what: 'The engine', onDeath });
  const api = Comlink.wrap<EngineApi>(endpoint);
  void api.listen(Comlink.proxy(onEvent));
  return { api, stop };
}
