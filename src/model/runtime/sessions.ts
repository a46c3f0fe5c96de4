/** ONNX Runtime sessions on either backend, and the one queue that creates and runs them. */

import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { PlaygroundError } from '../../base/errors.ts';
import { SMALL_MODEL_BYTES } from '../../contract/models/model-sources.ts';
import { OnnxGraph } from '../onnx/graph.ts';
import type { GraphFiles } from './model-graphs.ts';
import { mounted } from './mounted.ts';
import { type BytesListener, fetchCounted, isSlowLine, RUNTIME_BYTES } from './runtime-bytes.ts';
import { causeOf } from './session-errors.ts';

/** Where a session's work is done; a device means WebGPU. */
export type SessionTarget =
  | { readonly backend: 'wasm' }
  | { readonly backend: 'webgpu'; readonly device: GPUDevice };

export type Feeds = Readonly<Record<string, ort.Tensor>>;
export type Fetches = Readonly<Record<string, ort.Tensor>>;

/** One graph, ready to run; its input names and types are the graph's own. */
export interface GraphSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Element type of an input or output, as the graph declares it. */
  typeOf(port: string): string;
  /** Sizes of an input's axes, a name where one may vary; null where the graph does not say. */
  shapeOf(input: string): readonly (number | string)[] | null;
  /** Runs the graph for the outputs asked for (all by default); waits for its turn. */
  run(feeds: Feeds, outputs?: readonly string[]): Promise<Fetches>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** What the session is called in errors. */
  readonly name: string;
  /** Outputs stay on the GPU (WebGPU only). */
  readonly keepOutputs: boolean;
  /** Fail instead of computing a node on the CPU (WebGPU only). */
  readonly forbidFallback?: boolean;
}

const MAX_THREADS = 4;

/** 0 until the runtime starts; its threads cannot be changed afterwards. */
let threads = 0;

/** Threads of the WebAssembly backend: 1 for a small model and where the page is not cross-origin isolated. */
export function wasmThreads(): number {
  return Math.max(1, threads);
}

/** Absolute: the development server's addresses have no base in a worker. */
const absolute = (address: string) => new URL(address, import.meta.url).href;

/** Settings of the whole runtime; they hold from the first session on. */
function prepareRuntime(modelBytes: number): void {
  if (threads > 0) return;
  const several = globalThis.crossOriginIsolated && modelBytes > SMALL_MODEL_BYTES;
  threads = several ? Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency)) : 1;
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { mjs: absolute(glueUrl), wasm: absolute(wasmUrl) };
}

/**
 * Fetches and compiles the runtime ahead of the first model, of `modelBytes` bytes or so, with a graph of
 * one node; on a slow line it tells of its bytes. A failure is left to the first real session, which says more about it.
 */
export async function warmRuntime(
  modelBytes: number,
  onBytes: BytesListener = () => undefined,
): Promise<void> {
  const first = threads === 0;
  prepareRuntime(modelBytes);
  if (first && isSlowLine(navigator as Parameters<typeof isSlowLine>[0])) {
    const tell = (loaded: number) => onBytes(loaded, RUNTIME_BYTES);
    const bytes = await fetchCounted(absolute(wasmUrl), tell);
    if (bytes !== null) ort.env.wasm.wasmBinary = bytes;
  }
  const graph = new OnnxGraph('warm_up');
  graph.op('Identity', [graph.input('x', 'float32', [1])], {}, 'y');
  graph.output('y', 'float32', [1]);
  const options = { name: 'warm-up', keepOutputs: false };
  await createSession({ model: graph.toModel(), externalData: [] }, { backend: 'wasm' }, options)
    .then((session) => session.release())
    .catch(() => undefined);
}

/** Creations must not overlap, nor may runs: all of them wait in this one line. */
let line: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = line.then(work);
  line = turn.catch(() => undefined);
  return turn;
}

/**
 * Creates a session from a serialised ModelProto and the files of its weights.
 * Throws {@link PlaygroundError} `model.session-failed` with the runtime's own words in `detail`.
 */
export async function createSession(
  { model, externalData }: GraphFiles,
  target: SessionTarget,
  options: SessionOptions,
): Promise<GraphSession> {
  prepareRuntime(model.length + externalData.reduce((sum, { data }) => sum + data.size, 0));
  const gpu = target.backend === 'webgpu';
  const failures: PlaygroundError[] = [];
  const files = externalData.map((file) => mounted(file, failures));
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: gpu
      ? [{ name: 'webgpu', device: target.device, validationMode: 'wgpuOnly' }]
      : ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(files.length > 0 ? { externalData: files } : {}),
    ...(gpu && options.keepOutputs ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
    ...(gpu && options.forbidFallback
      ? { extra: { session: { disable_cpu_ep_fallback: '1' } } }
      : {}),
  };
  try {
    const session = await inTurn(() => ort.InferenceSession.create(model, settings));
    return new QueuedSession(session, options.name);
  } catch (cause) {
    // What a file of weights says of itself is truer than what the runtime makes of it.
    if (failures.length > 0) throw failures[0];
    if (NOT_FETCHED.test(original(cause))) throw runtimeMissing(cause);
    const named = causeOf(original(cause));
    const failed = `The graph "${options.name}" could not be prepared on ${target.backend}.`;
    throw new PlaygroundError(
      {
        code: 'model.session-failed',
        message: named === null ? failed : `${failed} ${named.message}`,
        fix:
          named?.fix ??
          (gpu
            ? 'Switch the backend to WebAssembly, then load again.'
            : 'Load the model again, or take other files of it.'),
        where: options.name,
        detail: { backend: target.backend, original: original(cause) },
      },
      { cause },
    );
  }
}

/** What browsers and ONNX Runtime say when the runtime's files do not come or do not compile. */
const NOT_FETCHED =
  /Failed to fetch|both async and sync fetching|dynamically imported module|importing a module|NetworkError|Load failed|CompileError|previous call to 'initWasm/i;

function runtimeMissing(cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.runtime-unreachable',
      message: 'ONNX Runtime, which computes the model, could not be fetched from this site.',
      fix: 'Check the connection and that nothing blocks .wasm files, then start again.',
      where: 'ONNX Runtime',
      detail: { original: original(cause) },
    },
    { cause },
  );
}

class QueuedSession implements GraphSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #session: ort.InferenceSession;
  readonly #name: string;
  readonly #types: ReadonlyMap<string, string>;
  readonly #shapes: ReadonlyMap<string, readonly (number | string)[]>;

  constructor(session: ort.InferenceSession, name: string) {
    this.#session = session;
    this.#name = name;
    this.inputs = session.inputNames;
    this.outputs = session.outputNames;
    const ports = [...session.inputMetadata, ...session.outputMetadata];
    this.#types = new Map(ports.map((port) => [port.name, port.isTensor ? port.type : 'none']));
    this.#shapes = new Map(
      session.inputMetadata.flatMap((port) =>
        port.isTensor ? [[port.name, port.shape] as const] : [],
      ),
    );
  }

  typeOf(port: string): string {
    return this.#types.get(port) ?? 'none';
  }

  shapeOf(input: string): readonly (number | string)[] | null {
    return this.#shapes.get(input) ?? null;
  }

  async run(feeds: Feeds, outputs: readonly string[] = this.outputs): Promise<Fetches> {
    try {
      return await inTurn(() => this.#session.run(feeds, outputs));
    } catch (cause) {
      throw new PlaygroundError(
        {
          code: 'model.run-failed',
          message: `The graph "${this.#name}" failed while it ran.`,
          fix: 'Try again; if it fails again, switch the backend or shorten the rollout.',
          where: this.#name,
          detail: { original: original(cause) },
        },
        { cause },
      );
    }
  }

  async release(): Promise<void> {
    await inTurn(() => this.#session.release());
  }
}

/** The runtime sometimes throws a bare number, an index into nothing a person knows. */
function original(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  return typeof cause === 'number' ? `WebAssembly exception ${cause}` : String(cause);
}
