/** Scored rows: what is written comes back, a torn end is cut off, and statistics are those of the tokens. */

import { parquetMetadata } from 'hyparquet';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import {
  SCORES_FORMAT,
  type ScoredRow,
  type ScoredToken,
  type ScoringRecord,
} from '../contract/rollouts/rollout-scores.ts';
import { MemoryFiles } from '../storage/file-area.ts';
import { parquetRecords } from './reading/parquet.ts';
import { tallyScores } from './score-statistics.ts';
import { ScoreStore } from './score-store.ts';
import { readScoredRow, scoredRows, writeScoredRow } from './scored-rows.ts';
import type { OpenSet } from './set-store.ts';
import { parquetTable } from './token-parquet.ts';
import { tokenTable } from './token-table.ts';

const record = (more: Partial<ScoringRecord> = {}): ScoringRecord => ({
  format: SCORES_FORMAT,
  id: 'one',
  setId: 'set',
  createdAt: 1,
  updatedAt: 1,
  state: 'running',
  version: '0.1.0',
  model: { name: 'tiny', parameters: 1, fingerprint: 'abc', student: null },
  backend: 'wasm',
  writer: '',
  method: 'vigos',
  leakage: { wrongAnswers: 3, epsilon: 0 },
  rows: 3,
  done: 0,
  lacking: 0,
  ms: 0,
  ...more,
});

const token = (more: Partial<ScoredToken> = {}): ScoredToken => ({
  id: 7,
  text: ' röd',
  segment: 'description',
  teacher: 'perception',
  rule: 'description',
  studentLogProb: -0.5,
  teacherLogProb: -0.25,
  forwardKl: 0.125,
  reverseKl: 0.0625,
  divergence: 0.125,
  loss: 0.0625,
  clipped: true,
  ...more,
});
const nobody = token({
  teacher: null,
  segment: 'delimiter',
  rule: 'delimiter',
  teacherLogProb: null,
  forwardKl: null,
  reverseKl: null,
  divergence: null,
  loss: null,
  clipped: false,
});
const parts = (answer: number, image: number) => ({
  description: { tokens: 1, answer: 0, image },
  reasoningAnswer: { tokens: 1, answer, image },
  all: { tokens: 2, answer, image: 2 * image },
});
const row = (number: number, more: Partial<ScoredRow> = {}): ScoredRow => ({
  row: number,
  lacks: null,
  valid: true,
  leakage: null,
  tokens: [token(), nobody],
  ...more,
});
const lacking = (number: number): ScoredRow =>
  row(number, { valid: false, tokens: [], lacks: { code: 'picture', words: 'no picture' } });

const collected = async (file: Blob): Promise<ScoredRow[]> => {
  const rows: ScoredRow[] = [];
  for await (const found of scoredRows(file)) rows.push(found.row);
  return rows;
};

describe('rows as bytes', () => {
  const leakage = { opsd: parts(1, 3), vigos: parts(0.5, 3) };
  it.each([
    row(3),
    row(4, { leakage }),
    lacking(5),
    row(6, { tokens: Array.from({ length: 300 }, (_, i) => token({ id: i, text: `t${i}` })) }),
  ])('come back as they were: row $row', (one) => {
    const bytes = writeScoredRow(one);
    expect(readScoredRow(bytes, 0)).toEqual({ row: one, end: bytes.length });
  });

  it('a changed or cut-off one ends the file', async () => {
    const bytes = [row(1), row(2), row(3)].map(writeScoredRow);
    const file = new Blob(bytes as BlobPart[]);
    expect((await collected(file)).map((one) => one.row)).toEqual([1, 2, 3]);
    expect((await collected(file.slice(0, file.size - 1))).map((one) => one.row)).toEqual([1, 2]);
    const changed = bytes[1].slice();
    changed[40] ^= 1;
    const broken = new Blob([bytes[0], changed, bytes[2]] as BlobPart[]);
    expect((await collected(broken)).map((one) => one.row)).toEqual([1]);
  });
});

describe('the store', () => {
  it('goes on behind the last whole row, and finds what was asked', async () => {
    const files = new MemoryFiles();
    const store = new ScoreStore(files);
    await store.begin(record(), Uint32Array.of(4, 2, 9));
    await store.append(record(), [row(4), lacking(2)]);
    await store.write(record());
    await files.append('set', 'scores-one.bin', writeScoredRow(row(9)).slice(0, 50));
    expect(await store.mend(record())).toEqual({ done: 2, lacking: 1 });
    await store.append(record(), [row(9)]);
    expect((await collected(await store.scored(record()))).map((one) => one.row)).toEqual([
      4, 2, 9,
    ]);
    expect(await store.asked(record())).toEqual(Uint32Array.of(4, 2, 9));
    // Nobody is at it, whatever it says of itself.
    expect(await store.list('set')).toEqual([record({ state: 'paused' })]);
    await store.remove('set', 'one');
    expect(await store.list('set')).toEqual([]);
  });

  it('is worked on by one at a time', async () => {
    const store = new ScoreStore(new MemoryFiles());
    const release = await store.hold('one');
    await expect(store.hold('one')).rejects.toMatchObject({ record: { code: 'scores.busy' } });
    await release();
    await (await store.hold('one'))();
  });
});

it('statistics are means over supervised tokens, PALR over all measured rollouts, places by divergence', async () => {
  const rows = [
    row(0, { leakage: { opsd: parts(1, 3), vigos: parts(0, 3) } }),
    row(1, {
      leakage: { opsd: parts(2, 0), vigos: parts(0, 1) },
      tokens: [
        token({ divergence: 4, loss: 0.05 }),
        token({
          segment: 'reasoning',
          teacher: 'reasoning',
          divergence: 0.001,
          loss: 0.001,
          clipped: false,
        }),
      ],
    }),
    lacking(2),
  ];
  const file = new Blob(rows.map(writeScoredRow) as BlobPart[]);
  const { statistics, places } = await tallyScores(
    record({ leakage: { wrongAnswers: 3, epsilon: 0 } }),
    file,
    (at) => String(at + 1),
    (at) => (at === 0 ? 25 : 50),
  );
  expect(statistics).toMatchObject({
    scored: 2,
    lacks: [{ code: 'picture', count: 1 }],
    all: { tokens: 3, clipped: 2 / 3 },
    palr: {
      opsd: { description: 0, reasoningAnswer: 3 / 6, all: 3 / 9, rollouts: 2 },
      vigos: { all: 0, rollouts: 2 },
    },
  });
  expect(statistics.all.divergence).toBeCloseTo((0.125 + 4 + 0.001) / 3, 6);
  expect(statistics.groups).toMatchObject([
    { teacher: 'perception', segment: 'description', tokens: 2, clipped: 1 },
    { teacher: 'reasoning', segment: 'reasoning', tokens: 1, clipped: 0 },
  ]);
  expect(statistics.places.map(({ row: at, line, token: i }) => [at, line, i])).toEqual([
    [1, '2', 0],
    [0, '1', 0],
    [1, '2', 1],
  ]);
  expect(statistics.steps.map(({ step, tokens }) => [step, tokens])).toEqual([
    [25, 1],
    [50, 2],
  ]);
  expect(places.size).toBe(3);
});

describe('the table of tokens', () => {
  const columns = { get: (name: string) => (name === 'file' ? [0, 0] : [12, 13]) };
  const set = {
    columns,
    sources: ['a.jsonl'],
    record: { name: 'a.jsonl' },
  } as unknown as OpenSet;
  const rows = [row(0, { tokens: [token({ text: ',"\n' }), nobody] }), lacking(1)];
  const scored = (all: readonly ScoredRow[]) => new Blob(all.map(writeScoredRow) as BlobPart[]);

  it('as CSV has a line each, with every figure, and quotes what has to be', async () => {
    const text = await (await tokenTable(set, scored(rows), record(), 'csv')).text();
    const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true });
    expect(data).toHaveLength(3);
    const [head, first, second] = data;
    const at = (line: string[], name: string) => line[head.indexOf(name)];
    expect(at(first, 'text')).toBe(',"\n');
    expect(at(first, 'line')).toBe('12');
    expect(at(first, 'divergence')).toBe('0.125');
    expect(at(first, 'clipped')).toBe('true');
    expect([at(second, 'position'), at(second, 'teacher'), at(second, 'loss')]).toEqual([
      '1',
      '',
      '',
    ]);
  });

  const readBack = async (file: Blob) => {
    const read: Record<string, unknown>[] = [];
    for await (const entries of parquetRecords(file, 'tokens.parquet', () => undefined))
      for (const entry of entries) if ('record' in entry) read.push(entry.record);
    return read;
  };

  it('as Parquet comes back by our own reader', async () => {
    const read = await readBack(await tokenTable(set, scored(rows), record(), 'parquet'));
    expect(read).toHaveLength(2);
    expect(read[0]).toEqual({
      file: 'a.jsonl',
      line: 12,
      row: 0,
      position: 0,
      id: 7,
      text: ',"\n',
      segment: 'description',
      teacher: 'perception',
      rule: 'description',
      student_log_prob: -0.5,
      teacher_log_prob: -0.25,
      forward_kl: 0.125,
      reverse_kl: 0.0625,
      divergence: 0.125,
      loss: 0.0625,
      clipped: true,
    });
    expect(read[1]).toMatchObject({ position: 1, teacher: null, loss: null, clipped: false });
  });

  it('as Parquet holds some tokens at a time, however long the rollouts are', async () => {
    const rollouts = [10, 3, 0, 5].map((length, at) =>
      Array.from({ length }, (_, position) => ({
        ...{ file: 'a', line: at + 1, row: at, position },
        token: token({ id: 100 * at + position }),
      })),
    );
    async function* given() {
      yield* rollouts;
    }
    const file = await parquetTable(given(), 'a', record(), 4);
    const { row_groups } = parquetMetadata(await file.arrayBuffer());
    expect(row_groups.map(({ num_rows }) => num_rows)).toEqual([4n, 4n, 4n, 4n, 2n]);
    const read = await readBack(file);
    expect(read.map(({ id }) => id)).toEqual(rollouts.flat().map(({ token: { id } }) => id));
  });

  it('as Parquet says whose figures these are, and in which unit; without a token it is a table too', async () => {
    const file = await tokenTable(set, scored([lacking(0)]), record({ writer: 'GRPO' }), 'parquet');
    const { num_rows, key_value_metadata = [] } = parquetMetadata(await file.arrayBuffer());
    expect(num_rows).toBe(0n);
    const [{ key, value = '' }] = key_value_metadata;
    expect(key).toBe('vigos');
    const about = JSON.parse(value);
    expect(about).toMatchObject({
      format: 'vigos-tokens/1',
      file: 'a.jsonl',
      writtenBy: 'GRPO',
      scoredBy: { name: 'tiny', fingerprint: 'abc', student: null },
      method: { name: 'ViGOS (paper)' },
    });
    expect(about.columns).toContainEqual(
      expect.objectContaining({ name: 'forward_kl', type: 'figure', unit: 'nats' }),
    );
  });
});
