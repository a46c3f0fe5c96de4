/** The one GPU device that ONNX Runtime and our kernels share. */

import { PlaygroundError } from '../../base/errors.ts';
import type { DeviceFacts } from '../../contract/models/model-sources.ts';

export interface GpuAdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** The "GPU" is the CPU. */
  readonly software: boolean;
  /** Features of the device, sorted. */
  readonly features: readonly string[];
}

export interface GpuContext {
  readonly device: GPUDevice;
  readonly facts: GpuAdapterFacts;
  /** Rejects with `gpu.device-lost` when the device goes away, whoever destroyed it; never resolves. */
  readonly gone: Promise<never>;
  readonly isLost: () => boolean;
}

/** Features asked for where the adapter has them. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

const NO_WEBGPU = 'This browser has no WebGPU.';
const NO_ADAPTER = 'The browser found no GPU that WebGPU can use.';

/** What drivers that compute on the CPU call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

/**
 * A device with the adapter's full limits. Throws {@link PlaygroundError} `gpu.unavailable` with the
 * reason in its message: no WebGPU in this browser, no adapter, or a refused device. Without `subgroups` the runtime
 * computes as on a device that has none: its GroupQueryAttention is silently wrong where they are small.
 */
export async function requestGpu({ subgroups = true } = {}): Promise<GpuContext> {
  const gpu: GPU | undefined = navigator.gpu;
  if (gpu === undefined) throw unavailable(NO_WEBGPU);
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (cause) {
    throw unavailable('The browser refused to look for a GPU.', cause);
  }
  if (adapter === null) throw unavailable(NO_ADAPTER);
  try {
    const device = await adapter.requestDevice({
      label: 'engine',
      requiredFeatures: WANTED_FEATURES.filter(
        (feature) => adapter.features.has(feature) && (subgroups || feature !== 'subgroups'),
      ),
      requiredLimits: allLimits(adapter),
    });
    return { device, facts: factsOf(adapter, device), ...lossOf(device) };
  } catch (cause) {
    throw unavailable('The GPU refused to give a device.', cause);
  }
}

/** Bytes that WebAssembly addresses in every build of the runtime. */
const WASM_BYTES = 2 ** 32;

/** What this device brings for a model, asked without making a device. */
export async function lookAtDevice(): Promise<DeviceFacts> {
  const none = (noGpu: string): DeviceFacts => ({ gpu: null, noGpu, wasmBytes: WASM_BYTES });
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  if (gpu === undefined) return none(NO_WEBGPU);
  const adapter = await gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  if (adapter === null) return none(NO_ADAPTER);
  const { vendor, architecture, description } = adapter.info;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  return {
    gpu: {
      name: description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed',
      software: isSoftware(adapter.info),
      f16: adapter.features.has('shader-f16'),
      subgroups: adapter.features.has('subgroups'),
      largestBuffer: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    },
    noGpu: null,
    wasmBytes: WASM_BYTES,
  };
}

const isSoftware = ({
  vendor,
  architecture,
  description,
  device,
  isFallbackAdapter,
}: GPUAdapterInfo) =>
  isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description} ${device}`);

function lossOf(device: GPUDevice): Pick<GpuContext, 'gone' | 'isLost'> {
  let lost = false;
  const gone = device.lost.then(({ message }): never => {
    lost = true;
    throw new PlaygroundError({
      code: 'gpu.device-lost',
      message: 'The GPU device went away.',
      fix: 'The engine takes a new device by itself; if it does not, load the model again.',
      where: 'WebGPU',
      detail: { original: message },
    });
  });
  gone.catch(() => undefined);
  return { gone, isLost: () => lost };
}

/** Every limit at the adapter's best; the prototype holds them as getters. */
function allLimits(adapter: GPUAdapter): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === 'number') limits[name] = value;
  }
  return limits;
}

function factsOf(adapter: GPUAdapter, device: GPUDevice): GpuAdapterFacts {
  const { vendor, architecture, description, device: chip } = adapter.info;
  return {
    vendor,
    architecture,
    description: description || chip,
    software: isSoftware(adapter.info),
    features: [...device.features].sort(),
  };
}

function unavailable(reason: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'gpu.unavailable',
      message: reason,
      fix: 'The WebAssembly backend does the same work; to use the GPU, update the browser or its graphics driver.',
      where: 'WebGPU',
      detail: cause === undefined ? {} : { original: String(cause) },
    },
    { cause },
  );
}
