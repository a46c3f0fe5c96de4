/** The page of `npm run bench:train`: some steps of a run in the engine worker, and matrix products between them. */
import { blockUntilReady, defaultDevice, init, jit, numpy as np } from '@jax-js/jax';
import * as Comlink from 'comlink';
import { unwrap } from '../../src/base/outcome.ts';
import type { BackendName } from '../../src/contract/backend.ts';
import type { EngineApi, EngineEvent } from '../../src/contract/engine.ts';
import type { TrainSettings } from '../../src/contract/train/train-settings.ts';
import type { StepMetrics } from '../../src/contract/train/training.ts';
import { heldBytes } from '../held-bytes.ts';
import type { HeapSample } from './figures.ts';

export interface BenchRequest {
  readonly settings: TrainSettings;
  readonly backend: BackendName;
}

export interface BenchResult {
  readonly metrics: readonly StepMetrics[];
  /** Sizes that were compiled for, and the time each took. */
  readonly compiled: readonly { readonly what: string; readonly ms: number }[];
  /** Rates of the product of two matrices by jax-js on the same backend, before and after the steps. */
  readonly matmulGflops: readonly number[];
  /** Taken while the run pauses; empty where the browser does not measure. */
  readonly heap: readonly HeapSample[];
}

declare global {
  var benchTrain: (request: BenchRequest) => Promise<BenchResult>;
}

/** Edge of the square matrices that are multiplied. */
const EDGE = 512;
const PRODUCTS = 9;
/** How often a run pauses for the heap to be measured: three times in each third. */
const PAUSES = 9;

globalThis.benchTrain = async ({ settings, backend }) => {
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
  });
  const engine = Comlink.wrap<EngineApi>(worker);
  const metrics: StepMetrics[] = [];
  const compiled: { what: string; ms: number }[] = [];
  await engine.listen(
    Comlink.proxy((event: EngineEvent) => {
      if (event.type === 'train.step') metrics.push(event.metrics);
      if (event.type === 'train.compiling' && event.ms !== null)
        compiled.push({ what: event.what, ms: event.ms });
    }),
  );
  const url = new URL('/models/tiny-qwen2.5-vl/', location.href).href;
  const source = { kind: 'bundled', name: 'tiny-qwen2.5-vl', url } as const;
  unwrap(await engine.load({ source, backend }));
  const before = await matmulRate(backend);
  const heap: HeapSample[] = [];
  const pauseAfter = Math.ceil(settings.steps / PAUSES);
  for (let step = 0; step < settings.steps; ) {
    ({ step } = unwrap(await engine.train({ runId: 'bench', settings, pauseAfter })));
    const bytes = await heldBytes();
    const wasm = metrics.at(-1)?.memory.wasm ?? 0;
    if (bytes !== null) heap.push({ step, bytes: bytes - wasm });
  }
  const after = await matmulRate(backend);
  worker.terminate();
  return { metrics, compiled, matmulGflops: [before, after], heap };
};

async function matmulRate(backend: BackendName): Promise<number> {
  await init(backend);
  defaultDevice(backend);
  const values = Float32Array.from({ length: EDGE * EDGE }, (_, i) => Math.sin(i));
  const a = np.array(values).reshape([EDGE, EDGE]);
  const product = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
  const times: number[] = [];
  for (let i = 0; i < PRODUCTS; i++) {
    const start = performance.now();
    const out = product(a.ref, a.ref);
    await blockUntilReady(out);
    times.push(performance.now() - start);
    out.dispose();
  }
  a.dispose();
  return (2 * EDGE ** 3) / 1e6 / times.sort((x, y) => x - y)[PRODUCTS >> 1];
}
