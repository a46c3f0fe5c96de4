/** The page of `npm run bench:open`: opens a picked model in the engine worker, rolls out, and scores under three teachers. */
import * as Comlink from 'comlink';
import { unwrap } from '../../src/base/outcome.ts';
import type {
  BackendName,
  EngineApi,
  EngineEvent,
  ModelStatus,
} from '../../src/contract/engine.ts';
import type { ExportPrecision } from '../../src/contract/model.ts';
import { VIGOS_PAPER } from '../../src/method/presets.ts';
import { renderScene } from '../../src/world/render.ts';
import { worldItem } from '../../src/world/split.ts';
import { heldBytes } from '../held-bytes.ts';

export interface OpenRequest {
  readonly precision: ExportPrecision | null;
  readonly backend: BackendName;
  readonly tokens: number;
  /** Edge of the picture, in pixels. */
  readonly edge: number;
}

export interface OpenResult {
  readonly model: ModelStatus;
  readonly openMs: number;
  /** From the request to the first token (picture and prompt), and from token to token. */
  readonly rollout: {
    readonly tokens: number;
    readonly firstMs: number;
    readonly perTokenMs: number;
  };
  readonly scored: {
    readonly tokens: number;
    readonly teachers: readonly string[];
    readonly ms: number;
  };
  /** What JavaScript and WebAssembly hold in page and worker after a garbage collection; null where the browser does not say. */
  readonly heldBytes: number | null;
}

declare global {
  /** Called by the command when the folder has been picked. */
  var openPicked: (request: OpenRequest) => Promise<OpenResult>;
  /** Given by the command: what to tell the person who waits. */
  var say: (text: string) => void;
}

const picker = document.createElement('input');
picker.type = 'file';
picker.webkitdirectory = true;
document.body.append(picker);

/** Well-formed, so that every teacher has tokens. */
const FORMED = '<description>a red sun</description><think>one sun</think>\\boxed{1}';

globalThis.openPicked = async ({ precision, backend, tokens, edge }) => {
  const files = [...(picker.files ?? [])].map((file) => ({ path: file.webkitRelativePath, file }));
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
  });
  const engine = Comlink.wrap<EngineApi>(worker);
  const times: number[] = [];
  let part = '';
  const start = performance.now();
  await engine.listen(
    Comlink.proxy((event: EngineEvent) => {
      if (event.type === 'job.token' && times.push(performance.now()) % 8 === 1)
        globalThis.say(`token ${times.length} after ${Math.round(performance.now() - start)} ms`);
      if (event.type !== 'model.progress' || event.file === part) return;
      part = event.file;
      globalThis.say(`${event.step} ${part}`);
    }),
  );
  const source = { kind: 'folder', name: 'picked', files } as const;
  const asked = precision === null ? {} : { precision };
  const { model } = unwrap(await engine.load({ source, backend, ...asked }));
  const openMs = performance.now() - start;
  if (model === null) throw new Error('no model');
  globalThis.say(`open after ${Math.round(openMs)} ms`);
  const held = await heldBytes();
  globalThis.say(`page and worker hold ${held ?? 'nobody knows how many'} bytes`);
  const { scene, question, answer } = worldItem('train', 0);
  const { width, height, data } = renderScene(scene, edge);
  const image = { width, height, data };
  const measure = 'exact' as const;
  const input = { image, question, answer, measure };
  const sampling = { temperature: 1, topP: 1, topK: 0, maxNewTokens: tokens, seed: 1, count: 1 };
  const began = performance.now();
  const method = VIGOS_PAPER;
  unwrap(await engine.rollout({ jobId: 'roll', input, sampling, method, score: false }));
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  const before = performance.now();
  const completion = { kind: 'text', text: FORMED } as const;
  const { trace } = unwrap(await engine.score({ jobId: 'score', input, completion, method }));
  const scoreMs = performance.now() - before;
  worker.terminate();
  const teachers = new Set(trace.tokens.flatMap(({ teacher }) => teacher ?? []));
  return {
    model,
    openMs,
    rollout: {
      tokens: times.length,
      firstMs: first - began,
      perTokenMs: (last - first) / Math.max(1, times.length - 1),
    },
    scored: { tokens: trace.tokens.length, teachers: [...teachers].sort(), ms: scoreMs },
    heldBytes: held,
  };
};
