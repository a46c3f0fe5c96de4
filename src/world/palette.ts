/** The world's colours: eight far apart in CIELAB, their tones, the backgrounds and the neutrals. */

import type { Rgb } from './canvas.ts';
import type { ColorName } from './scene.ts';

/** The paints a drawing may ask for; all but the neutrals follow the object's colour. */
export type Tone =
  | 'base'
  | 'shade'
  | 'light'
  | 'dark'
  | 'outline'
  | 'ink'
  | 'stem'
  | 'mist'
  | 'paper';

export type Tones = Readonly<Record<Tone, Rgb>>;

/** The colours that objects are named by; a test holds the least pairwise distance. */
export const PAINTS: Readonly<Record<ColorName, Rgb>> = {
  red: [222, 45, 46],
  orange: [245, 137, 28],
  yellow: [250, 217, 42],
  green: [49, 163, 78],
  blue: [46, 112, 222],
  purple: [128, 62, 188],
  pink: [252, 150, 202],
  brown: [134, 84, 48],
};

/** What each colour darkens towards: the same hue, as an illustrator would mix it. */
const DEEP: Readonly<Record<ColorName, Rgb>> = {
  red: [122, 12, 34],
  orange: [158, 66, 4],
  yellow: [164, 106, 0],
  green: [10, 82, 46],
  blue: [16, 46, 124],
  purple: [62, 20, 108],
  pink: [176, 56, 124],
  brown: [66, 36, 18],
};

/** Pale grounds: cream, sky, mint, lavender, blush, cloud. */
export const GROUNDS: readonly Rgb[] = [
  [252, 246, 232],
  [232, 242, 251],
  [233, 247, 238],
  [241, 238, 250],
  [252, 239, 238],
  [243, 244, 246],
];

export const INK: Rgb = [44, 42, 56];
export const PAPER: Rgb = [255, 255, 255];

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

export function tonesOf(color: ColorName): Tones {
  const base = PAINTS[color];
  const deep = DEEP[color];
  return {
    base,
    shade: mix(base, deep, 0.26),
    light: mix(base, PAPER, 0.5),
    dark: mix(base, deep, 0.55),
    outline: mix(base, deep, 0.9),
    ink: INK,
    stem: [92, 96, 84],
    mist: [138, 152, 170],
    paper: PAPER,
  };
}
