/** The one place where kernels meet a GPU: a job is plain data, and this file runs it. */

import { PlaygroundError } from '../base/errors.ts';
import { bufferPool } from './buffers.ts';
import { deviceShape } from './device-shape.ts';

/** What stands at one `@binding` of group 0. */
export type KernelBinding =
  /** The caller's buffer; `offset` and `size` in bytes, `offset` aligned to the device's limit. */
  | {
      readonly kind: 'buffer';
      /** What it holds, for errors. */
      readonly name: string;
      readonly buffer: GPUBuffer;
      readonly offset: number;
      readonly size: number;
    }
  /** Data written before the job; the same array in several jobs is uploaded once. */
  | { readonly kind: 'upload'; readonly usage: 'uniform' | 'storage'; readonly data: Uint32Array }
  /** A buffer that lives for one `runKernels` call; equal names are one buffer. Size in bytes. */
  | { readonly kind: 'scratch'; readonly name: string; readonly size: number };

/** One compute dispatch. */
export interface KernelJob {
  readonly label: string;
  /**
   * WGSL with the entry point `main` and the override `LANES`, its workgroup's size; also the key under
   * which its pipeline is cached.
   */
  readonly code: string;
  /** A kernel that needs more lanes in a workgroup than the device's shape gives says how many. */
  readonly leastLanes?: number;
  /** Its index in the list is the binding number; null where the kernel has none. */
  readonly bindings: readonly (KernelBinding | null)[];
  /** Workgroups. */
  readonly grid: readonly [x: number, y: number, z: number];
}

type Kernel = Pick<KernelJob, 'label' | 'code' | 'leastLanes'>;

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineCache(device: GPUDevice): Map<string, GPUComputePipeline> {
  const known = pipelines.get(device);
  if (known !== undefined) return known;
  const cache = new Map<string, GPUComputePipeline>();
  pipelines.set(device, cache);
  return cache;
}

/** A pipeline's key: its shader and the one constant that varies. */
function keyOf(device: GPUDevice, kernel: Kernel): string {
  return `${lanesOf(device, kernel)}\n${kernel.code}`;
}

function lanesOf(device: GPUDevice, { leastLanes = 0 }: Kernel): number {
  return Math.max(leastLanes, deviceShape(device).lanes);
}

function describePipeline(device: GPUDevice, kernel: Kernel): GPUComputePipelineDescriptor {
  const { label, code } = kernel;
  const module = device.createShaderModule({ label, code });
  const constants = { LANES: lanesOf(device, kernel) };
  return { label, layout: 'auto', compute: { module, constants } };
}

function pipelineFor(device: GPUDevice, kernel: Kernel): GPUComputePipeline {
  const cache = pipelineCache(device);
  const key = keyOf(device, kernel);
  let pipeline = cache.get(key);
  if (pipeline === undefined) {
    pipeline = device.createComputePipeline(describePipeline(device, kernel));
    cache.set(key, pipeline);
  }
  return pipeline;
}

/** Compiles kernels ahead of their first use, without blocking. */
export async function prepareKernels(device: GPUDevice, kernels: readonly Kernel[]): Promise<void> {
  const cache = pipelineCache(device);
  const missing = kernels.filter((kernel) => !cache.has(keyOf(device, kernel)));
  await Promise.all(
    missing.map(async (kernel) => {
      const descriptor = describePipeline(device, kernel);
      cache.set(keyOf(device, kernel), await device.createComputePipelineAsync(descriptor));
    }),
  );
}

/**
 * Runs the jobs in order as one submission and reads back the named scratch buffers (32-bit words).
 * Everything is submitted before the first await.
 *
 * @throws PlaygroundError `gpu.wrong-device` naming the buffers, `gpu.invalid` (a destroyed buffer),
 * `gpu.out-of-memory`, `gpu.device-lost`.
 */
export async function runKernels(
  device: GPUDevice,
  jobs: readonly KernelJob[],
  readBack: readonly string[],
): Promise<Map<string, Uint32Array>> {
  const label = jobs.map((job) => job.label).join(', ');
  const pool = bufferPool(device);
  const scratch = new Map<string, GPUBuffer>();
  const sizes = new Map<string, number>();
  const uploads = new Map<Uint32Array, GPUBuffer>();
  const staging = new Map<string, GPUBuffer>();

  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const resource = (binding: KernelBinding): GPUBufferBinding => {
    if (binding.kind === 'buffer') {
      const { buffer, offset, size } = binding;
      return { buffer, offset, size };
    }
    if (binding.kind === 'upload') {
      let buffer = uploads.get(binding.data);
      if (buffer === undefined) {
        const usage = binding.usage === 'uniform' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE;
        buffer = pool.acquire(binding.data.byteLength, usage | GPUBufferUsage.COPY_DST);
        device.queue.writeBuffer(buffer, 0, Uint32Array.from(binding.data));
        uploads.set(binding.data, buffer);
      }
      return { buffer, size: Math.ceil(binding.data.byteLength / 16) * 16 };
    }
    let buffer = scratch.get(binding.name);
    if (buffer === undefined) {
      buffer = pool.acquire(binding.size, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
      scratch.set(binding.name, buffer);
      sizes.set(binding.name, binding.size);
    }
    return { buffer, size: binding.size };
  };

  const encoder = device.createCommandEncoder({ label });
  for (const job of jobs) {
    const pipeline = pipelineFor(device, job);
    const group = device.createBindGroup({
      label: job.label,
      layout: pipeline.getBindGroupLayout(0),
      entries: job.bindings.flatMap((binding, index) =>
        binding === null ? [] : [{ binding: index, resource: resource(binding) }],
      ),
    });
    const pass = encoder.beginComputePass({ label: job.label });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...job.grid);
    pass.end();
  }
  for (const name of readBack) {
    const source = scratch.get(name);
    const size = sizes.get(name);
    if (source === undefined || size === undefined) continue;
    const target = pool.acquire(size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    encoder.copyBufferToBuffer(source, 0, target, 0, size);
    staging.set(name, target);
  }
  device.queue.submit([encoder.finish()]);
  const invalid = device.popErrorScope();
  const outOfMemory = device.popErrorScope();
  for (const buffer of [...scratch.values(), ...uploads.values()]) pool.release(buffer);

  const results = new Map<string, Uint32Array>();
  try {
    const [validation, memory] = await Promise.all([
      invalid,
      outOfMemory,
      ...[...staging.values()].map((buffer) => buffer.mapAsync(GPUMapMode.READ)),
    ]);
    const lost = await Promise.race([device.lost, Promise.resolve(null)]);
    if (lost !== null) throw gpuError('device-lost', label, lost.message);
    if (memory !== null) throw gpuError('out-of-memory', label, memory.message);
    if (validation !== null) {
      const strangers = await buffersOfOthers(device, jobs);
      if (strangers !== '') throw gpuError('wrong-device', strangers, validation.message);
      throw gpuError('invalid', label, validation.message);
    }
    for (const [name, buffer] of staging) {
      const words = buffer.getMappedRange(0, sizes.get(name)).slice(0);
      results.set(name, new Uint32Array(words));
      buffer.unmap();
      pool.release(buffer);
    }
  } catch (error) {
    for (const buffer of staging.values()) buffer.destroy();
    if (error instanceof PlaygroundError) throw error;
    throw gpuError('device-lost', label, error instanceof Error ? error.message : String(error));
  }
  return results;
}

/** Names of the jobs' buffers that another device made, which only a refusal can tell. */
async function buffersOfOthers(device: GPUDevice, jobs: readonly KernelJob[]): Promise<string> {
  const visibility = GPUShaderStage.COMPUTE;
  const entry = { binding: 0, visibility, buffer: { type: 'read-only-storage' } } as const;
  const layout = device.createBindGroupLayout({ entries: [entry] });
  const names = new Map<GPUBuffer, string>();
  for (const binding of jobs.flatMap((job) => job.bindings)) {
    if (binding?.kind === 'buffer') names.set(binding.buffer, binding.name);
  }
  const found = [...names].map(async ([buffer, name]) => {
    device.pushErrorScope('validation');
    device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
    return (await device.popErrorScope()) === null ? [] : [name];
  });
  return (await Promise.all(found)).flat().join(', ');
}

const EXPLANATIONS = {
  'wrong-device': {
    message: 'A buffer belongs to another GPU device, so nothing was computed.',
    fix: 'Give buffers of the device that the kernels run on.',
  },
  invalid: {
    message: 'The GPU refused a kernel, so nothing was computed.',
    fix: 'Check that every buffer is alive, has STORAGE usage and was made by the same device.',
  },
  'out-of-memory': {
    message: 'The GPU has no memory left for a kernel.',
    fix: 'Shorten the rollout, make fewer at once, or switch to WebAssembly.',
  },
  'device-lost': {
    message: 'The GPU device went away while a kernel ran.',
    fix: 'The rollout is kept: start the engine again and repeat the step.',
  },
} as const;

function gpuError(
  kind: keyof typeof EXPLANATIONS,
  where: string,
  original: string,
): PlaygroundError {
  return new PlaygroundError({
    code: `gpu.${kind}`,
    ...EXPLANATIONS[kind],
    where,
    detail: { original },
  });
}
