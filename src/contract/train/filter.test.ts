/** A filter that keeps nothing says how near it was, and what to change. */

import { expect, it } from 'vitest';
import { type FilterSettings, type LookedAt, nothingKept } from './filter.ts';

const settings = { mostFromPicture: 0, leastFromCaption: 0.5 } as FilterSettings;
const looked = (passRate: number, captionRate: number) => ({ passRate, captionRate }) as LookedAt;

it('counts what was missed from the picture and what was solved from the caption', () => {
  const { record } = nothingKept([looked(0, 0.25), looked(0.5, 1), looked(0, 0)], settings);
  expect(record.code).toBe('filter.nothing-kept');
  expect(record.message).toBe(
    'None of 3 questions is kept: 2 are missed from the picture often enough, 1 are solved from the caption often enough, and none is both.',
  );
  expect(record.fix).toContain('Look at more questions');
});
