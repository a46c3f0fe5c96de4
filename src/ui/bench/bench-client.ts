/** Starts a worker for the benchmark and talks to it over Comlink; ending the worker is how it stops. */

import * as Comlink from 'comlink';
import type { BenchApi } from '../../bench/contract.ts';
import { waitForDeath } from '../shared/worker-death.ts';

export interface BenchClient {
  api: Comlink.Remote<BenchApi>;
  /** Ends the worker and with it all memory it holds; `onDeath` is not called for it. */
  stop(): void;
}

let started = 0;

/** `onDeath`: the worker stopped without being asked to: killed, out of memory, or failed to start. */
export function startBench(onDeath: (reason: string) => void): BenchClient {
  const name = `vigos-bench-${performance.timeOrigin}-${++started}`;
  const worker = new Worker(new URL('../../../workers/bench.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
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
  void waitForDeath(name, alive.signal).then((dead) => {
    if (dead) die('The worker was ended from outside, most likely for lack of memory.');
  });
  return { api: Comlink.wrap<BenchApi>(worker), stop };
}
