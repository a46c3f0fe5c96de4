/** Scratch GPU buffers, kept for the next call: one pool a device, in sizes of powers of two. */

const IDLE_LIMIT_BYTES = 64 * 1024 * 1024;

/** What a buffer of so many bytes takes: sizes are powers of two, so that the next call finds them again. */
export function pooledSize(bytes: number): number {
  return Math.max(256, 2 ** Math.ceil(Math.log2(bytes)));
}

class BufferPool {
  readonly #device: GPUDevice;
  readonly #idle = new Map<string, GPUBuffer[]>();
  #idleBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of at least `bytes` bytes with exactly this usage; its content is unspecified. */
  acquire(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = pooledSize(bytes);
    const reused = this.#idle.get(`${usage}:${size}`)?.pop();
    if (reused !== undefined) {
      this.#idleBytes -= size;
      return reused;
    }
    return this.#device.createBuffer({ label: 'kernel scratch', size, usage });
  }

  /** Gives a buffer back; safe right after its last use was submitted, since a queue runs in order. */
  release(buffer: GPUBuffer): void {
    if (this.#idleBytes + buffer.size > IDLE_LIMIT_BYTES) {
      buffer.destroy();
      return;
    }
    const key = `${buffer.usage}:${buffer.size}`;
    const list = this.#idle.get(key);
    if (list === undefined) this.#idle.set(key, [buffer]);
    else list.push(buffer);
    this.#idleBytes += buffer.size;
  }

  clear(): void {
    for (const list of this.#idle.values()) for (const buffer of list) buffer.destroy();
    this.#idle.clear();
    this.#idleBytes = 0;
  }
}

const pools = new WeakMap<GPUDevice, BufferPool>();

export function bufferPool(device: GPUDevice): BufferPool {
  const known = pools.get(device);
  if (known !== undefined) return known;
  const pool = new BufferPool(device);
  pools.set(device, pool);
  return pool;
}

/** Frees every idle scratch buffer of a device that lives on, as those of tests do. @internal */
export function freeKernelBuffers(device: GPUDevice): void {
  pools.get(device)?.clear();
}
