/** Teachers who write by themselves on a run's held-out pictures: who is asked, and who is not asked again. */

import { expect, it } from 'vitest';
import { keyOf } from '../../contract/evaluation/evaluation-comparison.ts';
import type { TeacherLine } from '../../contract/evaluation/evaluation-records.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { modelInUse } from '../../inference/fixtures/counterfactual-model.ts';
import { readTyped } from '../../inference/typed.ts';
import { sourceOf } from '../../training/data/table.ts';
import { responseLine } from '../evaluation/response-line.ts';
import { heldOutTeachers } from './evaluate.ts';

const SAMPLING = { temperature: 1, topP: 1, topK: 0, maxNewTokens: 2 };
const COUNT = 2;

it('asks on the pictures of the first groups, and again only what follows the student’s own description', async () => {
  const { inUse, decoder } = modelInUse();
  const items = sourceOf(trainSettings('vigos', 'tiny')).validation(COUNT);
  const asked = { responses: 1, palr: 0, teachers: 1 };
  const written = new Map<string, TeacherLine>();
  const ask = async (description: string) => {
    const text = ` ${description} </description> <think> It is red. </think> \\boxed{red}`;
    const { ids } = readTyped(text, inUse.assets);
    const answers = items.map(({ asked: item, fact }, index) => {
      const key = { item: index, fact, seed: 1, response: 0 };
      return responseLine(inUse.assets, item, key, ids, 'exact');
    });
    const how = { measure: 'exact', sampling: SAMPLING, seed: 1 } as const;
    const request = { items, problems: [], asked, ...how };
    const pause = async () => undefined;
    const before = decoder.tokens;
    const lines = await heldOutTeachers(
      inUse,
      { ...request, step: 0, written },
      answers,
      pause,
      () => undefined,
    );
    return { lines, tokens: decoder.tokens - before };
  };
  const first = await ask('A leaf.');
  // Questions on their own come before the groups: the first group's pictures are these three.
  expect(new Set(first.lines.map(({ item }) => item))).toEqual(
    new Set([COUNT, COUNT + 1, COUNT + 2]),
  );
  // The image-only form once, five privileged ones with two references each.
  expect(first.lines).toHaveLength(33);
  expect(new Set(first.lines.map(keyOf)).size).toBe(33);

  const again = await ask('A tree and a leaf.');
  expect(again.lines.map(keyOf)).toEqual(first.lines.map(keyOf));
  const others = (lines: readonly TeacherLine[]) =>
    lines.filter(({ form }) => form !== 'reasoning-own');
  expect(others(again.lines)).toEqual(others(first.lines));
  expect(again.tokens).toBeLessThan(first.tokens / 3);
  // Drawn anew, they are the same.
  written.clear();
  expect((await ask('A tree and a leaf.')).lines).toEqual(again.lines);
});
