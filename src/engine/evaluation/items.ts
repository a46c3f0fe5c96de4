/** What an evaluation asks, picture by picture: the sets of the world, drawn when they are asked for. */

import type { RolloutInput } from '../../contract/engine.ts';
import {
  type EvaluationSet,
  hasGroups,
  picturesOf,
} from '../../contract/evaluation/evaluation-settings.ts';
import { type AskedItem, askedItem, pictureOf } from '../../training/data/asked-item.ts';
import { type ItemOptions, worldItem } from '../../world/split.ts';

export interface ItemSource {
  readonly count: number;
  /** Item `index`, from 0. */
  item(index: number): Promise<AskedItem>;
  /** A picture that is not that of item `index`: the next item's. Null where there is none. */
  mismatched(index: number): Promise<RolloutInput['image']>;
}

/** A set of the world; all its pictures are seen equally well. */
export function worldItems(
  { name, count }: Exclude<EvaluationSet, { readonly name: 'file' }>,
  seen: Pick<ItemOptions, 'seeing'>,
): ItemSource {
  const set = { name, count };
  const groups = hasGroups(set);
  return {
    count: picturesOf(set),
    item: async (index) => askedItem(worldItem(name, index, seen), groups),
    mismatched: async (index) => pictureOf(worldItem(name, index + 1, seen)),
  };
}
