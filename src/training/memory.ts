/** How much memory is held, as far as the browser says. */

import { wasmMemoryBytes } from '../base/wasmMemory.ts';
import type { MemoryMetrics } from './types.ts';

interface HeapInfo {
  readonly usedJSHeapSize: number;
}

export function memoryNow(): MemoryMetrics {
  const heap: unknown = Reflect.get(performance, 'memory');
  const used =
    typeof heap === 'object' && heap !== null ? (heap as HeapInfo).usedJSHeapSize : undefined;
  return { jsHeap: used ?? null, wasm: wasmMemoryBytes(), device: null };
}
