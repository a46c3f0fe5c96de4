/** How much memory GPU buffers hold: browsers do not say, so every buffer is noted when it is made. */

let tracking = false;
let held = 0;
let peak = 0;

/** Notes all buffers made from here on, whoever makes them; call it once, before any device is asked for. */
export function trackDeviceMemory(): void {
  if (tracking || typeof GPUDevice === 'undefined') return;
  tracking = true;
  const sizes = new WeakMap<GPUBuffer, number>();
  // A buffer that nobody holds any more is freed without being destroyed.
  const forgotten = new FinalizationRegistry<number>((size) => {
    held -= size;
  });
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    sizes.set(buffer, buffer.size);
    forgotten.register(buffer, buffer.size, buffer);
    held += buffer.size;
    peak = Math.max(peak, held);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
    const size = sizes.get(this);
    if (size !== undefined) {
      sizes.delete(this);
      forgotten.unregister(this);
      held -= size;
    }
    return destroy.call(this);
  };
}

/** Bytes of all noted buffers that are still there; null when nothing is noted. */
export function deviceMemoryBytes(): number | null {
  return tracking ? held : null;
}

/** The most that was held at once since the last call; null when nothing is noted. */
export function takeDevicePeak(): number | null {
  const most = peak;
  peak = held;
  return tracking ? most : null;
}
