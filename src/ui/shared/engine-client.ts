/** Starts the engine worker, talks to it over Comlink, and notices at once when it dies. */

import * as Comlink from 'comlink';
import type { EngineApi, EngineEvent } from '../../engine/contract.ts';
import type { EngineFace } from './engine-view.ts';
import { waitForDeath } from './worker-death.ts';

export interface EngineClient {
  api: EngineFace;
  /** Ends the worker; `onDeath` is not called for it. */
  stop(): void;
}

export interface EngineListeners {
  onEvent: (event: EngineEvent) => void;
  /** The worker stopped without being asked to: killed, out of memory, or failed to start. */
  onDeath: (reason: string) => void;
}

let started = 0;

export function startEngine({ onEvent, onDeath }: EngineListeners): EngineClient {
  const name = `vigos-engine-${performance.timeOrigin}-${++started}`;
  const worker = new Worker(new URL('../../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  const api = Comlink.wrap<EngineApi>(worker);
  const alive = new AbortController();
  const stop = () => {
    alive.abort();
    worker.terminate();
  };
  const die = (reason: string) => {
    if (alive.signal.aborted) return;
    stop();
    onDeath(reason);
  };
  worker.addEventListener('error', (event) => {
    die(event.message || 'The worker’s program could not be started.');
  });
  // Its first answer proves that the worker runs and therefore holds its lock.
  void api.listen(Comlink.proxy(onEvent)).then(async () => {
    if (await waitForDeath(name, alive.signal)) die('The worker was ended from outside.');
  });
  return { api, stop };
}
