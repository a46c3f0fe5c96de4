/** The base with the student's prompt: held-out figures of the untrained model, and no step. */

import type { MakeObjective } from './objective.ts';

export const promptOnly: MakeObjective = () => {
  throw new Error('a recipe that trains nothing makes no step');
};
