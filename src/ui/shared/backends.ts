/** How a backend is named on screen. */

import type { BackendName } from '../../engine/contract.ts';

export const BACKEND_NAMES: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};
