/** Parquet and Arrow as pyarrow writes them (tools/fixtures/rollout_tables.py) give the rows that were written. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import { byteMutants, expectNoneSilent } from '../../base/fixtures/mutants.ts';
import { readFiles } from './read-files.ts';

const FOLDER = 'src/rollouts/fixtures/tables';
const BODY = ' a red leaf.</description>\n<think>It is red.</think>\n\\boxed{red}';
const PICTURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3);
const ROWS = Array.from({ length: 6 }, (_, i) => ({
  step: '25',
  prompt: `Frage ${i} “ä”`,
  completion: i % 2 === 0 ? BODY : ' broken',
  accuracy_reward: i % 2 === 0 ? 1 : 0,
  advantage: 0.5 - (i % 2),
  ids: [1, 2, 3 + i],
  image: { bytes: PICTURE, path: `${i}.png` },
}));

const table = (name: string) => readFileSync(`${FOLDER}/${name}`) as Uint8Array<ArrayBuffer>;
async function records(name: string, bytes: Uint8Array<ArrayBuffer> = table(name)) {
  const all: unknown[] = [];
  const files = [new File([bytes], name)];
  for await (const { entries } of readFiles(files, { onBytes: () => undefined }))
    for (const entry of entries) all.push('record' in entry ? entry.record : entry.fault);
  return all;
}

describe('the rows that were written', () => {
  it.each([
    'trl-snappy.parquet',
    'trl-zstd.parquet',
    'trl-gzip.parquet',
    'trl-none.parquet',
    'trl-stream.arrow',
    'trl.feather',
    'trl-zstd.feather',
  ])('%s', async (name) => {
    expect(await records(name)).toEqual(ROWS);
  });

  it('of a Parquet file whose name says nothing', async () => {
    expect(await records('table.bin', table('trl-snappy.parquet'))).toEqual(ROWS);
  });
});

it('Arrow that is packed with LZ4 is refused by name, with the way to write it', async () => {
  const error: unknown = await records('trl-lz4.feather').catch((e: unknown) => e);
  expect(toErrorRecord(error)).toMatchObject({
    code: 'rollouts.arrow',
    message: expect.stringContaining('LZ4'),
  });
  expect(toErrorRecord(error).fix).toContain('uncompressed');
});

it.each(['trl-none.parquet', 'trl.feather'])('a cut %s is refused', async (name) => {
  const whole = table(name);
  for (const length of [12, 200, whole.length - 20]) {
    const error: unknown = await records(name, whole.slice(0, length)).catch((e: unknown) => e);
    expect(toErrorRecord(error).code).toMatch(/^rollouts\.(parquet|arrow|no-kind)$/);
  }
});

it('damaged Parquet ends in words or gives rows, and never hangs', async () => {
  const read = (value: Uint8Array) => records('a.parquet', value.slice());
  await expectNoneSilent(byteMutants(table('trl-gzip.parquet'), 60, 23), read, () => null);
});
