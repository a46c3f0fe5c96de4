/** What strips call their lanes, and the tag that stands before the first token. */

import type { Lane } from './view.ts';

export const LANES: Record<Lane['name'], string> = {
  sampled: 'Sampled',
  description: 'Description',
  reasoning: 'Reasoning',
  answer: 'Answer',
};

export const PREFILL = '<description>';
