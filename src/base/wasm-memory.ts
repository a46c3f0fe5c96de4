/** How much memory WebAssembly modules hold: browsers do not say, so every memory is noted when it is made. */

const memories: WeakRef<WebAssembly.Memory>[] = [];
let tracking = false;

/** Notes all memories made from here on; call it once, before any module starts. */
export function trackWasmMemory(): void {
  if (tracking) return;
  tracking = true;
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(descriptor);
      memories.push(new WeakRef(memory));
      return memory;
    },
  });
}

/** Bytes of all noted memories that are still there; null when nothing is noted. */
export function wasmMemoryBytes(): number | null {
  if (!tracking) return null;
  return memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
}
