import { describe, expect, it } from 'vitest';
import { type Picture, renderScene, WORLD_EDGE } from './render.ts';
import { CLEAR, dimmed, renderItem, type Seeing } from './seeing.ts';
import { worldItem } from './split.ts';

const same = (a: Picture, b: Picture) =>
  Buffer.compare(new Uint8Array(a.data.buffer), new Uint8Array(b.data.buffer)) === 0;
const items = Array.from({ length: 20 }, (_, i) => worldItem('test', i));
const seen = (change: Partial<Seeing>) =>
  items.map(({ scene }) => renderItem({ scene, seeing: { ...CLEAR, ...change } }, WORLD_EDGE));
const clear = seen({});

describe('how well a picture can be seen', () => {
  it('is as it is drawn unless it is asked for', () => {
    for (const [i, { scene }] of items.entries()) {
      expect(same(clear[i], renderScene(scene, WORLD_EDGE))).toBe(true);
      expect(renderItem({ scene }, 30).width).toBe(30);
    }
    expect(dimmed(CLEAR)).toBeNull();
    expect(worldItem('test', 3, { seeing: CLEAR })).toEqual(worldItem('test', 3));
  });

  it('leaves scene, question and texts as they are', () => {
    const seeing = { noise: 9, pictureEdge: 40, occlusion: 1 };
    for (const split of ['test', 'prior-test'] as const)
      expect(worldItem(split, 7, { seeing })).toEqual({ ...worldItem(split, 7), seeing });
  });

  it('adds noise of that strength, the same whenever the scene is drawn', () => {
    const noisy = seen({ noise: 10 });
    expect(seen({ noise: 10 }).every((one, i) => same(one, noisy[i]))).toBe(true);
    let [sum, squares, count] = [0, 0, 0];
    for (const [i, { data }] of noisy.entries())
      for (let at = 0; at < data.length; at++) {
        const [before, after] = [clear[i].data[at], data[at]];
        if (at % 4 === 3 && after !== 255) expect.fail('noise makes a picture transparent');
        // Where nothing was cut off at the ends of the scale.
        if (at % 4 === 3 || before < 45 || before > 210) continue;
        sum += after - before;
        squares += (after - before) ** 2;
        count++;
      }
    expect(count).toBeGreaterThan(50_000);
    expect(Math.abs(sum / count)).toBeLessThan(0.1);
    expect(Math.sqrt(squares / count)).toBeCloseTo(10, 1);
  });

  it('draws with few pixels, each of which covers a square', () => {
    for (const { width, data } of seen({ pictureEdge: 28 })) {
      expect(width).toBe(WORLD_EDGE);
      const pixels = new Uint32Array(data.buffer);
      for (let y = 0; y < WORLD_EDGE; y++)
        for (let x = 0; x < WORLD_EDGE; x++)
          if (pixels[y * WORLD_EDGE + x] !== pixels[(y & ~3) * WORLD_EDGE + (x & ~3)])
            expect.fail(`pixel ${x}, ${y} is not that of its square`);
    }
  });

  it('covers that share of things, and those of a low share at a higher too', () => {
    const covered = (occlusion: number) =>
      seen({ occlusion }).map(({ data }, i) =>
        data.reduce((sum, value, at) => sum + Number(value !== clear[i].data[at]), 0),
      );
    const [few, many, all] = [0.3, 0.6, 1].map(covered);
    for (const [i, count] of few.entries()) {
      expect(count).toBeLessThanOrEqual(many[i]);
      expect(many[i]).toBeLessThanOrEqual(all[i]);
      expect(all[i]).toBeGreaterThan(500);
    }
    const total = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    expect(total(few) / total(all)).toBeGreaterThan(0.15);
    expect(total(few) / total(all)).toBeLessThan(0.45);
  });
});
