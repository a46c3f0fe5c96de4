/** The kernel benchmark in its worker: exposed over Comlink, nothing else. */
import * as Comlink from 'comlink';
import { Bench } from '../src/kernel-bench/bench.ts';

// Held for as long as the worker lives, as the engine's worker does.
// Where the browser refuses locks with all storage, there is nothing to hold.
if (self.name !== '')
  navigator.locks?.request(self.name, () => new Promise(() => undefined)).catch(() => undefined);

Comlink.expose(new Bench());
