import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  NAMED_METHODS,
  OPSD,
  VIGOS_CODE,
  VIGOS_PAPER,
  withReading,
} from '../../method/named-methods.ts';
import { anyMethod } from './fixtures/any-method.ts';
import { withMethodSettings } from './method-settings.ts';
import { nearestMethod, sameMethod } from './nearest-method.ts';

it('every method is its nearest named method with the changes from it', () => {
  fc.assert(
    fc.property(anyMethod, (method) => {
      const { named, changes } = nearestMethod(method);
      expect(withMethodSettings(named.method, changes)).toEqual(method);
    }),
    { numRuns: 300 },
  );
});

it('a named method is itself with no change, and a change counts against each', () => {
  for (const { id, method } of NAMED_METHODS)
    expect(nearestMethod(method)).toMatchObject({ named: { id }, changes: {} });
  expect(nearestMethod(withReading(VIGOS_PAPER, 'code'))).toMatchObject({
    named: { id: 'vigos' },
    changes: { 'method.reading': 'code' },
  });
  expect(nearestMethod({ ...VIGOS_CODE, temperature: 2 })).toMatchObject({
    named: { id: 'vigos-code' },
    changes: { 'method.temperature': 2 },
  });
  expect(nearestMethod({ ...OPSD, clip: { kind: 'entry', value: 0.2 } })).toMatchObject({
    named: { id: 'opsd' },
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
