/** Starts the engine worker, talks to it over Comlink, and notices at once when it dies. */

import * as Comlink from 'comlink';
import type { EngineApi, EngineEvent } from '../../engine/contract.ts';

export interface EngineClient {
  api: Comlink.Remote<EngineApi>;
  /** Ends the worker; `onDeath` is not called for it. */
  stop(): void;
}

export interface EngineListeners {
  onEvent: (event: EngineEvent) => void;
  /** The worker stopped without being asked to: killed, out of memory, or failed to start. */
  onDeath: (reason: string) => void;
}

let started = 0;

/** How long a worker may take to get its lock before its absence means that the worker is gone. */
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;

async function isHeld(lock: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lock);
}

/**
 * The worker holds a Web Lock named after itself for as long as it lives, so the page is given that lock
 * in the moment the worker dies, however it dies; a worker's death raises no event of its own.
 * Asking before the worker has its lock would look like its death.
 */
async function waitForDeath(lock: string, alive: AbortSignal): Promise<boolean> {
  if (!('locks' in navigator)) return false;
  try {
    for (let i = 0; i < LOCK_TRIES && !(await isHeld(lock)); i++)
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    await navigator.locks.request(lock, { signal: alive }, () => undefined);
    return true;
  } catch {
    return false;
  }
}

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
