import { describe, expect, it } from 'vitest';
import { formatBytes, formatMs, formatNats, formatPercent } from './format.ts';

describe('numbers on the page', () => {
  it('nats keep about three significant digits and a true minus sign', () => {
    expect(formatNats(0)).toBe('0');
    expect(formatNats(0.000321)).toBe('3.2e−4');
    expect(formatNats(0.0123)).toBe('0.0123');
    expect(formatNats(1.23456)).toBe('1.235');
    expect(formatNats(23.456)).toBe('23.5');
    expect(formatNats(-0.5)).toBe('−0.500');
  });

  it('nats say what is not a figure', () => {
    expect(formatNats(Number.NaN)).toBe('not a number');
    expect(formatNats(Number.POSITIVE_INFINITY)).toBe('∞');
    expect(formatNats(Number.NEGATIVE_INFINITY)).toBe('−∞');
  });

  it('a probability is never rounded up to certainty or down to nothing', () => {
    expect(formatPercent(1)).toBe('100\u202f%');
    expect(formatPercent(0.99999)).toBe('>99.9\u202f%');
    expect(formatPercent(0)).toBe('0\u202f%');
    expect(formatPercent(0.00001)).toBe('<0.01\u202f%');
    expect(formatPercent(0.0042)).toBe('0.42\u202f%');
    expect(formatPercent(0.6321)).toBe('63.2\u202f%');
  });

  it('sizes and times carry their unit', () => {
    expect(formatBytes(11_700_000)).toBe('11.7\u202fMB');
    expect(formatBytes(2 ** 30)).toBe('1.1\u202fGB');
    expect(formatMs(38.4)).toBe('38\u202fms');
    expect(formatMs(1234)).toBe('1.23\u202fs');
  });
});
