import { describe, expect, it } from 'vitest';
import { chartPaths, levelLines } from './chart-paths.ts';
import { heatScale } from './heat-scale.ts';
import type { StripToken } from './view.ts';

const token = (index: number, value: number | null, rest: Partial<StripToken> = {}) => ({
  index,
  text: 'x',
  segment: null,
  teacher: value === null ? ('nobody' as const) : ('perception' as const),
  value,
  noGradient: false,
  ...rest,
});
const upTo = (top: number) => heatScale('linear', [top]);
const bars = (path: string) => path.split('M').length - 1;

describe('the chart’s paths', () => {
  it('are one for each teacher and kind of bar', () => {
    const tokens = [token(0, 1), token(1, 4, { noGradient: true }), token(2, null), token(3, 8)];
    const { paths, cuts, share } = chartPaths(tokens, upTo(4));
    expect(share).toBe(1);
    expect(paths.map(({ teacher, clipped, feet }) => [teacher, clipped, bars(feet)])).toEqual([
      ['perception', false, 2],
      ['perception', true, 1],
      ['nobody', false, 1],
    ]);
    // A quarter of the height for a quarter of the scale; whole and cut beyond it.
    expect(paths[0].bars).toBe('M0.06 100v-25h0.88v25zM3.06 100v-100h0.88v100z');
    expect(paths[2].bars).toBe('');
    expect(cuts).toBe('M3 4h1v3h-1z');
  });

  it('stay few when tokens are many: neighbours share the bar of the largest', () => {
    const values = Array.from({ length: 4096 }, (_, i) => (i === 4090 ? 9 : 1));
    const { paths, share } = chartPaths(
      values.map((value, i) => token(i, value, { noGradient: value > 4 })),
      upTo(9),
    );
    expect(share).toBe(8);
    expect(paths.map(({ clipped, bars: path }) => [clipped, bars(path)])).toEqual([
      [false, 511],
      [true, 1],
    ]);
    expect(bars(levelLines(values, upTo(9)))).toBe(512);
  });

  it('a bar of unsupervised tokens alone is only a foot', () => {
    const tokens = Array.from({ length: 1024 }, (_, i) => token(i, i < 2 ? null : 1));
    const nobody = chartPaths(tokens, upTo(1)).paths.find(({ teacher }) => teacher === 'nobody');
    expect(nobody).toMatchObject({ bars: '' });
    expect(bars(nobody?.feet ?? '')).toBe(1);
  });
});
