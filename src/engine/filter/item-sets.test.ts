/** Sets of measured questions that a browser keeps: one that is damaged is named, and the others are listed all the same. */

import { expect, it } from 'vitest';
import type { FilteredItems } from '../../contract/train/filter.ts';
import { filterSettings } from '../../contract/train/filter-validate.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { ItemSets } from './item-sets.ts';

it('lists what it can read, names what it cannot, and deletes either', async () => {
  const area = new MemoryFiles();
  await area.write('sets', 'broken.json', new TextEncoder().encode('{"format":"vigos-'));
  const sets = new ItemSets(area);
  expect(await sets.list()).toEqual({ sets: [], damaged: ['broken'] });
  await sets.put({ id: 'other', settings: filterSettings() } as FilteredItems);
  expect((await sets.list()).damaged.toSorted()).toEqual(['broken', 'other']);
  await sets.remove('broken');
  expect((await sets.list()).damaged).toEqual(['other']);
});
