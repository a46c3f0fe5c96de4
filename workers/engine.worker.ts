/** The engine in its worker: exposed over Comlink, nothing else. */
import * as Comlink from 'comlink';
import { trackDeviceMemory } from '../src/base/device-memory.ts';
import { showLife } from '../src/base/life.ts';
import { trackWasmMemory } from '../src/base/wasm-memory.ts';
import { Engine } from '../src/engine/engine.ts';

trackWasmMemory();
trackDeviceMemory();
showLife();

Comlink.expose(new Engine());
