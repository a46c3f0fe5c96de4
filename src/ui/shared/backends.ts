/** How a backend is named on screen. */

import type { BackendName } from '../../contract/engine.ts';

export const BACKEND_NAMES: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};
