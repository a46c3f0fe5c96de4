import { expect, it } from 'vitest';
import { DataSets } from '../../data/data-sets.ts';
import { DataStore } from '../../data/data-store.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { worldItem } from '../../world/split.ts';
import { dataItems, shownItem } from './data-items.ts';

const jsonl = (...lines: readonly object[]) =>
  new Blob([lines.map((line) => `${JSON.stringify(line)}\n`).join('')]);

const opened = async (...lines: readonly object[]) => {
  const sets = new DataSets(new DataStore(new MemoryFiles()));
  return sets.take(jsonl(...lines), 'own.jsonl', false);
};

it('asks each row, as many as are wanted; what a file does not say is not known', async () => {
  const set = await opened(
    { problem: 'How many?', answer: 3, family: 'math', wrong_answers: ['4', 5] },
    { question: 'Which colour?', problem: 'Which?', answer: 'red' },
    { problem: 'Why?' },
  );
  const items = dataItems(set, 2);
  expect(items.count).toBe(2);
  const [first, second] = [await items.item(0), await items.item(1)];
  expect(first).toMatchObject({
    id: 'line 1',
    family: 'math',
    image: null,
    wrongAnswers: ['4', '5'],
  });
  expect(first.input('P')).toEqual({ image: null, question: 'How many?', answer: '3' });
  expect(first.truth('a red circle')).toBeNull();
  expect(second.wrongAnswers).toEqual(['3', 'red']);
  expect(await items.mismatched(0)).toBeNull();
  expect((await shownItem(set, 1)).picture).toBeNull();
});

it('knows a row of the world’s own export again, by its scene and its question', async () => {
  const { question, answer, scene, wrongAnswers, description } = worldItem('test', 3);
  const line = { problem: question, answer, file_names: [] };
  const world = { id: 'test-3', wrong_answers: wrongAnswers, scene };
  const items = dataItems(await opened({ ...line, world: JSON.stringify(world) }), 5);
  const known = await items.item(0);
  expect(known.wrongAnswers).toEqual(wrongAnswers);
  expect(known.truth(description)).toMatchObject({ names: true });
  const other = { ...world, scene: { ...scene, background: 99 } };
  const changed = dataItems(await opened({ ...line, world: JSON.stringify(other) }), 5);
  expect((await changed.item(0)).truth(description)).toBeNull();
});
