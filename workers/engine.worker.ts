/** The engine in its worker: exposed over Comlink, nothing else. */
import * as Comlink from 'comlink';
import { trackDeviceMemory } from '../src/base/device-memory.ts';
import { trackWasmMemory } from '../src/base/wasm-memory.ts';
import { Engine } from '../src/engine/engine.ts';

trackWasmMemory();
trackDeviceMemory();

// Held for as long as the worker lives: the page waits for it, and so learns of a death that raises no event.
// Where the browser refuses locks with all storage, there is nothing to hold.
if (self.name !== '')
  navigator.locks?.request(self.name, () => new Promise(() => undefined)).catch(() => undefined);

Comlink.expose(new Engine());
