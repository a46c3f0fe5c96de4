import { expect, it } from 'vitest';
import { deviceMemoryBytes, takeDevicePeak, trackDeviceMemory } from './device-memory.ts';

it('buffers count from when they are made to when they are destroyed, once', async () => {
  expect(deviceMemoryBytes()).toBeNull();
  trackDeviceMemory();
  trackDeviceMemory();
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  if (device === undefined) throw new Error('no WebGPU');
  expect(deviceMemoryBytes()).toBe(0);
  const usage = GPUBufferUsage.STORAGE;
  const [small, large] = [256, 4096].map((size) => device.createBuffer({ size, usage }));
  expect(deviceMemoryBytes()).toBe(4352);
  large.destroy();
  large.destroy();
  expect(deviceMemoryBytes()).toBe(256);
  expect(takeDevicePeak()).toBe(4352);
  expect(takeDevicePeak()).toBe(256);
  small.destroy();
  expect(deviceMemoryBytes()).toBe(0);
  device.destroy();
});
