/** What the development server, the build and the pages of headless commands have in common. */
import { defaultClientConditions, type InlineConfig } from 'vite';
import { assemblyScript } from './assembly-script.ts';
import { ISOLATION } from './isolation.ts';

/** Everything that modules of workers need to be served; the page's own plugins are in `vite.config.ts`. */
export function servedModules() {
  return {
    plugins: [assemblyScript()],
    resolve: {
      // ONNX Runtime's glue stays a file of its own: its threads start from that file, not from our worker's.
      conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    },
    worker: { format: 'es', plugins: () => [assemblyScript()] },
    server: { headers: ISOLATION },
  } satisfies InlineConfig;
}
