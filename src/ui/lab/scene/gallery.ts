/** Which scenes the gallery offers: a family's items of the test splits, drawn by a shuffle seed. */

import { hashText, Random } from '../../../base/random.ts';
import type { Picture } from '../../../world/render.ts';
import { renderScene, WORLD_EDGE } from '../../../world/render.ts';
import { type Split, type WorldItem, worldItem } from '../../../world/split.ts';

export type GalleryFamily = WorldItem['family'];

export const FAMILIES: readonly { family: GalleryFamily; label: string; hint: string }[] = [
  {
    family: 'prior',
    label: 'Prior',
    hint: 'Groups of three: usual first, then not.',
  },
  { family: 'general', label: 'General', hint: 'What is there?' },
  { family: 'math', label: 'Maths', hint: 'Counting, sums, clocks and charts.' },
  { family: 'spatial', label: 'Spatial', hint: 'Where are things?' },
  { family: 'expert', label: 'Rules', hint: 'A rule to follow in several steps.' },
];

export interface ScenePlace {
  split: Split;
  index: number;
}

export const GALLERY_SIZE = 6;
/** Prior groups of the gallery's first view: a sun and a strawberry. */
const FIRST_GROUPS = [3, 4];
/** The gallery draws from this many items of each family. */
const POOL = 400;

/** How the test split deals its families out: item `i` belongs to the family at `i % 5`. */
function testIndices(family: GalleryFamily, shuffle: number): number[] {
  const offset = [0, 1, 2, 3, 4].find((i) => worldItem('test', i).family === family) ?? 0;
  const order = Array.from({ length: POOL }, (_, i) => 5 * i + offset);
  const chosen = shuffle === 0 ? order : new Random(hashText(family), shuffle).shuffle(order);
  return chosen.slice(0, GALLERY_SIZE);
}

/** Places of {@link GALLERY_SIZE} scenes of one family; prior scenes come as whole groups of three. */
export function galleryPlaces(family: GalleryFamily, shuffle: number): ScenePlace[] {
  if (family !== 'prior')
    return testIndices(family, shuffle).map((index) => ({ split: 'test', index }));
  const random = new Random(hashText(family), shuffle);
  const groups = shuffle === 0 ? FIRST_GROUPS : [random.int(POOL), random.int(POOL)];
  return groups.flatMap((group) =>
    [0, 1, 2].map((image) => ({ split: 'prior-test' as const, index: 3 * group + image })),
  );
}

const thumbnails = new Map<string, Picture>();

/** A scene's small picture, drawn once. */
export function thumbnail(item: WorldItem): Picture {
  const known = thumbnails.get(item.id);
  if (known !== undefined) return known;
  const picture = renderScene(item.scene, WORLD_EDGE);
  if (thumbnails.size > 200) thumbnails.clear();
  thumbnails.set(item.id, picture);
  return picture;
}
