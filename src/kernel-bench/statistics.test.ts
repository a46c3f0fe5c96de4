import { describe, expect, it } from 'vitest';
import { fitLine, median } from './statistics.ts';

describe('median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 100])).toBe(3.5);
    expect(median([7])).toBe(7);
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('fitLine', () => {
  it('finds a line that is met exactly', () => {
    const fit = fitLine([1, 2, 4], [5, 7, 11]);
    expect(fit.slope).toBeCloseTo(2, 12);
    expect(fit.intercept).toBeCloseTo(3, 12);
    expect(fit.r2).toBeCloseTo(1, 12);
  });

  // Anscombe's first data set, whose regression is in the textbooks: y = 3.0001 + 0.5001 x, R² = 0.6665.
  it('agrees with a known regression', () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const fit = fitLine(x, y);
    expect(fit.intercept).toBeCloseTo(3.0001, 4);
    expect(fit.slope).toBeCloseTo(0.5001, 4);
    expect(fit.r2).toBeCloseTo(0.6665, 4);
  });

  it('is perfect where nothing varies', () => {
    expect(fitLine([1, 2, 3], [4, 4, 4])).toEqual({ slope: 0, intercept: 4, r2: 1 });
  });
});
