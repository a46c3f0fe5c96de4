/** The engine's worker, which also says what WebAssembly holds in it when the page asks. */
import '../../workers/engine.worker.ts';
import { wasmMemoryBytes } from '../../src/base/wasm-memory.ts';
import { WASM_CHANNEL } from './held.ts';

const channel = new BroadcastChannel(WASM_CHANNEL);
channel.onmessage = ({ data }) => {
  if (data === 'ask') channel.postMessage({ bytes: wasmMemoryBytes() });
};
