import { expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import { textFile, zipStream } from '../../storage/zip-write.ts';
import { worldItem } from '../../world/split.ts';
import { fileItems } from './file-items.ts';

const jsonl = (...lines: readonly object[]) =>
  new Blob([lines.map((line) => `${JSON.stringify(line)}\n`).join('')]);

const refusal = async (file: Blob) => {
  try {
    await fileItems(file, 'own.jsonl', 10);
  } catch (error) {
    return toErrorRecord(error);
  }
  throw new Error('nothing was refused');
};

it('asks each line, as many as are wanted; what a file does not say is not known', async () => {
  const file = jsonl(
    { problem: 'How many?', answer: 3, family: 'math', wrong_answers: ['4', 5] },
    { question: 'Which colour?', answer: 'red' },
    { problem: 'Why?' },
  );
  const { set, items } = await fileItems(file, 'own.jsonl', 2);
  expect(set).toMatchObject({ name: 'file', file: 'own.jsonl', count: 2 });
  expect(set.name === 'file' && set.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(items.count).toBe(2);
  const [first, second] = [await items.item(0), await items.item(1)];
  expect(first).toMatchObject({ id: 'line 1', family: 'math', image: null, wrongAnswers: ['4'] });
  expect(first.input('P')).toEqual({ image: null, question: 'How many?', answer: '3' });
  expect(first.truth('a red circle')).toBeNull();
  expect(second.wrongAnswers).toEqual(['3', 'red']);
  expect(await items.mismatched(0)).toBeNull();
});

it('knows a line of the world’s own export again, by its scene and its question', async () => {
  const { question, answer, scene, wrongAnswers, description } = worldItem('test', 3);
  const line = { problem: question, answer, file_names: [] };
  const world = { id: 'test-3', wrong_answers: wrongAnswers, scene };
  const zip = zipStream(
    [textFile('metadata.jsonl', JSON.stringify({ ...line, world: JSON.stringify(world) }))],
    'set',
  );
  const { items } = await fileItems(await new Response(zip).blob(), 'set.zip', 5);
  const known = await items.item(0);
  expect(known.wrongAnswers).toEqual(wrongAnswers);
  expect(known.truth(description)).toMatchObject({ names: true });
  const other = { ...world, scene: { ...scene, background: 99 } };
  const changed = await fileItems(jsonl({ ...line, world: JSON.stringify(other) }), 'x', 5);
  expect((await changed.items.item(0)).truth(description)).toBeNull();
});

it('refuses what cannot be asked, by its line', async () => {
  expect(await refusal(new Blob(['']))).toMatchObject({ code: 'evaluation.file' });
  expect(await refusal(new Blob([new Uint8Array([255, 254, 0])]))).toMatchObject({
    code: 'evaluation.file',
  });
  expect((await refusal(jsonl({ problem: 'a' }, { answer: 'b' }))).where).toBe('own.jsonl, line 2');
  const missing = jsonl({ problem: 'a', images: ['gone.png'] });
  const { items } = await fileItems(missing, 'own.jsonl', 1);
  await expect(items.item(0)).rejects.toThrow(/gone\.png/);
});

it('hands out pictures as files, out of the archive or a data: address, and another one beside each', async () => {
  const png = 'data:image/png;base64,iVBORw0KGgo=';
  const { shown } = await fileItems(
    jsonl(
      { problem: 'a', answer: '1', images: [png] },
      { problem: 'b', answer: '2', images: [png] },
      { problem: 'c', answer: '3', images: ['data:image/png;base64,AAAA'] },
    ),
    'own.jsonl',
    3,
  );
  const { picture, mismatched } = await shown(0);
  expect(new Uint8Array((await picture?.arrayBuffer()) ?? [])).toHaveLength(8);
  expect(new Uint8Array((await mismatched?.arrayBuffer()) ?? [])).toHaveLength(3);
  const bad = await fileItems(jsonl({ problem: 'a', images: ['data:text/plain,x'] }), 'own', 1);
  await expect(bad.shown(0)).rejects.toThrow(/base64/);
  await expect(bad.shown(7)).rejects.toThrow(/no line/);
});
