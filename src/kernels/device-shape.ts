/** How work is best cut for a device. */

export interface DeviceShape {
  /** Lanes of a workgroup: a power of two from 4 to 256. */
  readonly lanes: number;
  /** Workgroups that fill the device. */
  readonly workgroups: number;
}

/** Large GPUs have 60 to 150 multiprocessors, each of which hides its memory's latency with several workgroups. */
export const GPU_SHAPE: DeviceShape = { lanes: 256, workgroups: 1024 };
/**
 * WebGPU on the CPU: the lanes of a SIMD register, since more are fibres, of which every barrier switches
 * each; and few workgroups, since there are few cores.
 */
export const CPU_SHAPE: DeviceShape = { lanes: 4, workgroups: 4 };

const chosen = new WeakMap<GPUDevice, DeviceShape>();

export function deviceShape(device: GPUDevice): DeviceShape {
  // Absent in browsers that do not describe a device's adapter.
  const info: Partial<GPUAdapterInfo> | undefined = device.adapterInfo;
  const onCpu = info?.isFallbackAdapter === true || info?.architecture === 'swiftshader';
  return chosen.get(device) ?? (onCpu ? CPU_SHAPE : GPU_SHAPE);
}

/** Overrides the shape, so that one device's tests try them all. @internal */
export function setDeviceShape(device: GPUDevice, shape: DeviceShape): void {
  chosen.set(device, shape);
}
