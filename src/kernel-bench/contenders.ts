/** Every contender by its name. Libraries are fetched when their contender is opened. */

import { part } from '../base/part.ts';
import type { OpenContestant } from './contestant.ts';
import { openOurs, openOursCpu, openTwin } from './contestants/ours.ts';
import { openReadback } from './contestants/readback.ts';
import type { Contender } from './contract.ts';

export interface Entrant {
  readonly open: OpenContestant;
  /** Works on the shared device, and is gone with it. */
  readonly sharesDevice: boolean;
}

const jax =
  (backend: 'webgpu' | 'wasm'): OpenContestant =>
  (problem) =>
    part('jax-js', async () => (await import('./contestants/jax.ts')).openJax(backend, problem));

const onnx =
  (backend: 'webgpu' | 'wasm'): OpenContestant =>
  (problem) =>
    part('ONNX Runtime', async () =>
      (await import('./contestants/onnx.ts')).openOnnx(backend, problem),
    );

const tfjs: OpenContestant = (problem) =>
  part('TensorFlow.js', async () => (await import('./contestants/tfjs.ts')).openTfjs(problem));

export const ENTRANTS: Record<Contender, Entrant> = {
  ours: { open: openOurs, sharesDevice: true },
  'ours-cpu': { open: openOursCpu, sharesDevice: false },
  'ours-float64': { open: openTwin, sharesDevice: false },
  'jax-webgpu': { open: jax('webgpu'), sharesDevice: false },
  'jax-wasm': { open: jax('wasm'), sharesDevice: false },
  'ort-webgpu': { open: onnx('webgpu'), sharesDevice: true },
  'ort-wasm': { open: onnx('wasm'), sharesDevice: false },
  'tfjs-webgpu': { open: tfjs, sharesDevice: true },
  'readback-loop': { open: openReadback, sharesDevice: true },
};
