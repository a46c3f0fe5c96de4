/** A set that a person brought, as an evaluation asks it; pictures are read when they are asked for. */

import type { RgbaImage } from '../../base/rgba-image.ts';
import type { DataRow, OpenedData } from '../../contract/data/data-row.ts';
import type { EvaluatedItem } from '../../contract/evaluation/evaluation.ts';
import type { FactSetting } from '../../contract/evaluation/evaluation-settings.ts';
import { type AskedItem, askedItem } from '../../training/data/asked-item.ts';
import { SPLIT_NAMES, type WorldItem, worldItem } from '../../world/split.ts';
import type { ItemSource } from './items.ts';

/** The first `count` items of a set. */
export function dataItems(set: OpenedData, count: number): ItemSource {
  const others = otherAnswers(set.rows);
  return {
    count: Math.min(count, set.rows.length),
    item: async (index) => itemOf(set, index, await set.pixels(index), others),
    mismatched: async (index) => {
      const other = mismatchedOf(set, index);
      return other === null ? null : set.pixels(other);
    },
  };
}

/** Item `index` with its pictures as files. Throws `data.damaged`. */
export async function shownItem(set: OpenedData, index: number): Promise<EvaluatedItem> {
  const other = mismatchedOf(set, index);
  return {
    picture: await set.picture(index),
    mismatched: other === null ? null : await set.picture(other),
    wrongAnswers: proposedTo(set.rows[index], otherAnswers(set.rows)),
  };
}

/** The next item about another picture: the one behind may be another question about the same. */
function mismatchedOf({ rows }: OpenedData, index: number): number | null {
  for (let by = 1; by < rows.length; by++) {
    const next = (index + by) % rows.length;
    const { picture } = rows[next];
    if (picture !== null && picture !== rows[index].picture) return next;
  }
  return null;
}

/** The item of the world that a row of `world:export` is, if its question and its scene are still that one's. */
function worldOf({ world, question }: DataRow): WorldItem | null {
  if (world === undefined) return null;
  const said = JSON.parse(world) as { id?: unknown; scene?: unknown };
  const [, name, index] = /^([\w-]+)-(\d+)$/.exec(String(said.id)) ?? [];
  const split = SPLIT_NAMES.find((own) => own === name);
  if (split === undefined) return null;
  const item = worldItem(split, Number(index));
  const same = JSON.stringify(item.scene) === JSON.stringify(said.scene);
  return same && question.endsWith(item.question) ? item : null;
}

function itemOf(
  set: OpenedData,
  index: number,
  image: RgbaImage | null,
  others: readonly string[],
): AskedItem {
  const row = set.rows[index];
  const { id, answer, family = null, usual = null, image: place = null } = row;
  const world = worldOf(row);
  const known = world === null ? null : askedItem(world, false);
  return {
    id,
    family,
    image: set.groups ? place : null,
    usual,
    wrongAnswers: proposedTo(row, others),
    description: row.description ?? known?.description ?? null,
    input: (fact) => ({ image, question: questionIn(row, fact), answer }),
    truth: (description) => known?.truth(description) ?? null,
  };
}

/** A row's question as it is asked in setting F or P. */
const questionIn = ({ fact, question }: DataRow, setting: FactSetting): string =>
  setting === 'F' && fact !== undefined ? `${fact} ${question}` : question;

/** Answers of other rows are proposed where a set brings no wrong ones. */
const proposedTo = ({ wrongAnswers = [] }: DataRow, others: readonly string[]) =>
  wrongAnswers.length > 0 ? wrongAnswers : others;

/** Some answers of the set, each once. */
const otherAnswers = (rows: readonly DataRow[]): readonly string[] =>
  [...new Set(rows.map(({ answer }) => answer).filter((answer) => answer !== ''))].slice(0, 64);
