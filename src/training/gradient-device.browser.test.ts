/** jax-js' own GPU device goes away: that is noticed, and gradients are computed without it. */

import { getWebGPUDevice } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import {
  fixtureExamples,
  fixtureGradients,
  openFrozen,
  openTrainer,
  relativeError,
  settingsOf,
} from './fixtures/parity-step.ts';

test('a lost device ends the step by its name, and the next trainer has PyTorch’s gradient without it', async () => {
  const { frozen, assets } = await openFrozen('webgpu');
  // Without teachers, which a software adapter takes seconds for.
  const settings = settingsOf('sft');
  const { examples, planned } = await fixtureExamples(frozen, assets, settings);
  const prompts = examples.map(({ student }) => student);
  const completions = planned.map(({ ids }) => ids);
  const compiled: string[] = [];
  const attempt = async (onCompile: () => void) => {
    const trainer = await openTrainer(frozen, settings, 'webgpu');
    try {
      return await trainer.gradient({ examples, prompts, completions }, 1, {
        pause: async () => undefined,
        onCompile: (what) => {
          compiled.push(what);
          onCompile();
          return () => undefined;
        },
      });
    } finally {
      await trainer.release();
    }
  };
  const lost = await attempt(() => getWebGPUDevice().destroy()).then(
    () => null,
    (error: unknown) => toErrorRecord(error),
  );
  expect(lost).toMatchObject({ code: 'train.gradient-gpu-lost' });
  const { gradients } = await attempt(() => undefined);
  expect(compiled.at(-1)).toMatch(/with WebAssembly as its GPU is gone/);
  const expected = await fixtureGradients();
  expect(gradients.size).toBeGreaterThan(0);
  for (const [name, values] of gradients)
    expect(
      relativeError(values, expected.get(`sft/${name}`) ?? new Float32Array()),
      name,
    ).toBeLessThan(1e-3);
}, 600_000);
