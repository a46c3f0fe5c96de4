/** What page and worker hold, WebAssembly's memories apart from JavaScript's. */
import { heldBytes } from '../held-bytes.ts';

/** Where the worker is asked. */
export const WASM_CHANNEL = 'bench-open wasm bytes';

export interface Held {
  /** Both together after a garbage collection; null where the browser does not say. */
  readonly all: number | null;
  /** The memories of WebAssembly in the worker. */
  readonly wasm: number | null;
  /** What is left: the heaps of JavaScript with their buffers, and the page's document. */
  readonly javascript: number | null;
}

export async function heldNow(): Promise<Held> {
  const [all, wasm] = [await heldBytes(), await wasmBytes()];
  return { all, wasm, javascript: all === null || wasm === null ? null : all - wasm };
}

function wasmBytes(): Promise<number | null> {
  const channel = new BroadcastChannel(WASM_CHANNEL);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data.bytes);
    };
    channel.postMessage('ask');
  });
}
