import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OPSD, VIGOS_CODE, VIGOS_PAPER, withReading } from '../method/presets.ts';
import { anyMethod } from './fixtures/any-method.ts';
import { METHOD_PRESETS, nearestPreset, sameMethod } from './method-presets.ts';
import { withMethodSettings } from './method-settings.ts';

it('every method is its nearest preset with the changes from it', () => {
  fc.assert(
    fc.property(anyMethod, (method) => {
      const { preset, changes } = nearestPreset(method);
      expect(withMethodSettings(preset.method, changes)).toEqual(method);
    }),
    { numRuns: 300 },
  );
});

it('a preset is itself with no change, and a change counts against each', () => {
  for (const { id, method } of METHOD_PRESETS)
    expect(nearestPreset(method)).toMatchObject({ preset: { id }, changes: {} });
  expect(nearestPreset(withReading(VIGOS_PAPER, 'code'))).toMatchObject({
    preset: { id: 'vigos' },
    changes: { 'method.reading': 'code' },
  });
  expect(nearestPreset({ ...VIGOS_CODE, temperature: 2 })).toMatchObject({
    preset: { id: 'vigos-code' },
    changes: { 'method.temperature': 2 },
  });
  expect(nearestPreset({ ...OPSD, clip: { kind: 'entry', value: 0.2 } })).toMatchObject({
    preset: { id: 'opsd' },
    changes: { 'method.clip.value': 0.2 },
  });
});

it('two methods are the same only with every number the same', () => {
  expect(sameMethod(VIGOS_PAPER, { ...VIGOS_PAPER })).toBe(true);
  for (const other of [
    { ...VIGOS_PAPER, temperature: 2 },
    { ...VIGOS_PAPER, lambdas: { ...VIGOS_PAPER.lambdas, reference: 5 } },
    { ...VIGOS_PAPER, clip: { kind: 'token', value: 0.2 } },
  ] as const)
    expect(sameMethod(VIGOS_PAPER, other)).toBe(false);
});
