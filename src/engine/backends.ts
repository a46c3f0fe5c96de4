/** Chooses between WebGPU and WebAssembly by a short measurement, and says why. */

import { PlaygroundError, toErrorRecord } from '../base/errors.ts';
import type {
  AdapterStatus,
  BackendChoice,
  BackendName,
  BackendStatus,
  BackendTrial,
} from '../contract/backend.ts';
import { LogitOps } from '../inference/logit-ops.ts';
import { hasSimd } from '../kernels/divergence-simd.ts';
import type { ModelAssets } from '../model/assets.ts';
import { checkDevice, checkWasm } from '../model/families/abilities.ts';
import { type KeyValueCache, releaseCache } from '../model/runtime/decode-step.ts';
import { type GpuContext, requestGpu } from '../model/runtime/device.ts';
import type { ModelGraphs } from '../model/runtime/model-graphs.ts';
import { type GraphListener, ModelNetwork } from '../model/runtime/network.ts';
import { type SessionTarget, wasmThreads } from '../model/runtime/sessions.ts';
import {
  type CheckedFigures,
  checkedFigures,
  compareWithWasm,
  notCompared,
  reasonOf,
} from './self-check.ts';

/** A network on its backend, and the account of how that backend was chosen. */
export interface ReadyBackend {
  readonly network: ModelNetwork;
  readonly gpu: GpuContext | null;
  readonly status: BackendStatus;
}

/** Trials of earlier loads of the same model, so that switching back does not measure again. */
export type TrialMemory = Map<BackendName, BackendTrial>;

/** Above this many weights WebAssembly is not even tried against a real GPU. */
const MAX_WASM_TRIAL = 100_000_000;
/** Above so many bytes of foreign graphs WebAssembly is not asked what they should say: its heap ends at 4 GB. */
const MAX_WASM_CHECK = 1_700_000_000;
/** What foreign graphs say on WebAssembly, once a model. */
const references = new WeakMap<ModelGraphs, CheckedFigures>();
/** How far a network was found to be from that, a sentence for its status. */
const agreements = new WeakMap<ModelNetwork, string>();
/** Tokens of the measured prefill, about a short prompt. */
const TRIAL_TOKENS = 48;

/**
 * Opens the model on the backend that was asked for, or on the faster one. `auto` never fails for want
 * of a GPU; `webgpu` throws `gpu.unavailable` then. Throws `model.session-failed` when nothing works.
 */
export async function openBackend(
  assets: ModelAssets,
  choice: BackendChoice,
  memory: TrialMemory,
  onStep: GraphListener,
): Promise<ReadyBackend> {
  if (choice === 'wasm') {
    const network = await openWasm(assets, onStep);
    return ready(network, null, choice, memory, 'WebAssembly was chosen by hand.');
  }
  if (choice === 'webgpu') {
    const gpu = await requestGpu({ subgroups: assets.graphs.foreign === null });
    const network = await openGpu(assets, gpu, onStep);
    return ready(network, gpu, choice, memory, 'WebGPU was chosen by hand.');
  }
  return openFaster(assets, memory, onStep);
}

async function openFaster(
  assets: ModelAssets,
  memory: TrialMemory,
  onStep: GraphListener,
): Promise<ReadyBackend> {
  const found = await requestGpu({ subgroups: assets.graphs.foreign === null }).catch(
    (error: unknown) => toErrorRecord(error),
  );
  if (!('device' in found)) {
    memory.set('webgpu', { kind: 'unavailable', reason: found.message });
    return wasmOnly(assets, memory, onStep, `${found.message} WebAssembly does the same work.`);
  }
  if (found.facts.software) {
    const name = found.facts.description || found.facts.architecture || 'software';
    const reason = `The only adapter is ${name}, which computes on the CPU.`;
    memory.set('webgpu', { kind: 'skipped', reason });
    found.device.destroy();
    const facts: AdapterStatus = found.facts;
    return wasmOnly(assets, memory, onStep, `${reason} WebAssembly is faster there.`, facts);
  }
  if (assets.parameters > MAX_WASM_TRIAL) {
    memory.set('wasm', { kind: 'skipped', reason: 'The model is too large for WebAssembly.' });
    const network = await openGpu(assets, found, onStep);
    return ready(network, found, 'auto', memory, 'The model is too large for WebAssembly.');
  }
  return race(assets, found, memory, onStep);
}

/** Measures both; a GPU that fails loses. What is not chosen, or fails, is released and its device destroyed. */
export async function race(
  assets: ModelAssets,
  gpu: GpuContext,
  memory: TrialMemory,
  onStep: GraphListener,
): Promise<ReadyBackend> {
  let wasm: Timed;
  let onGpu: Timed;
  try {
    wasm = await openTimed('wasm', () => openWasm(assets, onStep), memory, onStep);
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
  try {
    onGpu = await openTimed('webgpu', () => openGpu(assets, gpu, onStep), memory, onStep);
  } catch (error) {
    gpu.device.destroy();
    const reason = toErrorRecord(error).message;
    memory.set('webgpu', { kind: 'unavailable', reason });
    const instead = `${reason} WebAssembly does the same work.`;
    return ready(wasm.network, null, 'auto', memory, instead, gpu.facts);
  }
  const figures = `${round(onGpu.ms)} ms on WebGPU, ${round(wasm.ms)} ms on WebAssembly`;
  const reason = `A short prompt and one more token take ${figures}.`;
  if (onGpu.ms <= wasm.ms) {
    await wasm.network.release();
    return ready(onGpu.network, gpu, 'auto', memory, reason);
  }
  await onGpu.network.release();
  gpu.device.destroy();
  return ready(wasm.network, null, 'auto', memory, reason, gpu.facts);
}

async function wasmOnly(
  assets: ModelAssets,
  memory: TrialMemory,
  onStep: GraphListener,
  reason: string,
  facts?: AdapterStatus,
): Promise<ReadyBackend> {
  const { network } = await openTimed('wasm', () => openWasm(assets, onStep), memory, onStep);
  return ready(network, null, 'auto', memory, reason, facts);
}

/** A network and the time of its trial. */
interface Timed {
  readonly network: ModelNetwork;
  readonly ms: number;
}

/** Opens a network and measures it; one whose trial fails is released. */
async function openTimed(
  name: BackendName,
  open: () => Promise<ModelNetwork>,
  memory: TrialMemory,
  onStep: GraphListener,
): Promise<Timed> {
  const network = await open();
  try {
    return { network, ms: await measured(name, network, memory, onStep) };
  } catch (error) {
    await network.release().catch(() => undefined);
    throw error;
  }
}

async function openWasm(assets: ModelAssets, onStep: GraphListener): Promise<ModelNetwork> {
  if (assets.graphs.keeping !== null) checkWasm(assets.architecture.abilities.needs);
  return openChecked(assets, { backend: 'wasm' }, onStep);
}

/** A network; one of foreign graphs only where it agrees with itself, and on a GPU with WebAssembly. */
async function openChecked(
  assets: ModelAssets,
  target: SessionTarget,
  onStep: GraphListener,
): Promise<ModelNetwork> {
  const { graphs, architecture } = assets;
  // What depends on the tokens that are read together agrees with nothing.
  const foreign = graphs.foreign !== null && !graphs.foreign.dynamic;
  const known = foreign && target.backend === 'webgpu' ? await wasmSays(assets, onStep) : null;
  const network = await ModelNetwork.create(graphs, architecture, target, onStep);
  if (!foreign) return network;
  try {
    const found = await checkedFigures(network);
    if (known === null) references.set(graphs, found);
    else agreements.set(network, typeof known === 'string' ? known : compareWithWasm(found, known));
    return network;
  } catch (error) {
    await network.release().catch(() => undefined);
    throw error;
  }
}

/** What WebAssembly computes of foreign graphs; a sentence where it cannot be asked. */
async function wasmSays(
  assets: ModelAssets,
  onStep: GraphListener,
): Promise<CheckedFigures | string> {
  const known = references.get(assets.graphs);
  if (known !== undefined) return known;
  if (assets.bytes > MAX_WASM_CHECK)
    return notCompared(
      `its files, of ${(assets.bytes / 1e9).toFixed(1)} GB, are too large for it.`,
    );
  try {
    const network = await openChecked(assets, { backend: 'wasm' }, onStep);
    await network.release();
  } catch (error) {
    return notCompared(reasonOf(error));
  }
  return references.get(assets.graphs) ?? notCompared('it gave no figures.');
}

async function openGpu(
  assets: ModelAssets,
  { device }: GpuContext,
  onStep: GraphListener,
): Promise<ModelNetwork> {
  const target = { backend: 'webgpu', device } as const;
  try {
    checkDevice(assets.architecture.abilities.needs, device.limits);
    checkHalfFloats(assets, device);
  } catch (error) {
    device.destroy();
    throw error;
  }
  const opening = openChecked(assets, target, onStep);
  try {
    const [network] = await Promise.all([opening, new LogitOps(device).prepare()]);
    return network;
  } catch (error) {
    device.destroy();
    await opening.then((network) => network.release()).catch(() => undefined);
    throw error;
  }
}

/** A graph of half floats is created without them, and fails when it first runs. */
function checkHalfFloats({ graphs }: ModelAssets, device: GPUDevice): void {
  const halves = graphs.foreign?.halfFloats ?? graphs.keeping?.precision === 'fp16';
  if (!halves || device.features.has('shader-f16')) return;
  throw new PlaygroundError({
    code: 'model.no-f16',
    message: 'The weights are kept in 16 bits, which this GPU cannot read (no shader-f16).',
    fix: 'Use the WebAssembly backend, or precision q4 or fp32.',
    where: 'WebGPU',
  });
}

/** The better of two rounds after one to warm up; a backend measured before is not measured again. */
async function measured(
  name: BackendName,
  network: ModelNetwork,
  memory: TrialMemory,
  onStep: GraphListener,
): Promise<number> {
  const known = memory.get(name);
  if (known?.kind === 'measured') return known.ms;
  onStep(`measure ${name}`);
  await trial(network);
  const ms = Math.min(await trial(network), await trial(network));
  memory.set(name, { kind: 'measured', ms });
  return ms;
}

/** Time of a short prefill and one decode step, logits read back, ms. */
async function trial(network: ModelNetwork): Promise<number> {
  const start = performance.now();
  const first = await step(network, TRIAL_TOKENS, null);
  const second = await step(network, 1, first);
  releaseCache(second);
  await network.device?.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

async function step(
  network: ModelNetwork,
  length: number,
  past: KeyValueCache | null,
): Promise<KeyValueCache> {
  const total = (past?.length ?? 0) + length;
  const positions = Array.from({ length }, (_, i) => total - length + i);
  const { logits, cache } = await network.decode({
    batch: {
      batch: 1,
      length,
      inputIds: new Int32Array(length),
      positionIds: Int32Array.from([...positions, ...positions, ...positions]),
    },
    attentionMask: new Int32Array(total).fill(1),
    images: [],
    cache: past,
    keep: 1,
    grow: true,
  });
  logits.release();
  if (cache !== null) return cache;
  throw new PlaygroundError({
    code: 'internal.no-cache',
    message: 'The decoder gave no cache back.',
    fix: 'Load the model again, and report it if it happens twice.',
  });
}

function ready(
  network: ModelNetwork,
  gpu: GpuContext | null,
  choice: BackendChoice,
  memory: TrialMemory,
  reason: string,
  facts?: AdapterStatus,
): ReadyBackend {
  const untried: BackendTrial = { kind: 'skipped', reason: 'It was not needed.' };
  const status: BackendStatus = {
    name: network.target.backend,
    choice,
    reason: [reason, agreements.get(network)].filter((part) => part !== undefined).join(' '),
    trials: { webgpu: memory.get('webgpu') ?? untried, wasm: memory.get('wasm') ?? untried },
    adapter: gpu?.facts ?? facts ?? null,
    threads: wasmThreads(),
    simd: hasSimd(),
  };
  return { network, gpu, status };
}

function round(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
