/** Runs in memory, and what is left of them when something breaks off. */

import { describe, expect, test, vi } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { checkpointState, newRun, stepMetrics } from './fixtures/states.ts';
import { codeOf, storeCases } from './fixtures/store-cases.ts';
import { memoryRuns, openRuns, RunStore } from './run-store.ts';

describe('in memory', () => {
  const store = new RunStore(new MemoryFiles());
  storeCases(async () => store);
});

/** Memory that ends: at most so many bytes in all. */
class SmallFiles extends MemoryFiles {
  limit = Number.POSITIVE_INFINITY;

  override async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await super.write(folder, name, bytes);
    let used = 0;
    for (const file of await this.files(folder)) used += file.bytes;
    if (used <= this.limit) return;
    // What browsers leave of a file that did not fit.
    await super.write(folder, name, bytes.subarray(0, 100));
    throw new PlaygroundError({ code: 'storage.full', message: '', fix: '' });
  }
}

test('without a private file system runs are in memory, and the reason is told', async () => {
  const { runs, problem } = await openRuns();
  expect(runs.lasting).toBe(false);
  expect(problem).toMatchObject({ code: 'storage.refused', fix: expect.stringMatching(/export/) });
});

test('where space runs out, older checkpoints make room and the last stays', async () => {
  const area = new SmallFiles();
  const run = await new RunStore(area).create(newRun('full'));
  await run.saveCheckpoint(checkpointState('full', 1));
  await run.saveCheckpoint(checkpointState('full', 2));
  const entries = await run.checkpoints();
  const used = (await area.files('full')).reduce((sum, { bytes }) => sum + bytes, 0);
  area.limit = used + 5000;
  await run.saveCheckpoint(checkpointState('full', 3));
  expect((await run.checkpoints()).map(({ step }) => step)).toEqual([3, 2]);
  area.limit = entries[0].bytes + 6000;
  expect(await codeOf(run.saveCheckpoint(checkpointState('full', 4)))).toBe('storage.full');
  expect((await run.latest())?.state.step).toBe(3);
});

test('a checkpoint that was cut off is passed over for the one before, and cleared away', async () => {
  const area = new MemoryFiles();
  const run = await new RunStore(area).create(newRun('cut'));
  await run.saveCheckpoint(checkpointState('cut', 1));
  await run.saveCheckpoint(checkpointState('cut', 2));
  const [{ file }] = await run.checkpoints();
  const bytes = (await area.read('cut', file)) ?? new Uint8Array();
  await area.write('cut', file, bytes.subarray(0, bytes.length - 8));
  const latest = await run.latest();
  expect(latest?.state.step).toBe(1);
  expect(latest?.damaged).toEqual([file]);
  await run.rewind(1);
  expect((await run.checkpoints()).map(({ step }) => step)).toEqual([1]);
});

test('a checkpoint with a weight that is no number is passed over too', async () => {
  const run = await memoryRuns().create(newRun('nan'));
  await run.saveCheckpoint(checkpointState('nan', 1));
  const broken = checkpointState('nan', 2);
  for (const { data } of broken.trainable.values()) data[3] = Number.NaN;
  await run.saveCheckpoint(broken);
  const latest = await run.latest();
  expect(latest?.state.step).toBe(1);
  expect(latest?.damaged).toHaveLength(1);
});

test('the state before the last one is that of an earlier step', async () => {
  const run = await memoryRuns().create(newRun('earlier'));
  expect(await run.earlier()).toBeNull();
  await run.saveCheckpoint(checkpointState('earlier', 4));
  expect(await run.earlier()).toBeNull();
  await run.saveCheckpoint(checkpointState('earlier', 8));
  expect((await run.earlier())?.step).toBe(4);
});

test('a line that was being added does not hide the others', async () => {
  const area = new MemoryFiles();
  const run = await new RunStore(area).create(newRun('line'));
  await run.append([{ type: 'step', ...stepMetrics(1) }]);
  await area.append('line', 'metrics.jsonl', new TextEncoder().encode('{"type":"step","st'));
  expect((await run.log()).metrics).toEqual([stepMetrics(1)]);
  await run.rewind(1);
  await run.append([{ type: 'step', ...stepMetrics(2) }]);
  expect((await run.log()).metrics).toEqual([stepMetrics(1), stepMetrics(2)]);
});

test('a run whose record is broken or of a later version is listed with the reason', async () => {
  const area = new MemoryFiles();
  const store = new RunStore(area);
  await area.write('broken', 'run.json', new TextEncoder().encode('{"format":'));
  await area.append('broken', 'metrics.jsonl', new TextEncoder().encode('{}'));
  await area.write('newer', 'run.json', new TextEncoder().encode('{"format":"vigos-run/3"}'));
  const codes = (await store.list()).map((entry) =>
    entry.ok ? '' : `${entry.id} ${entry.error.code}`,
  );
  expect(codes.sort()).toEqual(['broken run.damaged', 'newer run.newer']);
  await store.delete('broken');
  expect((await store.list()).length).toBe(1);
});

test('runs that start at the same moment get numbers of their own', async () => {
  const store = memoryRuns();
  const ids = ['a', 'b', 'c', 'd'];
  const runs = await Promise.all(
    ids.map((id) => store.create({ ...newRun(id, 'Mine'), numbered: true })),
  );
  expect(runs.map(({ record }) => record.name)).toEqual(['Mine 1', 'Mine 2', 'Mine 3', 'Mine 4']);
  const named = await Promise.all(ids.map((id) => store.rename(id, 'Same')));
  expect(new Set(named).size).toBe(4);
});

test('the run that was started or gone on with last comes first, whatever the clock says', async () => {
  const store = memoryRuns();
  const order = async () =>
    (await store.list()).map((entry) => (entry.ok ? entry.record.id : entry.id));
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    for (const [id, now] of [
      ['before', '2026-11-21T10:00:00Z'],
      ['same', '2026-11-21T10:00:00Z'],
      ['back', '1999-01-01T00:00:00Z'],
      ['ahead', '2099-01-01T00:00:00Z'],
      ['now', '2026-11-21T10:00:01Z'],
    ]) {
      vi.setSystemTime(now);
      await (await store.create(newRun(id))).close('paused');
    }
    expect(await order()).toEqual(['now', 'ahead', 'back', 'same', 'before']);
    vi.setSystemTime('1970-01-01T00:00:00Z');
    const run = await store.open('same');
    await run.update({ step: 0 });
    await run.close();
    expect(await order()).toEqual(['same', 'now', 'ahead', 'back', 'before']);
  } finally {
    vi.useRealTimers();
  }
});

test('a name that is given while the run is deleted brings nothing back', async () => {
  const area = new MemoryFiles();
  const store = new RunStore(area);
  await (await store.create(newRun('gone'))).close();
  const deleted = store.delete('gone');
  const renamed = codeOf(store.rename('gone', 'Back'));
  await deleted;
  expect(['none', 'run.missing']).toContain(await renamed);
  await store.delete('gone');
  expect(await area.folders()).toEqual([]);
});
