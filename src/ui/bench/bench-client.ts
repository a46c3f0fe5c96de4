/** Starts a worker for the benchmark and talks to it over Comlink; ending the worker is how it stops. */

import * as Comlink from 'comlink';
import script from '../../../workers/bench.worker.ts?worker&url';
import type { KernelBenchApi } from '../../kernel-bench/contract.ts';
import { type Death, startWorker } from '../engine/start-worker.ts';

export interface BenchClient {
  api: Comlink.Remote<KernelBenchApi>;
  /** Ends the worker and with it all memory it holds; `onDeath` is not called for it. */
  stop(): void;
}

let started = 0;

/** `onDeath`: the worker stopped without being asked to: killed, out of memory, or failed to start. */
export function startBench(onDeath: (death: Death) => void): BenchClient {
  const name = `vigos-bench-${performance.timeOrigin}-${++started}`;
  const { endpoint, stop } = startWorker({ script, name, what: 'The benchmark', onDeath });
  return { api: Comlink.wrap<KernelBenchApi>(endpoint), stop };
}
