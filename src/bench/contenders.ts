/** Every contender by its name. Libraries are fetched when their contender is opened. */

import type { OpenContestant } from './contestant.ts';
import { openJax } from './contestants/jax.ts';
import { openOnnx } from './contestants/onnx.ts';
import { openOurs, openOursCpu } from './contestants/ours.ts';
import { openReadback } from './contestants/readback.ts';
import { openTfjs } from './contestants/tfjs.ts';
import type { Contender } from './contract.ts';

export interface Entrant {
  readonly open: OpenContestant;
  /** Works on the shared device, and is gone with it. */
  readonly sharesDevice: boolean;
}

export const ENTRANTS: Record<Contender, Entrant> = {
  ours: { open: openOurs, sharesDevice: true },
  'ours-cpu': { open: openOursCpu, sharesDevice: false },
  'jax-webgpu': { open: (problem) => openJax('webgpu', problem), sharesDevice: false },
  'jax-wasm': { open: (problem) => openJax('wasm', problem), sharesDevice: false },
  'ort-webgpu': { open: (problem) => openOnnx('webgpu', problem), sharesDevice: true },
  'ort-wasm': { open: (problem) => openOnnx('wasm', problem), sharesDevice: false },
  'tfjs-webgpu': { open: openTfjs, sharesDevice: true },
  'readback-loop': { open: openReadback, sharesDevice: true },
};
