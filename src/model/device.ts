/** The one GPU device that ONNX Runtime and our kernels share. */

import { PlaygroundError } from '../base/errors.ts';

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
}

/** Features asked for where the adapter has them. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** What drivers that compute on the CPU call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

/**
 * A device with the adapter's full limits. Throws {@link PlaygroundError} `gpu.unavailable` with the
 * reason in its message: no WebGPU in this browser, no adapter, or a refused device.
 */
export async function requestGpu(): Promise<GpuContext> {
  const gpu: GPU | undefined = navigator.gpu;
  if (gpu === undefined) throw unavailable('This browser has no WebGPU.');
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (cause) {
    throw unavailable('The browser refused to look for a GPU.', cause);
  }
  if (adapter === null) throw unavailable('The browser found no GPU that WebGPU can use.');
  try {
    const device = await adapter.requestDevice({
      label: 'engine',
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: allLimits(adapter),
    });
    return { device, facts: factsOf(adapter, device) };
  } catch (cause) {
    throw unavailable('The GPU refused to give a device.', cause);
  }
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
  const { vendor, architecture, description, device: chip, isFallbackAdapter } = adapter.info;
  return {
    vendor,
    architecture,
    description: description || chip,
    software:
      isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description} ${chip}`),
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
