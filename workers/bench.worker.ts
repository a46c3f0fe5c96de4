/** The kernel benchmark in its worker: exposed over Comlink, nothing else. */
import * as Comlink from 'comlink';
import { showLife } from '../src/base/life.ts';
import { KernelBench } from '../src/kernel-bench/bench.ts';

showLife();
Comlink.expose(new KernelBench());
