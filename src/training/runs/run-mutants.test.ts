/** Nothing that happens to a run's archive is taken in without a word. */

import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import {
  byteMutants,
  difference,
  expectNoneSilent,
  jsonMutants,
  type Mutant,
} from '../../base/fixtures/mutants.ts';
import { RUN_FORMAT, type RunRecord } from '../../contract/train/run-log.ts';
import { zipStream } from '../../storage/zip-write.ts';
import { runJson } from './fixtures/run-json.ts';
import { checkpointState, newRun } from './fixtures/states.ts';
import { readRunFile, runFiles } from './run-file.ts';
import { readLog } from './run-log.ts';
import type { RunContent } from './run-store.ts';

function contentOf(id: string, step: number): RunContent {
  const checkpoint = checkpointState(id, step);
  const { metrics, evaluations, followed } = checkpoint;
  const record: RunRecord = {
    ...newRun(id, `Run ${id}`),
    format: RUN_FORMAT,
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T10:05:00.000Z',
    state: 'paused',
    step,
  };
  return { record, log: { metrics, evaluations, followed }, checkpoint };
}

type Members = Record<string, Uint8Array>;

const content = contentOf('run-1', 3);
let archive: Uint8Array;
let members: Members;
let others: Members[];
/** As it was before archives had checksums. */
let earlier: Members;
beforeAll(async () => {
  const zipped = async (of: RunContent) =>
    new Uint8Array(await new Response(zipStream(await runFiles(of), 'run')).arrayBuffer());
  archive = await zipped(content);
  members = unzipSync(archive);
  others = [
    unzipSync(await zipped(contentOf('run-2', 3))),
    unzipSync(await zipped(contentOf('run-1', 2))),
    unzipSync(await zipped({ ...content, checkpoint: null })),
  ];
  const { checksum: _, files: __, ...record } = JSON.parse(strFromU8(members['run/run.json']));
  earlier = { ...members, 'run/run.json': strToU8(JSON.stringify(record)) };
});

const stored = (files: Members) => zipSync(files, { level: 0 });
const same = (found: RunContent) => difference(found, content);

test('every change of the archive’s bytes is told', async () => {
  const tally = await expectNoneSilent(byteMutants(archive, 700, 1), readRunFile, same);
  expect(tally.refused).toBeGreaterThan(550);
});

test('every change of a record, a log or figures alone is told', async () => {
  const record = JSON.parse(strFromU8(members['run/run.json']));
  const rewritten = function* (): Generator<Mutant<Uint8Array>> {
    for (const { what, value } of jsonMutants(record, 200, 2))
      yield { what, value: stored({ ...members, 'run/run.json': strToU8(value) }) };
  };
  await expectNoneSilent(rewritten(), readRunFile, same);
  const figures = JSON.parse(await runJson(content));
  const alone = { ...content, checkpoint: null };
  const texts = function* (): Generator<Mutant<Uint8Array>> {
    for (const { what, value } of jsonMutants(figures, 150, 3))
      yield { what, value: strToU8(value) };
  };
  await expectNoneSilent(texts(), readRunFile, (found, { what }) =>
    found.record.unverified && what.endsWith(' at /checksum') ? null : difference(found, alone),
  );
});

test('an archive without checksums is marked, and what is taken in is within its bounds', async () => {
  const record = JSON.parse(strFromU8(earlier['run/run.json']));
  const lines = strFromU8(members['run/metrics.jsonl']).trim().split('\n');
  const changed = function* (): Generator<Mutant<Uint8Array>> {
    for (const { what, value } of jsonMutants(record, 150, 4))
      yield { what, value: stored({ ...earlier, 'run/run.json': strToU8(value) }) };
    for (const [i, line] of lines.entries())
      for (const { what, value } of jsonMutants(JSON.parse(line), 12, 5 + i)) {
        const log = `${lines.with(i, value).join('\n')}\n`;
        yield { what, value: stored({ ...earlier, 'run/metrics.jsonl': strToU8(log) }) };
      }
  };
  await expectNoneSilent(changed(), readRunFile, (found) => {
    if (found.record.unverified !== true) return 'it is not marked';
    const { record: own, log } = found;
    const steps = [own.step, ...log.metrics.map(({ step }) => step)];
    if (steps.some((step) => !(step <= own.settings.steps))) return 'a step is out of bounds';
    return difference(found.checkpoint, content.checkpoint);
  });
});

test('a member of another run is told, with checksums and without', async () => {
  const swapped = function* (own: Members): Generator<Mutant<Uint8Array>> {
    for (const [i, other] of others.entries())
      for (const path of Object.keys(other)) {
        yield { what: `${path} of run ${i}`, value: stored({ ...own, [path]: other[path] }) };
        const { [path]: _, ...rest } = own;
        yield { what: `without ${path}`, value: stored(rest) };
      }
  };
  await expectNoneSilent(swapped(members), readRunFile, same);
  await expectNoneSilent(swapped(earlier), readRunFile, (found, { what }) => {
    if (found.record.unverified !== true) return same(found);
    // A log alone may be shorter than its run, and an adapter is not read back.
    const log = /metrics|adapter/.test(what) ? content.log : found.log;
    return found.checkpoint === null && !what.startsWith('without run/checkpoint')
      ? 'its checkpoint is gone'
      : difference(log, content.log);
  });
});

test('a log is read line by line or not at all', async () => {
  const bytes = members['run/metrics.jsonl'];
  const known = readLog(strFromU8(bytes)).map((line) => JSON.stringify(line));
  // What a log alone cannot tell, its checksum in the archive does; here only that nothing breaks.
  await expectNoneSilent(
    byteMutants(bytes, 150, 9),
    (mutant) => readLog(strFromU8(mutant)),
    (lines) => (lines.length <= known.length + 1 ? null : 'there are more lines than were written'),
  );
});
