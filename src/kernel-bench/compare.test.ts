import { expect, it } from 'vitest';
import { errorsOf } from './compare.ts';

it('takes the wider of the absolute and the relative tolerance at each place', () => {
  const { absolute, tolerances } = errorsOf([1e-7, 100.0005], [0, 100]);
  expect(absolute).toBeCloseTo(5e-4, 8);
  expect(tolerances).toBeCloseTo(0.5, 6);
  expect(errorsOf([2e-6], [0]).tolerances).toBeCloseTo(2, 9);
});

it('never lets what is no number, or a missing value, look exact', () => {
  expect(errorsOf([0, Number.NaN, 0], [0, 0, 0])).toEqual({
    absolute: Number.NaN,
    tolerances: Number.POSITIVE_INFINITY,
  });
  expect(errorsOf([1], [1, 1]).tolerances).toBe(Number.POSITIVE_INFINITY);
  expect(errorsOf([Number.POSITIVE_INFINITY], [1]).tolerances).toBe(Number.POSITIVE_INFINITY);
});
