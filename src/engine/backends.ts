/** Chooses between WebGPU and WebAssembly by a short measurement, and says why. */

import { PlaygroundError, toErrorRecord } from '../base/errors.ts';
import { type GpuContext, requestGpu } from '../model/device.ts';
import { type KeyValueCache, QwenNetwork, releaseCache } from '../model/network.ts';
import { wasmThreads } from '../model/sessions.ts';
import type { ModelAssets } from './assets.ts';
import type {
  AdapterStatus,
  BackendChoice,
  BackendName,
  BackendStatus,
  BackendTrial,
} from './contract.ts';
import { prepareFigures } from './figures.ts';

/** A network on its backend, and the account of how that backend was chosen. */
export interface ReadyBackend {
  readonly network: QwenNetwork;
  readonly gpu: GpuContext | null;
  readonly status: BackendStatus;
}

/** Trials of earlier loads of the same model, so that switching back does not measure again. */
export type TrialMemory = Map<BackendName, BackendTrial>;

/** Above this many weights WebAssembly is not even tried against a real GPU. */
const MAX_WASM_TRIAL = 100_000_000;
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
  onStep: (name: string) => void,
): Promise<ReadyBackend> {
  if (choice === 'wasm') {
    const network = await openWasm(assets, onStep);
    return ready(network, null, choice, memory, 'WebAssembly was chosen by hand.');
  }
  if (choice === 'webgpu') {
    const gpu = await requestGpu();
    const network = await openGpu(assets, gpu, onStep);
    return ready(network, gpu, choice, memory, 'WebGPU was chosen by hand.');
  }
  return openFaster(assets, memory, onStep);
}

async function openFaster(
  assets: ModelAssets,
  memory: TrialMemory,
  onStep: (name: string) => void,
): Promise<ReadyBackend> {
  const found = await requestGpu().catch((error: unknown) => toErrorRecord(error));
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

/** Measures both; a GPU that fails loses. */
async function race(
  assets: ModelAssets,
  gpu: GpuContext,
  memory: TrialMemory,
  onStep: (name: string) => void,
): Promise<ReadyBackend> {
  const wasm = await openWasm(assets, onStep);
  const wasmMs = await measured('wasm', wasm, memory, onStep);
  let onGpu: QwenNetwork;
  let gpuMs: number;
  try {
    onGpu = await openGpu(assets, gpu, onStep);
    gpuMs = await measured('webgpu', onGpu, memory, onStep);
  } catch (error) {
    const reason = toErrorRecord(error).message;
    memory.set('webgpu', { kind: 'unavailable', reason });
    return ready(
      wasm,
      null,
      'auto',
      memory,
      `${reason} WebAssembly does the same work.`,
      gpu.facts,
    );
  }
  const figures = `${round(gpuMs)} ms on WebGPU, ${round(wasmMs)} ms on WebAssembly`;
  const reason = `A short prompt and one more token take ${figures}.`;
  if (gpuMs <= wasmMs) {
    await wasm.release();
    return ready(onGpu, gpu, 'auto', memory, reason);
  }
  await onGpu.release();
  gpu.device.destroy();
  return ready(wasm, null, 'auto', memory, reason, gpu.facts);
}

async function wasmOnly(
  assets: ModelAssets,
  memory: TrialMemory,
  onStep: (name: string) => void,
  reason: string,
  facts?: AdapterStatus,
): Promise<ReadyBackend> {
  const network = await openWasm(assets, onStep);
  await measured('wasm', network, memory, onStep);
  return ready(network, null, 'auto', memory, reason, facts);
}

function openWasm(assets: ModelAssets, onStep: (name: string) => void): Promise<QwenNetwork> {
  return QwenNetwork.create(assets.config, assets.checkpoint, { backend: 'wasm' }, onStep);
}

async function openGpu(
  assets: ModelAssets,
  { device }: GpuContext,
  onStep: (name: string) => void,
): Promise<QwenNetwork> {
  const target = { backend: 'webgpu', device } as const;
  try {
    const [network] = await Promise.all([
      QwenNetwork.create(assets.config, assets.checkpoint, target, onStep),
      prepareFigures(device),
    ]);
    return network;
  } catch (error) {
    device.destroy();
    throw error;
  }
}

/** The better of two rounds after one to warm up; a backend measured before is not measured again. */
async function measured(
  name: BackendName,
  network: QwenNetwork,
  memory: TrialMemory,
  onStep: (name: string) => void,
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
async function trial(network: QwenNetwork): Promise<number> {
  const start = performance.now();
  const first = await step(network, TRIAL_TOKENS, null);
  const second = await step(network, 1, first);
  releaseCache(second);
  await network.device?.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

async function step(
  network: QwenNetwork,
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
  network: QwenNetwork,
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
    reason,
    trials: { webgpu: memory.get('webgpu') ?? untried, wasm: memory.get('wasm') ?? untried },
    adapter: gpu?.facts ?? facts ?? null,
    threads: wasmThreads(),
  };
  return { network, gpu, status };
}

function round(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
