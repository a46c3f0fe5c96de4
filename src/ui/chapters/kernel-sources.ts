/** The kernels' own sources, as text: the very ones that compute the figures. */

import sumsWgsl from '../../kernels/divergence.wgsl?raw';
import sumsCpu from '../../kernels/divergence-cpu.ts?raw';
import gradientWgsl from '../../kernels/gradient.wgsl?raw';
import gradientCpu from '../../kernels/gradient-cpu.ts?raw';
import termsSimd from '../../kernels/simd/entries.ts?raw';
import gradientSimd from '../../kernels/simd/kept.ts?raw';
import sumsSimd from '../../kernels/simd/sums.ts?raw';
import termsWgsl from '../../kernels/terms.wgsl?raw';
import termsCpu from '../../kernels/terms-cpu.ts?raw';
import type { Computation } from './chapter.ts';

/** Where it ran: on the GPU, in WebAssembly, or in the page in float64. */
export type Where = 'webgpu' | 'wasm' | 'page';

export interface Source {
  readonly file: string;
  readonly text: string;
}

const source = (file: string, text: string): Source => ({ file: `src/kernels/${file}`, text });

export const SOURCES: Readonly<Record<Computation['kernel'], Readonly<Record<Where, Source>>>> = {
  sums: {
    webgpu: source('divergence.wgsl', sumsWgsl),
    wasm: source('simd/sums.ts', sumsSimd),
    page: source('divergence-cpu.ts', sumsCpu),
  },
  terms: {
    webgpu: source('terms.wgsl', termsWgsl),
    wasm: source('simd/entries.ts', termsSimd),
    page: source('terms-cpu.ts', termsCpu),
  },
  gradient: {
    webgpu: source('gradient.wgsl', gradientWgsl),
    wasm: source('simd/kept.ts', gradientSimd),
    page: source('gradient-cpu.ts', gradientCpu),
  },
};
