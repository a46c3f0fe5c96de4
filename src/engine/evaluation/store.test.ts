import { expect, it } from 'vitest';
import { figuresOfLines } from '../../contract/evaluation/evaluation-figures.ts';
import type {
  EvaluationLine,
  EvaluationRecord,
} from '../../contract/evaluation/evaluation-records.ts';
import { EVALUATION_PRESETS } from '../../contract/evaluation/evaluation-settings.ts';
import { responseLine } from '../../contract/evaluation/fixtures/evaluation-lines.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { EvaluationStore } from './store.ts';

const [{ settings }] = EVALUATION_PRESETS;

const line = (item: number): EvaluationLine =>
  responseLine(item, { answer: null, correct: false, strict: false, reason: 'It has no box.' });

const record = (id: string, updatedAt = '2026-01-02T03:04:05.000Z'): EvaluationRecord => ({
  format: 'vigos-evaluation/1',
  id,
  name: 'Base',
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt,
  state: 'paused',
  version: '1',
  model: { name: 'tiny', parameters: 10, fingerprint: 'ab', student: null },
  backend: 'wasm',
  settings,
  ms: 12.5,
  figures: figuresOfLines(settings, [line(0), line(1)]),
});

it('keeps records and lines as they are', async () => {
  const store = new EvaluationStore(new MemoryFiles());
  await store.write(record('one'));
  await store.append('one', [line(0)]);
  await store.append('one', [line(1), line(2)]);
  expect(await store.record('one')).toEqual(record('one'));
  expect(await store.lines('one')).toEqual([line(0), line(1), line(2)]);
  expect(await store.record('other')).toBeNull();
  expect(await store.lines('other')).toEqual([]);
});

it('leaves out what was cut off or changed, and goes on behind it', async () => {
  const area = new MemoryFiles();
  const store = new EvaluationStore(area);
  await store.append('one', [line(0), line(1)]);
  const bytes = (await area.read('one', 'lines.jsonl')) ?? new Uint8Array();
  const text = new TextDecoder().decode(bytes).replace('prior-test-0', 'prior-test-9');
  await area.write('one', 'lines.jsonl', new TextEncoder().encode(`${text}{"type":"ans`));
  const again = new EvaluationStore(area);
  expect(await again.lines('one')).toEqual([line(1)]);
  await again.append('one', [line(2)]);
  expect(await again.lines('one')).toEqual([line(1), line(2)]);
});

it('lists the last first, names what it cannot read, and deletes for good', async () => {
  const area = new MemoryFiles();
  const store = new EvaluationStore(area);
  await store.write(record('one'));
  await store.write(record('two', '2026-01-03T03:04:05.000Z'));
  await area.write('broken', 'evaluation.json', new TextEncoder().encode('{"format":"vigos'));
  const { records, broken } = await store.list();
  expect(records.map(({ id }) => id)).toEqual(['two', 'one']);
  expect(broken).toMatchObject([{ evaluationId: 'broken', error: { code: 'evaluation.invalid' } }]);
  await store.remove('two');
  expect((await store.list()).records.map(({ id }) => id)).toEqual(['one']);
});
