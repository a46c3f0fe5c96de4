/**
 * Where jax-js computes gradients: whether it can start there, and whether its GPU is still there.
 *
 * Its GPU device is its own, and the gradient at the logits reaches it through memory. jax-js documents no other way:
 * `init` takes names alone, and the buffer of an array (`gpuBuffer`) is to be read, not written. Both can be forced in
 * 0.1.25, by an adapter that answers with our device and a copy into an array's buffer. But that rests on when jax-js
 * fills, shares and reuses its buffers: another release could make a wrong gradient of it without a word. A device that
 * is lost is never given up either, so this way would have to stay beside it. 1.4 MB take 2.6 ms through memory on a
 * software adapter, 7 ms as a copy within it, of a step of seconds.
 */

import { getWebGPUDevice, init } from '@jax-js/jax';
import { PlaygroundError } from '../base/errors.ts';
import { part } from '../base/part.ts';
import { gradientGpuLost } from './faults.ts';

/** Where jax-js is asked to compute. */
export type BackwardDevice = 'wasm' | 'webgpu';

export interface GradientDevice {
  readonly name: BackwardDevice;
  /** A GPU was asked for, but the one that jax-js had in this worker is gone, and it takes no second one. */
  readonly instead: boolean;
  /** Waits for work on it. Throws what the work throws, and `train.gradient-gpu-lost`. */
  surviving<T>(work: Promise<T>): Promise<T>;
}

/** How long after a failure the device may take to say that it is lost, ms. */
const LOSS_NOTICE_MS = 250;
/** How long a thread may take to start on a machine that is busy, ms. */
const THREAD_MS = 30_000;

/** jax-js has one GPU device a worker, of its own beside the engine's. */
let gpu: { readonly gone: Promise<never>; lost: boolean } | null = null;
let threads: Promise<void> | null = null;

/** Throws `train.no-autodiff` and `train.no-threads`. */
export async function openGradientDevice(wanted: BackwardDevice): Promise<GradientDevice> {
  const instead = wanted === 'webgpu' && gpu?.lost === true;
  const name = instead ? 'wasm' : wanted;
  if (name === 'wasm') {
    threads ??= requireThreads();
    await threads;
  }
  const ready = await part('jax-js', () => init(name));
  if (!ready.includes(name)) throw noAutodiff(name);
  if (name === 'wasm') return { name, instead, surviving: (work) => work };
  gpu ??= watched(getWebGPUDevice());
  const { gone } = gpu;
  const surviving = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([work, gone]);
    } catch (error) {
      // A failure may come a moment before the device says that it is lost.
      const notice = new Promise<void>((resolve) => setTimeout(resolve, LOSS_NOTICE_MS));
      await Promise.race([gone, notice]);
      throw error;
    }
  };
  return { name, instead, surviving };
}

function watched(device: GPUDevice) {
  const own = {
    lost: false,
    gone: device.lost.then(({ message }): never => {
      own.lost = true;
      throw gradientGpuLost(message);
    }),
  };
  own.gone.catch(() => undefined);
  return own;
}

/**
 * jax-js starts threads from a blob where memory can be shared, and waits for them however long it takes; one
 * thread tried before says whether they start at all.
 */
async function requireThreads(): Promise<void> {
  if (typeof SharedArrayBuffer === 'undefined' || typeof Worker === 'undefined') return;
  const url = URL.createObjectURL(new Blob(['postMessage(0)'], { type: 'application/javascript' }));
  let worker: Worker | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      worker = new Worker(url, { type: 'module' });
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) => reject(noThreads(message || 'the browser refused it'));
      setTimeout(() => reject(noThreads('it did not start in time')), THREAD_MS);
    });
  } catch (error) {
    // The next run tries again.
    threads = null;
    throw error instanceof PlaygroundError ? error : noThreads(String(error));
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
}

function noThreads(reason: string): PlaygroundError {
  return new PlaygroundError({
    code: 'train.no-threads',
    message: `The threads that compute gradients do not start: ${reason.replace(/\.$/, '')}.`,
    fix: "Whoever hosts this page has to allow workers from blobs: “worker-src 'self' blob:” in its Content-Security-Policy. The WebGPU backend does without them.",
    where: 'threads',
    detail: { reason },
  });
}

function noAutodiff(device: BackwardDevice): PlaygroundError {
  return new PlaygroundError({
    code: 'train.no-autodiff',
    message: `Gradients cannot be computed on ${device} in this browser.`,
    fix: 'Switch the backend to WebAssembly.',
    where: device,
  });
}
