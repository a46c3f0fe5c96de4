import { describe, expect, it } from 'vitest';
import { Canvas } from './canvas.ts';
import { curve, ellipse, grown, hole, type Path, placed, rectangle, stroke } from './paths.ts';

/** Painted area in picture units: white on black, so that a channel is coverage. */
function paintedArea(size: number, paths: readonly Path[], clip?: readonly Path[]): number {
  const canvas = new Canvas(size, [0, 0, 0]);
  canvas.fill(paths, [255, 255, 255], 1, clip);
  let sum = 0;
  for (let i = 0; i < canvas.data.length; i += 4) sum += canvas.data[i];
  return sum / 255 / (size * size);
}

describe('the rasteriser', () => {
  it('covers a pixel by the exact share of its area', () => {
    const canvas = new Canvas(4, [0, 0, 0]);
    canvas.fill([rectangle(0.25, 0.25, 0.5625, 0.625)], [200, 100, 40]);
    const pixel = (x: number, y: number) => [
      ...canvas.data.slice(4 * (4 * y + x), 4 * (4 * y + x) + 4),
    ];
    expect(pixel(1, 1)).toEqual([200, 100, 40, 255]);
    expect(pixel(2, 1)).toEqual([50, 25, 10, 255]);
    expect(pixel(1, 2)).toEqual([100, 50, 20, 255]);
    expect(pixel(2, 2)).toEqual([25, 12, 5, 255]);
    expect(pixel(3, 3)).toEqual([0, 0, 0, 255]);
  });

  it.each([16, 57, 112])('paints a circle of the right area at %i pixels', (size) => {
    expect(paintedArea(size, [ellipse(0.5, 0.5, 0.3)])).toBeCloseTo(Math.PI * 0.09, 2);
  });

  it('cuts holes out and does not count an overlap twice', () => {
    const ring = [ellipse(0.5, 0.5, 0.4), hole(ellipse(0.5, 0.5, 0.2))];
    expect(paintedArea(112, ring)).toBeCloseTo(Math.PI * 0.12, 2);
    const twice = [rectangle(0.25, 0.25, 0.75, 0.75), rectangle(0.25, 0.25, 0.75, 0.75)];
    expect(paintedArea(112, twice)).toBeCloseTo(0.25, 5);
  });

  it('keeps a clipped fill inside the clip, on whichever side the clip reaches further', () => {
    const fill = rectangle(0.25, 0.25, 0.75, 0.75);
    expect(paintedArea(112, [fill], [rectangle(0, 0, 0.5, 1)])).toBeCloseTo(0.125, 3);
    expect(paintedArea(112, [fill], [rectangle(0.5, 0, 1, 0.5)])).toBeCloseTo(0.0625, 3);
    expect(paintedArea(112, [fill], [rectangle(0, 0, 1, 1)])).toBeCloseTo(0.25, 3);
    expect(paintedArea(112, [fill], [rectangle(0, 0.8, 1, 1)])).toBe(0);
  });

  it('paints only what lies in the picture', () => {
    expect(paintedArea(112, [rectangle(-0.5, -0.5, 0.5, 0.5)])).toBeCloseTo(0.25, 3);
    expect(paintedArea(112, [rectangle(0.5, 0.5, 1.5, 1.5)])).toBeCloseTo(0.25, 3);
    expect(paintedArea(112, [ellipse(0, 0.5, 0.3)])).toBeCloseTo(Math.PI * 0.045, 2);
    expect(paintedArea(112, [ellipse(1, 1, 0.3)])).toBeCloseTo(Math.PI * 0.0225, 2);
    expect(paintedArea(112, [ellipse(3, 3, 0.3)])).toBe(0);
  });

  it('darkens a shadow smoothly to nothing at its edge', () => {
    const canvas = new Canvas(100, [255, 255, 255]);
    canvas.shadow(0.5, 0.5, 0.4, 0.2, [0, 0, 0], 0.5);
    const row = Array.from({ length: 50 }, (_, x) => canvas.data[4 * (50 * 100 + x)]);
    for (const [x, value] of row.entries())
      if (x > 0) expect(value).toBeLessThanOrEqual(row[x - 1]);
    expect(row[8]).toBe(255);
    expect(row[49]).toBeLessThan(135);
  });
});

describe('paths', () => {
  it('grows outwards by the distance asked, and holes inwards', () => {
    expect(paintedArea(224, [grown(ellipse(0.5, 0.5, 0.3), 0.05)])).toBeCloseTo(
      Math.PI * 0.1225,
      2,
    );
    const square = grown(rectangle(0.3, 0.3, 0.7, 0.7), 0.1);
    expect(paintedArea(224, [square])).toBeCloseTo(0.16 + 4 * 0.04 + Math.PI * 0.01, 2);
    const ring = [rectangle(0.1, 0.1, 0.9, 0.9), grown(hole(ellipse(0.5, 0.5, 0.3)), 0.1)];
    expect(paintedArea(224, ring)).toBeCloseTo(0.64 - Math.PI * 0.04, 2);
  });

  it('gives a line its width and round ends', () => {
    const line = stroke('M.2 .5 L.8 .5', 0.1);
    expect(paintedArea(224, [line])).toBeCloseTo(0.06 + Math.PI * 0.0025, 3);
  });

  it('reads SVG letters whichever way the outline runs', () => {
    const clockwise = curve('M.2 .2 L.8 .2 L.8 .8 L.2 .8 Z');
    const counter = curve('M.2 .2 L.2 .8 L.8 .8 L.8 .2 Z');
    expect(paintedArea(50, [clockwise])).toBeCloseTo(0.36, 3);
    expect(paintedArea(50, [counter])).toBeCloseTo(0.36, 3);
    expect(paintedArea(112, [curve('M.2 .5 Q.5 -.1 .8 .5 Z')])).toBeCloseTo((2 / 3) * 0.6 * 0.3, 2);
  });

  it('scales, turns and moves without changing the shape', () => {
    const square = rectangle(-1, -1, 1, 1);
    expect(paintedArea(112, [placed(square, 0.5, 0.5, 0.2, 0.7)])).toBeCloseTo(0.16, 3);
  });
});
