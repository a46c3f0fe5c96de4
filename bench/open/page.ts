/** The page of `npm run bench:open`: opens a model in the engine worker, rolls out, and scores under every teacher. */
import * as Comlink from 'comlink';
import { unwrap } from '../../src/base/outcome.ts';
import type { BackendName } from '../../src/contract/backend.ts';
import type { Completion, EngineApi, EngineEvent, ModelStatus } from '../../src/contract/engine.ts';
import type { ExportPrecision } from '../../src/contract/models/model.ts';
import type { Trace } from '../../src/contract/trace/trace.ts';
import { OPSD, VIGOS_PAPER } from '../../src/method/named-methods.ts';
import type { MethodConfig } from '../../src/method/types.ts';
import { renderScene } from '../../src/world/render.ts';
import { worldItem } from '../../src/world/split.ts';
import { type Held, heldNow } from './held.ts';

export interface OpenRequest {
  readonly precision: ExportPrecision | null;
  readonly backend: BackendName;
  readonly tokens: number;
  /** Edge of the picture, in pixels. */
  readonly edge: number;
  /** Address of the folder; null for the one that was picked. */
  readonly address: string | null;
}

/** One completion under the teachers of one method. */
export interface ScoredResult {
  readonly tokens: number;
  readonly valid: boolean;
  readonly teachers: readonly string[];
  readonly ms: number;
}

export interface OpenResult {
  readonly model: ModelStatus;
  /** Until its last byte had come from the host; null for a picked folder. */
  readonly transferMs: number | null;
  readonly openMs: number;
  /** From the request to the first token (picture and prompt), and from token to token. */
  readonly rollout: {
    readonly tokens: number;
    readonly firstMs: number;
    readonly perTokenMs: number;
  };
  readonly scored: readonly ScoredResult[];
  /** Of the last score. */
  readonly trace: Trace;
  readonly held: { readonly open: Held; readonly end: Held };
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

/** Well-formed, so that ViGOS's teachers have tokens: 32 of them for the tokenizer of `model:random`. */
const FORMED =
  ' a red sun above a green house </description> <think> there is one sun and it is bright red </think> \\boxed{1}';

globalThis.openPicked = async ({ precision, backend, tokens, edge, address }) => {
  const files = [...(picker.files ?? [])].map((file) => ({ path: file.webkitRelativePath, file }));
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
  });
  const engine = Comlink.wrap<EngineApi>(worker);
  const times: number[] = [];
  let part = '';
  let transferMs: number | null = null;
  const start = performance.now();
  const since = (at: number) => Math.round(performance.now() - at);
  const tellTransfer = (loaded: number, total: number, waiting: string | null) => {
    transferMs = since(start);
    const tenth = `fetched ${Math.floor((10 * loaded) / total)}0 %${waiting === null ? '' : `: ${waiting}`}`;
    if (tenth !== part) globalThis.say(tenth);
    part = tenth;
  };
  await engine.listen(
    Comlink.proxy((event: EngineEvent) => {
      if (event.type === 'job.token' && times.push(performance.now()) % 8 === 1)
        globalThis.say(`token ${times.length} after ${since(start)} ms`);
      if (event.type === 'model.transfer') tellTransfer(event.loaded, event.total, event.waiting);
      if (event.type !== 'model.progress' || event.file === part) return;
      part = event.file;
      globalThis.say(`${event.step} ${part}`);
    }),
  );
  const source =
    address === null
      ? ({ kind: 'folder', name: 'picked', files } as const)
      : ({ kind: 'address', url: address } as const);
  const asked = precision === null ? {} : { precision };
  const { model } = unwrap(await engine.load({ source, backend, ...asked }));
  const openMs = performance.now() - start;
  if (model === null) throw new Error('no model');
  globalThis.say(`open after ${Math.round(openMs)} ms`);
  const heldOpen = await heldNow();
  const { all, javascript } = heldOpen;
  globalThis.say(
    `page and worker hold ${all ?? 'nobody knows how many'} bytes, ${javascript ?? 'an unknown share'} of them not WebAssembly’s`,
  );
  const { scene, question, answer } = worldItem('train', 0);
  const { width, height, data } = renderScene(scene, edge);
  const image = { width, height, data };
  const measure = 'exact' as const;
  const input = { image, question, answer, measure };
  const sampling = { temperature: 1, topP: 1, topK: 0, maxNewTokens: tokens, seed: 1, count: 1 };
  const began = performance.now();
  const written = { jobId: 'roll', input, sampling, method: VIGOS_PAPER, score: false } as const;
  const { completions } = unwrap(await engine.rollout(written));
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  const formed: Completion = { kind: 'text', text: FORMED };
  const wanted: readonly [Completion, MethodConfig][] = [
    [{ kind: 'ids', ids: completions[0], sampling }, VIGOS_PAPER],
    [formed, OPSD],
    [formed, VIGOS_PAPER],
  ];
  const scored: ScoredResult[] = [];
  const traces: Trace[] = [];
  for (const [completion, method] of wanted) {
    const before = performance.now();
    const jobId = `score ${scored.length}`;
    const { trace } = unwrap(await engine.score({ jobId, input, completion, method }));
    const teachers = new Set(trace.tokens.flatMap(({ teacher }) => teacher ?? []));
    const told = { tokens: trace.tokens.length, teachers: [...teachers].sort() };
    scored.push({ ...told, valid: trace.valid, ms: since(before) });
    traces.push(trace);
    globalThis.say(`${told.tokens} tokens under ${told.teachers} after ${since(before)} ms`);
  }
  const heldEnd = await heldNow();
  worker.terminate();
  return {
    model,
    transferMs,
    openMs,
    rollout: {
      tokens: times.length,
      firstMs: first - began,
      perTokenMs: (last - first) / Math.max(1, times.length - 1),
    },
    scored,
    trace: traces[traces.length - 1],
    held: { open: heldOpen, end: heldEnd },
  };
};
