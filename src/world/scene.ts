/** What a picture of the tiny world can hold, as plain data; every picture, question and text comes from it. */

export const COLORS = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
] as const;
export type ColorName = (typeof COLORS)[number];

/** Shapes without a usual look. */
export const SHAPES = ['circle', 'square', 'triangle', 'ring', 'diamond'] as const;
export type Shape = (typeof SHAPES)[number];

/** Things with a usual colour: the language prior lives here. */
export const USUAL_COLOR = {
  strawberry: 'red',
  carrot: 'orange',
  banana: 'yellow',
  leaf: 'green',
  drop: 'blue',
  grapes: 'purple',
  pig: 'pink',
  acorn: 'brown',
  sun: 'yellow',
  heart: 'red',
  whale: 'blue',
  tree: 'green',
} as const satisfies Record<string, ColorName>;
export type Thing = keyof typeof USUAL_COLOR;
export const THINGS = Object.keys(USUAL_COLOR) as Thing[];

/** Things with a usual number of parts, what the parts are called, and the numbers that occur. */
export const USUAL_PARTS = {
  star: { part: 'point', usual: 5, range: [4, 5, 6, 7] },
  clover: { part: 'leaf', usual: 3, range: [2, 3, 4, 5] },
} as const;
export type PartedThing = keyof typeof USUAL_PARTS;
export const PARTED_THINGS = Object.keys(USUAL_PARTS) as PartedThing[];

export type Kind = Shape | Thing | PartedThing;
export const KINDS: readonly Kind[] = [...SHAPES, ...THINGS, ...PARTED_THINGS];

export type Size = 'small' | 'large';

/** Cells of the 3×3 grid in reading order, as they are said. */
export const POSITIONS = [
  'top left',
  'top',
  'top right',
  'left',
  'center',
  'right',
  'bottom left',
  'bottom',
  'bottom right',
] as const;

export interface SceneObject {
  kind: Kind;
  color: ColorName;
  size: Size;
  /** Index into {@link POSITIONS}. */
  cell: number;
  /** Centre, in 0..1 of the picture's side; the origin is the top left corner. */
  x: number;
  y: number;
  /** Points of a star, leaves of a clover. */
  parts?: number;
  /** Index of the object that this one partly covers; always painted later. */
  inFrontOf?: number;
}

export interface ObjectsScene {
  type: 'objects';
  background: number;
  /** In painting order: later ones are in front. */
  objects: SceneObject[];
}
export interface JarScene {
  type: 'jar';
  background: number;
  coins: number;
  /** Decides how the coins lie. */
  seed: number;
}
export interface ChartScene {
  type: 'chart';
  background: number;
  bars: { color: ColorName; value: number }[];
}
export interface DiceScene {
  type: 'dice';
  background: number;
  dice: { value: number; color: ColorName }[];
  seed: number;
}
export interface ClockScene {
  type: 'clock';
  background: number;
  /** 1..12, full hours. */
  hour: number;
  color: ColorName;
  seed: number;
}
export type Scene = ObjectsScene | JarScene | ChartScene | DiceScene | ClockScene;

/** Number of pale backgrounds a scene can choose from. */
export const BACKGROUNDS = 6;

/** A canonical text of a scene: equal scenes have equal keys, which is how splits stay apart. */
export function sceneKey(scene: Scene): string {
  return JSON.stringify(scene);
}
