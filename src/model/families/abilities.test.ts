/** What a model asks of a device and of training is refused with its figure or reason, before anything is tried. */

import { expect, it } from 'vitest';
import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { checkDevice, requireDifferentiable } from './abilities.ts';

function errorOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof PlaygroundError) return toErrorRecord(error);
  }
  return null;
}

it('a GPU whose buffers hold the largest tensor is taken, and one whose binding does not is refused with both sizes', () => {
  const needs = { weightBytes: 6e9, largestTensorBytes: 1.2e9 };
  const limits = { maxBufferSize: 4e9, maxStorageBufferBindingSize: 1.2e9 };
  expect(errorOf(() => checkDevice(needs, limits))).toBeNull();
  for (const small of [
    { ...limits, maxStorageBufferBindingSize: 1e9 },
    { ...limits, maxBufferSize: 1e9 },
  ])
    expect(errorOf(() => checkDevice(needs, small))).toMatchObject({
      code: 'model.too-large-for-gpu',
      message: expect.stringMatching(/1\.2 GB.* 1\.0 GB/),
      detail: { bytes: 1.2e9, limit: 1e9 },
    });
});

it('a model that cannot be trained says why when it is to be', () => {
  const reason = 'Its weights are kept in 4 bits.';
  const abilities = {
    precision: 'float32',
    needs: { weightBytes: 1, largestTensorBytes: 1 },
  } as const;
  const without = {
    differentiable: null,
    abilities: { ...abilities, canTrain: { can: true }, canScore: { can: true } },
  } as const;
  expect(errorOf(() => requireDifferentiable(without))).toMatchObject({
    code: 'model.cannot-train',
  });
  const refused = {
    differentiable: null,
    abilities: { ...abilities, canTrain: { can: false, reason }, canScore: { can: true } },
  } as const;
  expect(errorOf(() => requireDifferentiable(refused))).toMatchObject({
    code: 'model.cannot-train',
    message: reason,
    fix: expect.stringContaining('the built-in one'),
  });
});
