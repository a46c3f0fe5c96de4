/** How hard a scene is to read: by how much there is in it that a question may not be about. */

import type { Scene } from './scene.ts';

export type Difficulty = 'easy' | 'medium' | 'hard';
export const DIFFICULTIES: readonly Difficulty[] = ['easy', 'medium', 'hard'];

/**
 * The level of a scene. Easy: one or two things, none covering another, up to three coins, one die, two
 * bars, or a clock. Medium: three things, four to six coins, two dice, three bars. Hard: four things or one
 * that partly covers another, more coins, three dice, four bars.
 */
export function difficultyOf(scene: Scene): Difficulty {
  switch (scene.type) {
    case 'objects':
      if (scene.objects.some(({ inFrontOf }) => inFrontOf !== undefined)) return 'hard';
      return level(scene.objects.length, 2, 3);
    case 'jar':
      return level(scene.coins, 3, 6);
    case 'dice':
      return level(scene.dice.length, 1, 2);
    case 'chart':
      return level(scene.bars.length, 2, 3);
    case 'clock':
      return 'easy';
  }
}

function level(count: number, easy: number, medium: number): Difficulty {
  if (count <= easy) return 'easy';
  return count <= medium ? 'medium' : 'hard';
}
