/** The chapters, in their order. */

import type { Chapter } from './chapter.ts';
import { answer } from './content/answer.ts';
import { copy } from './content/copy.ts';
import { seeFirst } from './content/see-first.ts';
import { who } from './content/who.ts';

export const CHAPTERS: readonly Chapter[] = [copy, answer, seeFirst, who];
