import { expect, it } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';

const logits = Float32Array.of(9, 9, 9, 0.5, -1, 2, 0, 0, 0);
const rows = [
  { row: 1, id: 0 },
  { row: 2, id: 2 },
];

it('is the mean of −log p, with its own slope by finite differences', () => {
  const gradient = new Float32Array(9);
  const { loss, entropy, losses } = crossEntropy(logits, 3, rows, gradient);
  const z = Math.exp(0.5) + Math.exp(-1) + Math.exp(2);
  expect(loss).toBeCloseTo((Math.log(z) - 0.5 + Math.log(3)) / 2, 6);
  expect([...losses].map((x) => x / 2).reduce((a, b) => a + b)).toBeCloseTo(loss, 12);
  expect(entropy).toBeLessThan(Math.log(3));
  expect([...gradient.subarray(0, 3)]).toEqual([0, 0, 0]);
  for (let i = 3; i < 9; i++) {
    const moved = (by: number) => {
      const other = logits.slice();
      other[i] += by;
      return crossEntropy(other, 3, rows, new Float32Array(9)).loss;
    };
    expect(gradient[i]).toBeCloseTo((moved(1 / 64) - moved(-1 / 64)) * 32, 3);
  }
});

it('shows which row is no number', () => {
  const broken = logits.slice();
  broken[7] = Number.NaN;
  const { losses } = crossEntropy(broken, 3, rows, new Float32Array(9));
  expect([...losses].map(Number.isFinite)).toEqual([true, false]);
});
