/** The kernel benchmark in its worker: exposed over Comlink, nothing else. */
import * as Comlink from 'comlink';
import { Bench } from '../src/bench/bench.ts';

// Held for as long as the worker lives, as the engine's worker does.
if (self.name !== '') void navigator.locks?.request(self.name, () => new Promise(() => undefined));

Comlink.expose(new Bench());
