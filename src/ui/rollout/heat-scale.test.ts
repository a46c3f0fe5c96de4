import { describe, expect, it } from 'vitest';
import { heatScale, LOG_SCALE } from './heat-scale.ts';

describe('the logarithmic scale', () => {
  it('has the same ends whatever is on show, so that strength says how large and not how it ranks', () => {
    expect(heatScale('log', [4e-5, 2e-5])).toBe(LOG_SCALE);
    expect(LOG_SCALE.at(1e-5)).toBe(0);
    expect(LOG_SCALE.at(10)).toBe(1);
    expect(LOG_SCALE.at(0.01)).toBeCloseTo(0.5, 12);
    // A description of 4e-5 nats beside a contradiction of 5.
    expect(LOG_SCALE.at(4e-5)).toBeCloseTo(0.1, 2);
    expect(LOG_SCALE.at(5)).toBeCloseTo(0.95, 2);
  });

  it('keeps to its ends', () => {
    for (const none of [null, 0, -0.2, 1e-9, Number.NaN]) expect(LOG_SCALE.at(none)).toBe(0);
    expect(LOG_SCALE.at(50)).toBe(1);
    expect(LOG_SCALE.marks.map(({ at }) => Number(at.toFixed(6)))).toEqual([
      0, 0.333333, 0.666667, 1,
    ]);
  });
});

describe('the scales of what is on show', () => {
  it('linear goes from 0 to the largest', () => {
    const scale = heatScale('linear', [null, 1, 4]);
    expect([0, 1, 4, 8].map(scale.at)).toEqual([0, 0.25, 1, 1]);
    expect(scale.marks.map(({ text }) => text)).toEqual(['0', '2.000', '4.000']);
  });

  it('percentile says how a value ranks', () => {
    const scale = heatScale('percentile', [3, null, 1, 2, 1]);
    expect([1, 2, 3, 99].map(scale.at)).toEqual([0, 2 / 3, 1, 1]);
    expect(scale.at(null)).toBe(0);
  });

  it('nothing measured draws nothing', () => {
    for (const name of ['linear', 'percentile'] as const) {
      const scale = heatScale(name, [null, null]);
      expect([scale.at(null), scale.at(1), scale.top]).toEqual([0, 0, 0]);
      expect(scale.marks).toEqual([]);
    }
    expect(heatScale('linear', [-1]).at(-1)).toBe(0);
  });
});
