/** GPU devices that go away in the middle of a step: the run goes on from its last state. */

import { getWebGPUDevice } from '@jax-js/jax';
import { expect, it } from 'vitest';
import { unwrap } from '../../base/outcome.ts';
import type { EngineEvent } from '../../contract/engine.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { withSettings } from '../../contract/train/train-validate.ts';
import { startEngine } from '../fixtures/session.ts';

// As small as can be: a software adapter takes a second for what a GPU does in a millisecond. Nothing is sampled and no
// teacher asked: what a new device samples and scores is held in ../webgpu.browser.test.ts.
const SMALL = {
  steps: 2,
  rolloutsPerStep: 1,
  'trainable.rank': 4,
  'evaluation.every': 0,
  'followed.every': 0,
};
const settings = withSettings(trainSettings('sft', 'tiny'), SMALL);

it('a driver that takes all devices leaves the gradients to WebAssembly', async () => {
  const { engine, events } = await startEngine('webgpu');
  let began = 0;
  await engine.listen((event: EngineEvent) => {
    events.push(event);
    if (event.type !== 'train.compiling' || event.ms !== null || ++began > 1) return;
    getWebGPUDevice().destroy();
    void engine.loseDevice();
  });
  expect(unwrap(await engine.train({ runId: 'a', settings }))).toMatchObject({
    state: 'done',
    step: 2,
  });
  const { metrics } = unwrap(await engine.trainCheckpoint('a'));
  await engine.dispose();
  const said = events.flatMap((event) => (event.type === 'train.step' ? [event.metrics.step] : []));
  expect(said).toEqual([1, 2]);
  expect(metrics.map(({ step }) => step)).toEqual([1, 2]);
  for (const { loss } of metrics) expect(Number.isFinite(loss)).toBe(true);
  expect(events.some(({ type }) => type === 'device.recovered')).toBe(true);
  const compiling = events.flatMap((event) =>
    event.type === 'train.compiling' && event.ms === null ? [event.what] : [],
  );
  expect(compiling.at(-1)).toMatch(/with WebAssembly/);
}, 600_000);

// After the test above, so with gradients from WebAssembly: only the engine's device is in question here.
it("the engine's device alone, lost in a step, costs a run nothing but time", async () => {
  const { engine, events } = await startEngine('webgpu');
  let began = 0;
  await engine.listen((event: EngineEvent) => {
    events.push(event);
    if (event.type === 'train.compiling' && event.ms === null && ++began === 1)
      void engine.loseDevice();
  });
  // Rollouts and teachers of every step need the device.
  const sampled = withSettings(trainSettings('vigos', 'tiny'), {
    ...SMALL,
    'sampling.maxNewTokens': 12,
  });
  expect(unwrap(await engine.train({ runId: 'b', settings: sampled }))).toMatchObject({
    state: 'done',
    step: 2,
  });
  await engine.dispose();
  const said = events.flatMap((event) => (event.type === 'train.step' ? [event.metrics.step] : []));
  expect(said).toEqual([1, 2]);
  const recovered = events.flatMap((event) =>
    event.type === 'device.recovered' ? [event.backend.name] : [],
  );
  expect(recovered).toEqual(['webgpu']);
  expect(events.some(({ type }) => type === 'device.failed')).toBe(false);
}, 600_000);
