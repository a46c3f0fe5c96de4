import { expect, it } from 'vitest';
import { dropoutMasks, maskName } from './dropout.ts';

const shapes = new Map([
  ['model.layers.0.mlp.up_proj.lora_A.weight', [4, 64]],
  ['model.layers.0.mlp.up_proj.lora_B.weight', [256, 4]],
  ['model.layers.1.mlp.up_proj.lora_A.weight', [4, 64]],
]);
const up = (layer: number) => `model.layers.${layer}.mlp.up_proj.lora_dropout`;

it('drops its share, keeps the mean, and makes one mask for each A matrix', () => {
  const masks = dropoutMasks(shapes, 0.25, () => 200, 1, 2);
  expect([...masks.keys()]).toEqual([up(0), up(1)]);
  const { shape, data } = masks.get(up(0)) ?? { shape: [], data: new Float32Array() };
  expect(shape).toEqual([200, 64]);
  expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  expect(Math.abs(mean - 1)).toBeLessThan(0.02);
  expect(masks.get(up(1))?.data).not.toEqual(data);
});

it('the same words give the same masks, other words others', () => {
  const one = dropoutMasks(shapes, 0.5, () => 8, 1, 2).get(up(0));
  expect(dropoutMasks(shapes, 0.5, () => 8, 1, 2).get(up(0))).toEqual(one);
  expect(dropoutMasks(shapes, 0.5, () => 8, 1, 3).get(up(0))).not.toEqual(one);
  expect(maskName('a.lora_A.weight')).toBe('a.lora_dropout');
});
