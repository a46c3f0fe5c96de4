import { expect, it } from 'vitest';
import { historyStep } from './url-in-step.ts';

it('makes another scene a step to go back from, and nothing else', () => {
  const here = { split: 'test', index: 3 } as const;
  expect(historyStep(here, { ...here })).toBe('replaceState');
  expect(historyStep(here, { split: 'test', index: 4 })).toBe('pushState');
  expect(historyStep(here, { split: 'train', index: 3 })).toBe('pushState');
});
