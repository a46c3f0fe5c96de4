import { expect, it } from 'vitest';
import { trackWasmMemory, wasmMemoryBytes } from './wasm-memory.ts';

it('counts memories that are made after it was switched on, as they grow', () => {
  expect(wasmMemoryBytes()).toBeNull();
  trackWasmMemory();
  trackWasmMemory();
  expect(wasmMemoryBytes()).toBe(0);
  const memory = new WebAssembly.Memory({ initial: 1 });
  expect(memory).toBeInstanceOf(WebAssembly.Memory);
  expect(wasmMemoryBytes()).toBe(65536);
  memory.grow(2);
  expect(wasmMemoryBytes()).toBe(3 * 65536);
});
