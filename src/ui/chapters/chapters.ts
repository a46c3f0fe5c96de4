/** The chapters, in their order. */

import type { Chapter } from './chapter.ts';
import { answer } from './content/answer.ts';
import { clip } from './content/clip.ts';
import { copy } from './content/copy.ts';
import { divergence } from './content/divergence.ts';
import { leakage } from './content/leakage.ts';
import { looks } from './content/looks.ts';
import { map } from './content/map.ts';
import { scale } from './content/scale.ts';
import { seeFirst } from './content/see-first.ts';
import { staged } from './content/staged.ts';
import { train } from './content/train.ts';
import { who } from './content/who.ts';

export const CHAPTERS: readonly Chapter[] = [
  copy,
  answer,
  seeFirst,
  who,
  divergence,
  clip,
  leakage,
  looks,
  train,
  map,
  staged,
  scale,
];
