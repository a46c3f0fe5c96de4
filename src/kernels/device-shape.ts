/** How work is best cut for a device. */

export interface DeviceShape {
  /** Lanes of a workgroup: a power of two from 16 to 256. */
  readonly lanes: number;
  /** Workgroups that fill the device. */
  readonly workgroups: number;
}

export const GPU_SHAPE: DeviceShape = { lanes: 256, workgroups: 256 };
/** WebGPU on the CPU: lanes are fibres there, so that every barrier costs a switch of each. */
export const CPU_SHAPE: DeviceShape = { lanes: 16, workgroups: 4 };

const chosen = new WeakMap<GPUDevice, DeviceShape>();

export function deviceShape(device: GPUDevice): DeviceShape {
  // Absent in browsers that do not describe a device's adapter.
  const info: Partial<GPUAdapterInfo> | undefined = device.adapterInfo;
  const onCpu = info?.isFallbackAdapter === true || info?.architecture === 'swiftshader';
  return chosen.get(device) ?? (onCpu ? CPU_SHAPE : GPU_SHAPE);
}

/** Overrides the shape, for a device where another was measured to be faster. */
export function setDeviceShape(device: GPUDevice, shape: DeviceShape): void {
  chosen.set(device, shape);
}
