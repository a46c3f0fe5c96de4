/** Starts the worker of the rollouts and talks to it over Comlink. */

import * as Comlink from 'comlink';
import script from '../../../workers/rollouts.worker.ts?worker&url';
import type { RolloutsApi } from '../../contract/rollouts/rollouts.ts';
import { type Death, startWorker } from '../engine/start-worker.ts';

export interface RolloutsClient {
  readonly api: Comlink.Remote<RolloutsApi>;
  stop(): void;
}

let started = 0;

/** `onDeath`: the worker stopped without being asked to: killed, out of memory, or failed to start. */
export function startRollouts(onDeath: (death: Death) => void): RolloutsClient {
  const name = `vigos-rollouts-${performance.timeOrigin}-${++started}`;
  const what = 'The reader of rollouts';
  const { endpoint, stop } = startWorker({ script, name, what, onDeath });
  return { api: Comlink.wrap<RolloutsApi>(endpoint), stop };
}
