/** Scenes to pixels: resolution independent, deterministic, without a DOM. */

import { Canvas, type Rgb } from './canvas.ts';
import { DRAWINGS } from './drawings.ts';
import { DIAMETER } from './generate.ts';
import { paintChart, paintClock, paintDice, paintJar } from './instruments.ts';
import { GROUNDS, tonesOf } from './palette.ts';
import { type Path, placed } from './paths.ts';
import { type Scene, type SceneObject, USUAL_PARTS } from './scene.ts';

/** A picture: opaque RGBA, row by row from the top, `width * height * 4` bytes. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Edge of a picture as models are given it, in pixels: that of the built-in model's training. */
export const WORLD_EDGE = 112;

/** A mid grey: no scene, and no picture that training has ever shown. */
const BLANK = 128;

/** A picture of nothing, in the size of another. */
export function blankPicture({ width, height }: Pick<Picture, 'width' | 'height'>): Picture {
  const data = new Uint8ClampedArray(width * height * 4).fill(BLANK);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data };
}

const SHADOW: Rgb = [60, 60, 90];
/** Of no thing, and of no background. */
const BOARD: Rgb = [116, 118, 124];

function paintObject(canvas: Canvas, object: SceneObject): void {
  const { kind, x, y } = object;
  const radius = DIAMETER[object.size] / 2;
  const parts =
    object.parts ?? (kind === 'star' || kind === 'clover' ? USUAL_PARTS[kind].usual : 0);
  const tones = tonesOf(object.color);
  const put = (paths: readonly Path[]) => paths.map((path) => placed(path, x, y, radius));
  canvas.shadow(x, y + 0.98 * radius, 0.85 * radius, 0.2 * radius, SHADOW, 0.28);
  for (const { paths, tone, clip } of DRAWINGS[kind](parts))
    canvas.fill(put(paths), tones[tone], 1, clip === undefined ? undefined : put(clip));
}

/**
 * The picture of a scene; the same arguments give the same bytes.
 *
 * @param size edge of the square picture in pixels
 * @param boards what stands before it all
 */
export function renderScene(scene: Scene, size: number, boards: readonly Path[] = []): Picture {
  const canvas = new Canvas(size, GROUNDS[scene.background % GROUNDS.length]);
  switch (scene.type) {
    case 'objects':
      for (const object of scene.objects) paintObject(canvas, object);
      break;
    case 'jar':
      paintJar(canvas, scene);
      break;
    case 'chart':
      paintChart(canvas, scene);
      break;
    case 'dice':
      paintDice(canvas, scene);
      break;
    case 'clock':
      paintClock(canvas, scene);
      break;
  }
  for (const path of boards) canvas.fill([path], BOARD);
  return { width: size, height: size, data: canvas.data };
}
