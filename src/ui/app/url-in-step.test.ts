import { expect, it } from 'vitest';
import { historyStep } from './url-in-step.ts';

it('makes another scene, view or level a step to go back from, and nothing else', () => {
  const here = { split: 'test', index: 3, view: 'all', level: 'all' } as const;
  expect(historyStep(here, { ...here })).toBe('replaceState');
  expect(historyStep(here, { ...here, index: 4 })).toBe('pushState');
  expect(historyStep(here, { ...here, split: 'train' })).toBe('pushState');
  expect(historyStep(here, { ...here, view: 'start' })).toBe('pushState');
  expect(historyStep(here, { ...here, level: 'loss' })).toBe('pushState');
});
