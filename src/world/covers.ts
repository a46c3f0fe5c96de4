/** What stands before things, so that they are seen in part: a grey board over about half of each. */

import { hashText, Random } from '../base/random.ts';
import { DIAMETER } from './generate.ts';
import { type Box, barBoxes, boxAround, clockBox, diceBoxes, JAR_BOX } from './instruments.ts';
import { type Path, rectangle } from './paths.ts';
import { type Scene, sceneKey } from './scene.ts';

/** Part of a thing’s box that its board leaves out. */
const LEFT_OUT = 0.5;
/** Stream of random numbers under a scene. */
const COVERS_STREAM = 2;

/** The boards of a scene: each thing has one with probability `share`, and what is covered at a low share stays so at a higher. */
export function coversOf(scene: Scene, share: number): Path[] {
  if (share === 0) return [];
  const random = new Random(hashText(sceneKey(scene)), COVERS_STREAM);
  return thingsOf(scene).flatMap((box) => {
    const covered = random.chance(share);
    const side = random.int(4);
    return covered ? [board(box, side)] : [];
  });
}

/** A board over one half of a box, and a little beyond its outer edges. */
function board({ left, top, right, bottom }: Box, side: number): Path {
  const [across, down] = [(right - left) * LEFT_OUT, (bottom - top) * LEFT_OUT];
  const rim = 0.1 * Math.max(right - left, bottom - top);
  const from = [left - rim, top - rim, right + rim, bottom + rim];
  if (side === 0) from[0] = left + across;
  if (side === 1) from[1] = top + down;
  if (side === 2) from[2] = right - across;
  if (side === 3) from[3] = bottom - down;
  return rectangle(from[0], from[1], from[2], from[3]);
}

function thingsOf(scene: Scene): Box[] {
  switch (scene.type) {
    case 'objects':
      return scene.objects.map((object) => boxAround(object, DIAMETER[object.size] / 2));
    case 'jar':
      return [JAR_BOX];
    case 'chart':
      return barBoxes(scene);
    case 'dice':
      return diceBoxes(scene);
    case 'clock':
      return [clockBox(scene)];
  }
}
