/** What the page calls what is measured, and the shapes it offers. */

import type { Contender, Op, Shape } from '../../kernel-bench/contract.ts';

export const OP_NAMES: Record<Op, string> = {
  forwardKl: 'Forward KL',
  jsd: 'JSD, β = 0.5',
  lossAndGradient: 'Forward KL and gradient',
};

export interface ContenderName {
  readonly name: string;
  /** How it works, in a few words. */
  readonly how: string;
  readonly needsGpu: boolean;
}

export const CONTENDER_NAMES: Record<Contender, ContenderName> = {
  ours: { name: 'Ours', how: 'WGSL kernels', needsGpu: true },
  'ours-cpu': { name: 'Ours, CPU', how: 'WebAssembly SIMD, one thread', needsGpu: false },
  'ours-float64': {
    name: 'Ours, float64',
    how: 'the kernels’ twin that tests compare with, one thread',
    needsGpu: false,
  },
  'jax-webgpu': { name: 'jax-js WebGPU', how: 'jitted', needsGpu: true },
  'jax-wasm': { name: 'jax-js wasm', how: 'jitted, threads', needsGpu: false },
  'ort-webgpu': { name: 'ONNX Runtime WebGPU', how: 'a graph of its operators', needsGpu: true },
  'ort-wasm': {
    name: 'ONNX Runtime wasm',
    how: 'a graph of its operators, threads',
    needsGpu: false,
  },
  'tfjs-webgpu': { name: 'TensorFlow.js WebGPU', how: 'its operators', needsGpu: true },
  'readback-loop': {
    name: 'Readback and loop',
    how: 'logits to the CPU, then a float64 loop',
    needsGpu: true,
  },
};

export const ALL_OPS = Object.keys(OP_NAMES) as Op[];
export const ALL_CONTENDERS = Object.keys(CONTENDER_NAMES) as Contender[];

/** Small first, so that there is something to see soon. */
export const ALL_SHAPES: readonly Shape[] = [
  [256, 2048],
  [1, 151936],
  [64, 151936],
  [512, 32000],
];

export const REPEATS = [3, 5, 9] as const;

export const shapeKey = ([tokens, vocab]: Shape): string => `${tokens}x${vocab}`;

export const shapeName = ([tokens, vocab]: Shape): string =>
  `${tokens} × ${vocab.toLocaleString('en')}`;
