/** A run goes out as one file and comes back whole; what is broken in one is named. */

import { readFileSync } from 'node:fs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { refusedLater } from '../../base/fixtures/refused.ts';
import { RUN_FORMAT, type RunRecord } from '../../contract/train/run-log.ts';
import { zipStream } from '../../storage/zip-write.ts';
import { runJson } from './fixtures/run-json.ts';
import { checkpointState, evaluation, newRun, stepMetrics } from './fixtures/states.ts';
import { readRunFile, runFiles } from './run-file.ts';
import { logLines, readLog, sortLog, writeLog } from './run-log.ts';
import { memoryRuns, type RunContent } from './run-store.ts';

const checkpoint = checkpointState('run-1', 4);
const { settings, model } = checkpoint;
const record: RunRecord = {
  ...newRun('run-1', 'Über 50 % “Score”'),
  format: RUN_FORMAT,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:05:00.000Z',
  state: 'paused',
  step: 4,
};
const log = {
  metrics: checkpoint.metrics,
  evaluations: checkpoint.evaluations,
  followed: checkpoint.followed,
};
const content: RunContent = { record, log, checkpoint };

async function archive(of = content): Promise<Uint8Array> {
  return new Uint8Array(await new Response(zipStream(await runFiles(of), 'run')).arrayBuffer());
}

const refusal = (bytes: Uint8Array | string) =>
  refusedLater(readRunFile(typeof bytes === 'string' ? strToU8(bytes) : bytes));

test('a run that version 1 wrote opens whole, and goes out as this version’s', async () => {
  const bytes = readFileSync(new URL('./fixtures/version-1.zip', import.meta.url));
  const opened = await readRunFile(new Uint8Array(bytes));
  expect(opened.record).toMatchObject({ format: RUN_FORMAT, step: 2 });
  expect(opened.record.unverified).toBeUndefined();
  expect(opened.checkpoint?.metrics).toEqual(opened.log.metrics);
  expect(opened.log.metrics[1].figures).toMatchObject({ validRate: 1, 'segment.reasoning': 21.5 });
  expect(Object.keys(opened.log.metrics[1].figures)).toContain('divergence.reference');
  expect(await readRunFile(await archive(opened))).toEqual(opened);
});

test('an archive holds record, log, checkpoint and adapter, and comes back whole', async () => {
  const bytes = await archive();
  expect(Object.keys(unzipSync(bytes))).toEqual([
    'run/run.json',
    'run/metrics.jsonl',
    'run/checkpoint.safetensors',
    'run/adapter/README.md',
    'run/adapter/adapter_config.json',
    'run/adapter/adapter_model.safetensors',
  ]);
  expect(await readRunFile(bytes)).toEqual(content);
});

test('fully trained weights go without an adapter', async () => {
  const full = { ...settings, trainable: { kind: 'full', vision: false } as const };
  const files = await runFiles({ ...content, checkpoint: { ...checkpoint, settings: full } });
  expect(files.map(({ path }) => path)).toEqual([
    'run.json',
    'metrics.jsonl',
    'checkpoint.safetensors',
  ]);
});

test('figures alone are one JSON object', async () => {
  expect(await readRunFile(strToU8(await runJson(content)))).toEqual({
    ...content,
    checkpoint: null,
  });
});

test('an imported run gets an id and a name of its own', async () => {
  const store = memoryRuns();
  const first = await store.add(content);
  const second = await store.add(await readRunFile(await archive()));
  expect(first.id).toBe('run-1');
  expect(second.id).not.toBe('run-1');
  expect(second.record.name).toBe(`${record.name} (2)`);
  expect((await second.latest())?.state).toEqual({ ...checkpoint, runId: second.id });
  expect(await second.log()).toEqual(log);
});

describe('what is broken is named', () => {
  const json = (change: object) => JSON.stringify({ ...record, log, ...change });

  test.each([
    ['a later version', json({ format: 'vigos-run/3' }), 'run.newer', /vigos-run\/3/],
    ['another format', json({ format: 'vigos-trace/1' }), 'run.invalid', /vigos-trace\/1/],
    ['no format', '{}', 'run.invalid', /no format/],
    ['cut off', json({}).slice(0, 200), 'run.invalid', /neither a zip archive nor whole JSON/],
    ['a missing field', json({ model: { name: 'x' } }), 'run.invalid', /model\.fingerprint/],
    ['a wrong state', json({ state: 'asleep' }), 'run.invalid', /state/],
    ['an id that is a path', json({ id: '../../x' }), 'run.invalid', /id/],
    [
      'an absurd setting',
      json({ settings: { ...settings, steps: -1 } }),
      'train.invalid-setting',
      /steps/,
    ],
    [
      'a figure that is none',
      json({ log: { ...log, metrics: [{ ...stepMetrics(1), loss: 'x' }] } }),
      'run.invalid',
      /log\.metrics\.0\.loss/,
    ],
  ])('%s', async (_, text, code, said) => {
    const error = await refusal(text);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.where}`).toMatch(said);
  });

  test.each([
    ['run.json', /no run\.json/],
    ['metrics.jsonl', /no metrics\.jsonl/],
  ])('an archive without %s', async (name, said) => {
    const files = unzipSync(await archive());
    delete files[`run/${name}`];
    expect((await refusal(zipSync(files))).message).toMatch(said);
  });

  test('an archive that is cut off, a checkpoint that is damaged or of another model', async () => {
    const whole = await archive();
    expect((await refusal(whole.subarray(0, whole.length / 2))).code).toBe('import.archive');
    const files = unzipSync(whole);
    files['run/checkpoint.safetensors'][3000] ^= 1;
    expect(await refusal(zipSync(files))).toMatchObject({
      code: 'run.changed',
      where: 'checkpoint.safetensors',
    });
    const other = {
      ...content,
      checkpoint: { ...checkpoint, model: { ...model, fingerprint: 'c' } },
    };
    expect((await refusal(await archive(other))).message).toMatch(/another model/);
    const broken = checkpointState('run-1', 4);
    for (const { data } of broken.trainable.values()) data[0] = Number.NaN;
    expect((await refusal(await archive({ ...content, checkpoint: broken }))).code).toBe(
      'checkpoint.not-finite',
    );
  });
});

/** As archives were before they had checksums. */
async function earlier(change: object = {}, of = content): Promise<Record<string, Uint8Array>> {
  const files = unzipSync(await archive(of));
  const { checksum: _, files: __, ...json } = JSON.parse(strFromU8(files['run/run.json']));
  return { ...files, 'run/run.json': strToU8(JSON.stringify({ ...json, ...change })) };
}

describe('a run that is not as it was written', () => {
  test('a change of any member of an archive, or of its record, is told', async () => {
    const files = unzipSync(await archive());
    for (const [path, bytes] of Object.entries(files)) {
      const changed = bytes.slice();
      changed[bytes.length - 2] ^= 1;
      const error = await refusal(zipSync({ ...files, [path]: changed }));
      expect(error.code, path).toMatch(/^run\.(changed|invalid)$/);
    }
    const text = strFromU8(files['run/run.json']).replace('"step": 4', '"step": 3');
    const error = await refusal(zipSync({ ...files, 'run/run.json': strToU8(text) }));
    expect(error).toMatchObject({ code: 'run.changed', where: 'run.json' });
    const figures = (await runJson(content)).replace('2026-11-21T10:00', '2026-11-21T11:00');
    expect((await refusal(figures)).code).toBe('run.changed');
  });

  test('a member that the record names and nobody packed, or the other way round, is told', async () => {
    const { 'run/checkpoint.safetensors': _, ...without } = unzipSync(await archive());
    expect((await refusal(zipSync(without))).code).toBe('run.changed');
    const { 'run/adapter/README.md': __, ...less } = unzipSync(await archive());
    expect((await refusal(zipSync(less))).message).toMatch(/no adapter\/README\.md/);
    const figures = unzipSync(await archive({ ...content, checkpoint: null }));
    const more = unzipSync(await archive())['run/checkpoint.safetensors'];
    const both = zipSync({ ...figures, 'run/checkpoint.safetensors': more });
    expect((await refusal(both)).code).toBe('run.changed');
  });

  test('one without checksums opens as unverified, stays so, and says so in its own export', async () => {
    const opened = await readRunFile(zipSync(await earlier()));
    expect(opened).toEqual({ ...content, record: { ...record, unverified: true } });
    const own = { ...opened.record, id: 'run-3' };
    const kept = await memoryRuns().add({ ...opened, record: own, checkpoint: null });
    expect(kept.record.unverified).toBe(true);
    expect((await readRunFile(await archive(opened))).record.unverified).toBe(true);
    expect((await readRunFile(await archive())).record.unverified).toBeUndefined();
  });

  test.each([
    ['of another run', { id: 'run-2' }, /another run/],
    ['of another model', { model: { ...model, fingerprint: 'c' } }, /another model/],
    ['after the last step', { step: 3 }, /step 4, after its last, 3/],
    ['of other settings', { settings: { ...settings, seed: 5 } }, /other settings/],
  ])('a checkpoint %s is not taken for the run’s', async (_, change, said) => {
    expect((await refusal(zipSync(await earlier(change)))).message).toMatch(said);
  });

  test('a log of another run than the checkpoint’s is told', async () => {
    const files = await earlier();
    const metrics = log.metrics.map((one) => ({ ...one, loss: one.loss + 1 }));
    const other = strToU8(writeLog(logLines({ ...log, metrics })));
    const error = await refusal(zipSync({ ...files, 'run/metrics.jsonl': other }));
    expect(error.message).toMatch(/other figures for step 1/);
  });

  test('a run may go on with another learning rate than its checkpoint had', async () => {
    const optimizer = { ...settings.optimizer, learningRate: 1e-5 };
    const slower = { settings: { ...settings, optimizer } };
    expect((await readRunFile(zipSync(await earlier(slower)))).checkpoint?.step).toBe(4);
  });

  test.each([
    ['step 1e9', { step: 1e9 }],
    ['a step after the last', { step: settings.steps + 1 }],
    ['a log of step 1e15', { log: { ...log, metrics: [{ ...stepMetrics(1), step: 1e15 }] } }],
    [
      'a log after the last step',
      { log: { ...log, evaluations: [evaluation(settings.steps + 1)] } },
    ],
    [
      'a share above 1',
      { log: { ...log, metrics: [{ ...stepMetrics(1), figures: { validRate: 2 } }] } },
    ],
    ['a time that is none', { createdAt: '2026-13-45T10:00:00.000Z' }],
    [
      'a followed rollout without figures of each token',
      { log: { ...log, followed: { ...log.followed, steps: [{ step: 1, divergence: [1] }] } } },
    ],
  ])('%s is out of bounds', async (_, change) => {
    const error = await refusal(JSON.stringify({ ...record, log, ...change }));
    expect(error.code).toBe('run.invalid');
  });

  test('two records are no run, and what belongs to one lies beside it', async () => {
    const files = await earlier();
    const two = zipSync({ ...files, 'other/run.json': files['run/run.json'] });
    expect((await refusal(two)).message).toMatch(/2 files run\.json/);
    const { 'run/checkpoint.safetensors': weights, ...rest } = files;
    const apart = zipSync({ ...rest, 'other/checkpoint.safetensors': weights });
    expect((await refusal(apart)).message).toMatch(/another folder/);
  });
});

describe('the log', () => {
  test('lines that are broken are named, and one that was being written is left out', () => {
    const text = writeLog(logLines(log));
    expect(readLog(`${text}{"type":"step","st`)).toEqual(readLog(text));
    expect(() => readLog(`${text}{"type":"st\n`)).toThrow(/line \d+/);
  });

  test('figures are sorted by kind and step; the later of two lines counts', () => {
    const again = { ...stepMetrics(2), loss: 99 };
    const lines = logLines({ ...log, metrics: [...log.metrics.toReversed(), again] });
    const sorted = sortLog(readLog(writeLog([...lines, { type: 'evaluation', ...evaluation(4) }])));
    expect(sorted.metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(sorted.metrics[1].loss).toBe(99);
    expect(sorted.evaluations.map(({ step }) => step)).toEqual([0, 4]);
    expect(sorted.followed).toEqual(log.followed);
  });
});
