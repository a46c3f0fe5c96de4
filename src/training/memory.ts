/** How much memory is held, as far as the browser says. */

import { deviceMemoryBytes } from '../base/device-memory.ts';
import { wasmMemoryBytes } from '../base/wasm-memory.ts';
import type { MemoryMetrics } from '../contract/train/train-records.ts';

interface HeapInfo {
  readonly usedJSHeapSize: number;
}

/** `onDevice`: whether a GPU computes. */
export function memoryNow(onDevice: boolean): MemoryMetrics {
  const heap: unknown = Reflect.get(performance, 'memory');
  const used =
    typeof heap === 'object' && heap !== null ? (heap as HeapInfo).usedJSHeapSize : undefined;
  const device = onDevice ? deviceMemoryBytes() : null;
  return { jsHeap: used ?? null, wasm: wasmMemoryBytes(), device };
}
