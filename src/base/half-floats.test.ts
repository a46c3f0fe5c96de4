import { expect, test } from 'vitest';
import { narrowHalves, widenHalves } from './half-floats.ts';

test('every number of 16 bits comes back from 32, and halfway between two goes to the even one', () => {
  const finite = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter(
    (bits) => (bits & 0x7c00) !== 0x7c00 || (bits & 0x3ff) === 0,
  );
  const wide = widenHalves(finite);
  expect(narrowHalves(wide)).toEqual(finite);
  const positive = wide.filter((value, i) => finite[i] < 0x7c00 && value >= 0);
  const halfway = positive.subarray(0, -1).map((value, i) => (value + positive[i + 1]) / 2);
  expect(narrowHalves(halfway)).toEqual(
    Uint16Array.from(halfway, (_, i) => (i % 2 === 0 ? i : i + 1)),
  );
});

test('what is too large becomes infinite, what is too small nothing, and what is no number stays none', () => {
  const values = Float32Array.of(65519, 65520, -1e30, 2 ** -25, -(2 ** -25) * 1.01, Number.NaN);
  const found = widenHalves(narrowHalves(values));
  expect([...found]).toEqual([65504, Infinity, -Infinity, 0, -(2 ** -24), Number.NaN]);
});
