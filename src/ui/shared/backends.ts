/** How a backend is named on screen. */

import type { BackendChoice, BackendName } from '../../contract/backend.ts';

export const BACKEND_NAMES: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

export const BACKEND_CHOICES: readonly { readonly value: BackendChoice; readonly label: string }[] =
  [
    { value: 'auto', label: 'Fastest' },
    { value: 'webgpu', label: BACKEND_NAMES.webgpu },
    { value: 'wasm', label: BACKEND_NAMES.wasm },
  ];
