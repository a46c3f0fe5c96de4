/** Pictures that fill the frame: a jar of coins, a bar chart, dice and a clock, in picture units. */

import { Random } from '../base/random.ts';
import type { Canvas, Rgb } from './canvas.ts';
import { INK, PAPER, tonesOf } from './palette.ts';
import { curve, ellipse, grown, hole, type Path, placed, rectangle, stroke } from './paths.ts';
import type { ChartScene, ClockScene, DiceScene, JarScene } from './scene.ts';

const GLASS: Rgb = [206, 226, 238];
const GLASS_EDGE: Rgb = [112, 138, 160];
const LID: Rgb = [150, 160, 174];
const GOLD: Rgb = [240, 184, 40];
const GOLD_EDGE: Rgb = [138, 84, 8];
const GOLD_LIGHT: Rgb = [254, 224, 120];
const GRID: Rgb = [206, 208, 216];
const SHADOW: Rgb = [60, 60, 90];

const COIN_RADIUS = 0.072;

/** Where a thing lies, in picture units. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const JAR_BOX: Box = { left: 0.14, top: 0.08, right: 0.86, bottom: 0.91 };

/** Centres of the coins: a pile in which each coin lies on the ground or in the gap of two others. */
function pile(coins: number, seed: number): { x: number; y: number }[] {
  const random = new Random(seed, coins);
  const taken = new Set<number>();
  const key = (row: number, column: number) => row * 8 + column;
  const result: { x: number; y: number }[] = [];
  while (result.length < coins) {
    const free: [number, number][] = [];
    for (let row = 0; row < 4; row++) {
      const length = row % 2 === 0 ? 4 : 3;
      for (let column = 0; column < length; column++) {
        if (taken.has(key(row, column))) continue;
        const [left, right] = row % 2 === 0 ? [column - 1, column] : [column, column + 1];
        const held = (at: number) =>
          at < 0 || at > (row % 2 === 0 ? 2 : 3) || taken.has(key(row - 1, at));
        if (row === 0 || (held(left) && held(right))) free.push([row, column]);
      }
    }
    const [row, column] = random.pick(free);
    taken.add(key(row, column));
    result.push({
      x: 0.5 + (column - (row % 2 === 0 ? 1.5 : 1)) * 0.158 + (random.next() - 0.5) * 0.008,
      y: 0.8 - row * 0.14 + (random.next() - 0.5) * 0.004,
    });
  }
  return result;
}

function paintCoin(canvas: Canvas, x: number, y: number): void {
  const r = COIN_RADIUS;
  canvas.fill([ellipse(x, y, r)], GOLD_EDGE);
  canvas.fill([ellipse(x, y, r - 0.008)], GOLD);
  canvas.fill([ellipse(x, y, r * 0.62), hole(ellipse(x, y, r * 0.5))], GOLD_EDGE, 0.45);
  canvas.fill([ellipse(x - r * 0.34, y - r * 0.42, r * 0.24, r * 0.12, -0.7)], GOLD_LIGHT);
}

export function paintJar(canvas: Canvas, scene: JarScene): void {
  const glass = curve(
    'M.3 .17 L.7 .17 C.7 .26 .86 .26 .86 .38 L.86 .8 C.86 .87 .82 .91 .75 .91 L.25 .91 C.18 .91 .14 .87 .14 .8 L.14 .38 C.14 .26 .3 .26 .3 .17 Z',
  );
  canvas.shadow(0.5, 0.905, 0.46, 0.06, SHADOW, 0.28);
  canvas.fill([grown(glass, 0.012)], GLASS_EDGE);
  canvas.fill([glass], GLASS);
  canvas.fill([placed(glass, 0.03, 0.03, 0.94)], PAPER, 0.35);
  for (const { x, y } of pile(scene.coins, scene.seed)) paintCoin(canvas, x, y);
  canvas.fill([stroke('M.2 .42 C.19 .5 .19 .58 .19 .66', 0.022)], PAPER, 0.85);
  canvas.fill([ellipse(0.2, 0.73, 0.011)], PAPER, 0.85);
  const lid = rectangle(0.26, 0.08, 0.74, 0.185, 0.05);
  canvas.fill([grown(lid, 0.01)], [86, 96, 112]);
  canvas.fill([lid], LID);
  canvas.fill([rectangle(0.3, 0.1, 0.7, 0.122, 0.02)], PAPER, 0.45);
}

/** Digits 1 to 6 in a box one unit high, as strokes. */
const DIGITS: Readonly<Record<number, string>> = {
  1: 'M.12 .2 L.32 .02 L.32 1',
  2: 'M.06 .26 C.1 -.08 .6 -.08 .6 .28 C.6 .54 .2 .7 .06 1 L.62 1',
  3: 'M.08 .04 L.56 .04 L.3 .4 C.74 .42 .74 1 .32 1 C.18 1 .1 .94 .04 .84',
  4: 'M.5 1 L.5 .02 L.04 .7 L.68 .7',
  5: 'M.58 .04 L.16 .04 L.12 .46 C.3 .32 .64 .4 .62 .7 C.6 1.04 .2 1.08 .04 .86',
  6: 'M.52 .04 C.26 .16 .08 .42 .08 .7 C.08 1.1 .62 1.1 .62 .7 C.62 .34 .14 .34 .09 .66',
};

function digit(value: number, x: number, y: number, height: number): Path {
  return placed(stroke(DIGITS[value] ?? 'M0 .5 L.5 .5', 0.17), x, y, height);
}

/** The plot of a chart: its sides, its floor, and the height of one. */
const [left, right, floor, step] = [0.15, 0.94, 0.9, 0.132];

export function barBoxes({ bars }: ChartScene): Box[] {
  const slot = (right - left) / bars.length;
  const width = Math.min(0.17, slot * 0.66);
  return bars.map(({ value }, i) => {
    const x = left + slot * (i + 0.5) - width / 2;
    return { left: x, top: floor - value * step, right: x + width, bottom: floor };
  });
}

export function paintChart(canvas: Canvas, scene: ChartScene): void {
  canvas.fill([rectangle(left, 0.06, right, floor)], PAPER, 0.75);
  for (let value = 1; value <= 6; value++) {
    const y = floor - value * step;
    canvas.fill([rectangle(left, y - 0.003, right, y + 0.003)], GRID);
    canvas.fill([digit(value, 0.07, y - 0.026, 0.052)], INK, 0.85);
  }
  const boxes = barBoxes(scene);
  const slot = (right - left) / scene.bars.length;
  const width = Math.min(0.17, slot * 0.66);
  for (const [i, bar] of scene.bars.entries()) {
    const tones = tonesOf(bar.color);
    const { left: x, top } = boxes[i];
    const body = rectangle(x, top, x + width, floor);
    canvas.fill([grown(body, 0.009)], tones.outline);
    canvas.fill([body], tones.base);
    canvas.fill([rectangle(x + width * 0.8, top, x + width, floor)], tones.shade);
    canvas.fill(
      [rectangle(x + width * 0.1, top + 0.02, x + width * 0.2, floor - 0.02, 0.01)],
      tones.light,
    );
    for (let value = 1; value < bar.value; value++) {
      const y = floor - value * step;
      canvas.fill([rectangle(x, y - 0.005, x + width, y + 0.005)], tones.outline, 0.8);
    }
  }
  canvas.fill([rectangle(left - 0.012, 0.05, left, floor + 0.012)], INK);
  canvas.fill([rectangle(left - 0.012, floor, right, floor + 0.012)], INK);
}

/** Pip places on a 3 by 3 grid, in reading order, for each value. */
const PIPS: Readonly<Record<number, readonly number[]>> = {
  1: [4],
  2: [2, 6],
  3: [2, 4, 6],
  4: [0, 2, 6, 8],
  5: [0, 2, 4, 6, 8],
  6: [0, 2, 3, 5, 6, 8],
};

interface Placed {
  readonly x: number;
  readonly y: number;
}

/** How the dice lie: centres, turns (radians), and the edge of each. */
function dicePlaces({ dice, seed }: DiceScene): {
  readonly edge: number;
  readonly places: readonly (Placed & { readonly turn: number })[];
} {
  const random = new Random(seed, dice.length);
  const count = dice.length;
  const places = dice.map((_, i) => ({
    x: count === 1 ? 0.5 : 0.5 + (i - (count - 1) / 2) * (count === 2 ? 0.46 : 0.315),
    y: 0.5 + (random.next() - 0.5) * (count === 1 ? 0.1 : 0.24),
    turn: (random.next() - 0.5) * 0.3,
  }));
  return { edge: [0.46, 0.36, 0.27][count - 1], places };
}

/** The square box of what lies around a point, in picture units. */
export const boxAround = ({ x, y }: Placed, radius: number): Box => ({
  left: x - radius,
  top: y - radius,
  right: x + radius,
  bottom: y + radius,
});

export function diceBoxes(scene: DiceScene): Box[] {
  const { edge, places } = dicePlaces(scene);
  return places.map((place) => boxAround(place, edge / 2));
}

export function paintDice(canvas: Canvas, scene: DiceScene): void {
  const { edge, places } = dicePlaces(scene);
  for (const [i, die] of scene.dice.entries()) {
    const tones = tonesOf(die.color);
    const { x, y, turn } = places[i];
    const put = (path: Path) => placed(path, x, y, edge / 2, turn);
    canvas.shadow(x, y + edge * 0.52, edge * 0.62, edge * 0.14, SHADOW, 0.3);
    const body = rectangle(-1, -1, 1, 1, 0.34);
    const face = rectangle(-0.88, -0.92, 0.86, 0.8, 0.34);
    canvas.fill([put(grown(body, 0.05))], tones.outline);
    canvas.fill([put(body)], tones.shade);
    canvas.fill([put(face)], tones.base);
    const light = die.color === 'yellow' || die.color === 'pink' || die.color === 'orange';
    for (const place of PIPS[die.value] ?? []) {
      const [px, py] = [((place % 3) - 1) * 0.54, (Math.floor(place / 3) - 1) * 0.54 - 0.05];
      canvas.fill([put(ellipse(px, py, 0.185))], light ? INK : PAPER);
    }
  }
}

function clockPlace({ seed, hour }: ClockScene): Placed & { readonly radius: number } {
  const random = new Random(seed, hour);
  const radius = 0.36 + random.next() * 0.04;
  const x = 0.5 + (random.next() - 0.5) * 0.1;
  return { radius, x, y: 0.48 + (random.next() - 0.5) * 0.06 };
}

export function clockBox(scene: ClockScene): Box {
  const place = clockPlace(scene);
  return boxAround(place, place.radius);
}

export function paintClock(canvas: Canvas, scene: ClockScene): void {
  const { radius, x, y } = clockPlace(scene);
  const tones = tonesOf(scene.color);
  const put = (path: Path, turn = 0) => placed(path, x, y, radius, turn);
  canvas.shadow(x, y + radius * 1.06, radius * 0.8, radius * 0.14, SHADOW, 0.3);
  for (const side of [-1, 1])
    canvas.fill([put(stroke(`M${side * 0.5} .8 L${side * 0.66} 1.06`, 0.18))], tones.outline);
  canvas.fill([put(ellipse(0, 0, 1.06))], tones.outline);
  canvas.fill([put(ellipse(0, 0, 1))], tones.shade);
  canvas.fill([put(ellipse(-0.03, -0.03, 0.96))], tones.base);
  canvas.fill([put(ellipse(0, 0, 0.8))], tones.outline);
  canvas.fill([put(ellipse(0, 0, 0.76))], PAPER);
  for (let hour = 1; hour <= 12; hour++) {
    const major = hour % 3 === 0;
    const tick = stroke(major ? 'M0 -.56 L0 -.68' : 'M0 -.63 L0 -.68', major ? 0.08 : 0.055);
    canvas.fill([put(tick, (hour * Math.PI) / 6)], INK, major ? 1 : 0.7);
  }
  canvas.fill([put(stroke('M0 .1 L0 -.58', 0.045))], INK, 0.9);
  const hand = put(stroke('M0 .06 L0 -.4', 0.13), (scene.hour * Math.PI) / 6);
  canvas.fill([grown(hand, 0.006)], PAPER);
  canvas.fill([hand], tones.outline);
  canvas.fill([put(ellipse(0, 0, 0.1))], INK);
  canvas.fill([put(ellipse(0, 0, 0.04))], PAPER);
}
