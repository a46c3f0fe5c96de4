/** Items of the tiny world as a set that goes out: what `world:export` and the Data page write of it. */

import { PlaygroundError } from '../base/errors.ts';
import type { DataRow } from '../contract/data/data-row.ts';
import { MOST_DATA_ITEMS, type WorldExport } from '../contract/data/data-sets.ts';
import { pngOf } from '../training/outward/data-set.ts';
import { renderScene, WORLD_EDGE } from '../world/render.ts';
import { sceneKey } from '../world/scene.ts';
import { SPLIT_NAMES, type WorldItem, worldItem } from '../world/split.ts';
import { type ProblemSplit, type TextProblem, textProblem } from '../world/text-problems.ts';
import type { SetToExport } from './open-set.ts';

/** What the world knows of an item beside its columns, as JSON. */
export const worldText = (item: WorldItem): string =>
  JSON.stringify({
    id: item.id,
    fact: item.fact ?? null,
    wrong_answers: item.wrongAnswers,
    wrong_reasonings: item.wrongReasonings,
    prior: item.prior ?? null,
    scene: item.scene,
  });

/** The same of a problem in words. */
export const problemText = (problem: TextProblem): string =>
  JSON.stringify({ id: problem.id, long_reasoning: problem.longReasoning });

export interface WorldOptions extends WorldExport {
  /** Edge of the pictures in pixels. */
  readonly size?: number;
  readonly usualShare?: number;
}

/**
 * Items `[start, start + count)` of a split with their pictures, which are drawn when they are asked for. Throws
 * {@link PlaygroundError} `data.world` for a split or an amount that there is not.
 */
export function worldSet({
  split,
  start,
  count,
  size = WORLD_EDGE,
  ...more
}: WorldOptions): SetToExport {
  if (
    !SPLIT_NAMES.includes(split) ||
    !isAmount(start, 0, 1e9) ||
    !isAmount(count, 1, MOST_DATA_ITEMS)
  )
    throw new PlaygroundError({
      code: 'data.world',
      message: `There are no items ${start} to ${start + count} of “${split}” to export at once.`,
      fix: `Take one of ${SPLIT_NAMES.join(', ')}, and 1 to ${MOST_DATA_ITEMS} items.`,
      where: 'world',
    });
  const usual = more.usualShare === undefined ? {} : { usualShare: more.usualShare };
  const pictures = new Map<string, number>();
  const items: WorldItem[] = [];
  const rows: DataRow[] = [];
  for (let index = start; index < start + count; index++) {
    const item = worldItem(split, index, usual);
    const key = sceneKey(item.scene);
    const picture = pictures.get(key) ?? pictures.size;
    pictures.set(key, picture);
    items.push(item);
    const { question, answer, family, description, reasoning, wrongAnswers } = item;
    rows.push({
      ...{ id: String(index), line: String(rows.length + 1), question, answer, family },
      ...{ description, reasoning, wrongAnswers, world: worldText(item), picture },
    });
  }
  return {
    name: `world ${split} ${start} to ${start + count - 1}`,
    groups: split === 'prior-test' && start % 3 === 0 && count % 3 === 0,
    rows,
    async picture(index) {
      const bytes = new Uint8Array(pngOf(renderScene(items[index].scene, size)));
      return new File([bytes], `${items[index].id}.png`);
    },
  };
}

/** The same of problems in words, which have no pictures. */
export function problemSet(split: ProblemSplit, start: number, count: number): SetToExport {
  const rows = Array.from({ length: count }, (_, i): DataRow => {
    const problem = textProblem(split, start + i);
    const { question, answer, reasoning } = problem;
    const about = { id: String(start + i), line: String(i + 1), question, answer };
    return { ...about, family: 'problems', reasoning, world: problemText(problem), picture: null };
  });
  const name = `world ${split} ${start} to ${start + count - 1}`;
  return { name, groups: false, rows, picture: async () => null };
}

const isAmount = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;
