import { expect, it } from 'vitest';
import { MemoryFiles } from '../../storage/file-area.ts';
import { EvaluationSets } from './sets.ts';

const file = (...questions: readonly string[]) =>
  new Blob(questions.map((problem) => `${JSON.stringify({ problem, answer: 'red' })}\n`));
const taken = { name: 'own.jsonl', count: 9, keep: true };

it('keeps the file of a set for the next worker, and gives its items', async () => {
  const area = new MemoryFiles();
  const { set } = await new EvaluationSets(area).taken(file('a', 'b'), taken);
  const next = new EvaluationSets(area);
  const { items, shown } = await next.opened(set);
  expect(items.count).toBe(2);
  expect((await items.item(1)).input('P').question).toBe('b');
  expect(await shown(1)).toEqual({ picture: null, mismatched: null, wrongAnswers: ['red'] });
  await next.keepOnly(new Set());
  expect(await area.folders()).toEqual([]);
  await expect(next.opened({ ...set, count: 1 })).rejects.toMatchObject({
    record: { code: 'evaluation.no-file' },
  });
});

it('takes the very file again, and no other; one that was cut off is none', async () => {
  const area = new MemoryFiles();
  const { set } = await new EvaluationSets(new MemoryFiles()).taken(file('a'), taken);
  const sets = new EvaluationSets(area);
  await expect(sets.take(file('b'), set)).rejects.toMatchObject({
    record: { code: 'evaluation.other-file' },
  });
  await sets.take(file('a'), set);
  expect((await sets.opened(set)).items.count).toBe(1);
  await area.write(set.fingerprint, 'set', new TextEncoder().encode('{"problem":"x"}'));
  await expect(new EvaluationSets(area).opened(set)).rejects.toMatchObject({
    record: { code: 'evaluation.no-file' },
  });
  expect(await area.folders()).toEqual([]);
});
