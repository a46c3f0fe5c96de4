/** Who owns a device and a network while the backends are measured. */

import { beforeAll, describe, expect, it } from 'vitest';
import { loadAssets, type ModelAssets } from '../model/assets.ts';
import { requestGpu } from '../model/runtime/device.ts';
import { race } from './backends.ts';
import { BUNDLED } from './fixtures/session.ts';

let assets: ModelAssets;
beforeAll(async () => {
  assets = await loadAssets(BUNDLED, {});
});

/** Fails at the step of that name, the first time. */
const failingAt = (step: string) => (name: string) => {
  if (name === step) throw new Error(`${step} failed`);
};

describe('a device', () => {
  it('is destroyed when the trial on it fails, and WebAssembly takes over', async () => {
    const gpu = await requestGpu();
    const { network, status } = await race(assets, gpu, new Map(), failingAt('measure webgpu'));
    await gpu.gone.catch(() => undefined);
    expect(gpu.isLost()).toBe(true);
    expect(status.name).toBe('wasm');
    expect(status.trials.webgpu.kind).toBe('unavailable');
    await network.release();
  });

  it('is destroyed when WebAssembly cannot be opened', async () => {
    const gpu = await requestGpu();
    await expect(race(assets, gpu, new Map(), failingAt('embed'))).rejects.toThrow('embed failed');
    await gpu.gone.catch(() => undefined);
    expect(gpu.isLost()).toBe(true);
  });
});
