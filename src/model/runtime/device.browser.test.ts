/** The device that everything shares, on the adapter of the tests, which is a CPU. */

import { expect, it } from 'vitest';
import { requestGpu } from './device.ts';

it('has the adapter’s full limits, and says that the adapter computes on the CPU', async () => {
  const { device, facts, isLost } = await requestGpu();
  const adapter = await navigator.gpu.requestAdapter();
  for (const limit of ['maxBufferSize', 'maxStorageBufferBindingSize'] as const)
    expect(device.limits[limit]).toBe(adapter?.limits[limit]);
  expect(facts.software).toBe(true);
  expect(facts.features).toContain('timestamp-query');
  expect(isLost()).toBe(false);
  device.destroy();
});

it('reports its own end, once', async () => {
  const { device, gone, isLost } = await requestGpu();
  device.destroy();
  await expect(gone).rejects.toMatchObject({ record: { code: 'gpu.device-lost' } });
  expect(isLost()).toBe(true);
});
