/** How well a picture can be seen: noise over it, few pixels, things that are covered in part. */

import { hashText, hashWords } from '../base/random.ts';
import { coversOf } from './covers.ts';
import { type Picture, renderScene, WORLD_EDGE } from './render.ts';
import { type Scene, sceneKey } from './scene.ts';

export interface Seeing {
  /** Standard deviation of what is added to each red, green and blue value, in levels of 0 to 255. */
  readonly noise: number;
  /** Pixels of an edge that the picture is drawn with, at most {@link WORLD_EDGE}; each then covers several. */
  readonly pictureEdge: number;
  /** Share of things of which about half is covered, 0..1. */
  readonly occlusion: number;
}

/** Pictures as they are drawn. */
export const CLEAR: Seeing = { noise: 0, pictureEdge: WORLD_EDGE, occlusion: 0 };

/** What of `seeing` there is to say; null for pictures as they are drawn. */
export function dimmed({ noise, pictureEdge, occlusion }: Seeing): Seeing | null {
  const clear =
    noise === CLEAR.noise && pictureEdge === CLEAR.pictureEdge && occlusion === CLEAR.occlusion;
  return clear ? null : { noise, pictureEdge, occlusion };
}

/** Stream of random numbers under a scene. */
const NOISE_STREAM = 1;

/**
 * The picture of a scene as it can be seen: the same arguments give the same bytes, and a scene has the same noise and
 * the same covers wherever it is shown. With noise or few pixels it is {@link WORLD_EDGE} pixels wide whatever `edge`,
 * since these are the very pixels that a model is given.
 *
 * @param edge edge of the square picture in pixels
 */
export function renderItem(
  { scene, seeing = CLEAR }: { readonly scene: Scene; readonly seeing?: Seeing },
  edge: number,
): Picture {
  const { noise, pictureEdge, occlusion } = seeing;
  const covers = coversOf(scene, occlusion);
  if (noise === 0 && pictureEdge === WORLD_EDGE) return renderScene(scene, edge, covers);
  const picture = enlarged(renderScene(scene, pictureEdge, covers), WORLD_EDGE);
  if (noise > 0) addNoise(picture, noise, hashText(sceneKey(scene)));
  return picture;
}

/** Each pixel of the larger picture is that of the smaller one under its centre. */
function enlarged(small: Picture, edge: number): Picture {
  if (small.width === edge) return small;
  const from = new Uint32Array(small.data.buffer);
  const to = new Uint32Array(edge * edge);
  const under = (at: number) => Math.floor(((at + 0.5) * small.width) / edge);
  for (let y = 0; y < edge; y++)
    for (let x = 0; x < edge; x++) to[y * edge + x] = from[under(y) * small.width + under(x)];
  return { width: edge, height: edge, data: new Uint8ClampedArray(to.buffer) };
}

/** Variance of the sum of four bytes: close to normal, in whole numbers alone, so equal on every machine. */
const BYTES_SD = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

function addNoise({ data }: Picture, sd: number, seed: number): void {
  for (let i = 0; i < data.length; i++) {
    if (i % 4 === 3) continue;
    const bits = hashWords(seed, NOISE_STREAM, i);
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    data[i] += Math.round(((sum - 510) * sd) / BYTES_SD);
  }
}
