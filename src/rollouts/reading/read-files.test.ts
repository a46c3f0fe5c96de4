/** Files of every kind give the same records, and what is none is told with its line. */

import { gzipSync as nodeGzip } from 'node:zlib';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import { byteMutants, expectNoneSilent } from '../../base/fixtures/mutants.ts';
import { MOST_RECORD_BYTES } from './entries.ts';
import { type Batch, readFiles } from './read-files.ts';

const RECORDS = [
  { prompt: 'What colour?', completion: ' a </description>', step: 1 },
  { prompt: 'und “jetzt”?', completion: 'zwei\nZeilen, "so"', step: 2 },
];
const LINES = RECORDS.map((record) => `${JSON.stringify(record)}\n`).join('');
const bytes = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const file = (name: string, ...parts: (string | Uint8Array<ArrayBuffer>)[]) =>
  new File(parts, name);

async function entries(...files: File[]) {
  const all: Batch[] = [];
  for await (const batch of readFiles(files, { onBytes: () => undefined })) all.push(batch);
  return all.flatMap(({ entries: some }) => some);
}
const records = async (...files: File[]) =>
  (await entries(...files)).map((entry) => ('record' in entry ? entry.record : entry.fault));
const withFlipped = (whole: Uint8Array<ArrayBuffer>, at: number) => {
  const changed = whole.slice();
  changed[(at + changed.length) % changed.length] ^= 1;
  return changed;
};
const code = (...files: File[]) =>
  records(...files).then(
    () => 'read',
    (error: unknown) => toErrorRecord(error).code,
  );

describe('the same records', () => {
  it.each([
    ['JSON Lines', file('a.jsonl', LINES)],
    ['JSON Lines without an end', file('a.jsonl', LINES.trimEnd())],
    ['JSON Lines of another name, with a byte order mark', file('a.txt', `\ufeff${LINES}`)],
    ['a JSON list', file('a.json', JSON.stringify(RECORDS))],
    ['a JSON list over lines', file('a.json', JSON.stringify(RECORDS, null, 2))],
    ['records within an object', file('a.json', JSON.stringify({ data: RECORDS }, null, 1))],
    ['gzip', file('a.jsonl.gz', gzipSync(bytes(LINES)) as Uint8Array<ArrayBuffer>)],
    [
      'gzip files behind one another, an empty one among them',
      file(
        'a.jsonl.gz',
        ...LINES.split(/(?<=\n)/).flatMap((line) => [nodeGzip(line), nodeGzip('')]),
      ),
    ],
    [
      'zip',
      file(
        'a.zip',
        zipSync({
          'x/readme.md': bytes('no'),
          'x/a.jsonl': bytes(LINES),
        }) as Uint8Array<ArrayBuffer>,
      ),
    ],
    [
      'a table of W&B',
      file(
        'a.table.json',
        JSON.stringify({
          columns: ['prompt', 'completion', 'step'],
          data: RECORDS.map(({ prompt, completion, step }) => [prompt, completion, step]),
        }),
      ),
    ],
  ])('%s', async (_, given) => {
    expect(await records(given)).toEqual(RECORDS);
  });

  it('in CSV, whose numbers are texts until they are asked for', async () => {
    const csv =
      'prompt,completion,step\nWhat colour?, a </description>,1\nund “jetzt”?,"zwei\nZeilen, ""so""",2\n';
    const texts = RECORDS.map((record) => ({ ...record, step: String(record.step) }));
    expect(await records(file('a.csv', csv))).toEqual(texts);
  });

  it('whatever chunks they come in', async () => {
    const pretty = JSON.stringify({ step: 7, generations: RECORDS }, null, 2);
    const shared = RECORDS.map((record) => ({ ...record }));
    for (const size of [1, 2, 3, 7, 64]) {
      const parts = Array.from({ length: Math.ceil(pretty.length / size) }, (_, i) =>
        bytes(pretty).slice(i * size, (i + 1) * size),
      );
      const given = file('g.json');
      Object.defineProperty(given, 'stream', {
        value: () =>
          new ReadableStream({
            start(controller) {
              for (const part of parts) if (part.length > 0) controller.enqueue(part);
              controller.close();
            },
          }),
      });
      Object.defineProperty(given, 'slice', { value: () => new Blob([pretty.slice(0, 512)]) });
      expect(await records(given)).toEqual(shared);
    }
  });
});

it('an object’s own numbers go to each of its records, which say otherwise where they have their own', async () => {
  const given = file(
    'g.json',
    JSON.stringify({ step: 7, generations: [{ completion: 'a' }, { completion: 'b', step: 9 }] }),
  );
  expect(await records(given)).toEqual([
    { step: 7, completion: 'a' },
    { completion: 'b', step: 9 },
  ]);
});

it('a trace and a conversation are one record each, whatever lists they hold', async () => {
  const trace = { format: 'vigos-trace/1', tokens: [{ id: 1, text: 'a' }], text: 'a' };
  expect(await records(file('t.json', JSON.stringify(trace, null, 1)))).toEqual([trace]);
  const chat = { messages: [{ role: 'user', content: 'a' }] };
  expect(await records(file('c.json', JSON.stringify(chat)))).toEqual([chat]);
});

it('numbers that Python writes and JSON has not are nothing, and texts with those words stay', async () => {
  const line = '{"completion": "NaN is \\"Infinity\\"", "reward": NaN, "low": -Infinity}\n';
  expect(await records(file('a.jsonl', line, line))).toEqual(
    Array(2).fill({ completion: 'NaN is "Infinity"', reward: null, low: null }),
  );
});

describe('what is no record is told with its line, and the rest is read', () => {
  it('in JSON Lines', async () => {
    const bad = new Uint8Array([...bytes('{"completion": "'), 0xff, 0xfe, ...bytes('"}\n')]);
    const given = file(
      'a.jsonl',
      '{"completion": 1}\n\n{"completion": \n[1]\n',
      bad,
      '{"step": 2}\n{"cut',
    );
    expect(await entries(given)).toEqual([
      { line: 1, record: { completion: 1 } },
      { line: 3, fault: 'no JSON' },
      { line: 4, fault: 'no record: neither an object nor a row of a table' },
      { line: 5, fault: 'bytes that are no UTF-8' },
      { line: 6, record: { step: 2 } },
      { line: 7, fault: 'no JSON' },
    ]);
  });

  it('a line of 100 MB, which is not held', async () => {
    const long = new Uint8Array(2 ** 20).fill(120);
    const given = file(
      'a.jsonl',
      '{"a": 1}\n{"a": "',
      ...Array<Uint8Array<ArrayBuffer>>(100).fill(long),
      '"}\n{"a": 2}\n',
    );
    expect(await entries(given)).toEqual([
      { line: 1, record: { a: 1 } },
      { line: 2, fault: `longer than ${MOST_RECORD_BYTES / 2 ** 20} MiB` },
      { line: 3, record: { a: 2 } },
    ]);
  });

  it('in CSV, rows of another length and quotes that never close', async () => {
    expect(await entries(file('a.csv', 'a,b\n1,2\n1,2,3\n3,4\n5,"x'))).toEqual([
      { line: 2, record: { a: '1', b: '2' } },
      { line: 3, fault: '3 fields where the first row names 2' },
      { line: 4, record: { a: '3', b: '4' } },
      { line: 5, fault: 'a quoted field that is never closed' },
    ]);
  });

  it('a JSON list that is cut off', async () => {
    expect(await entries(file('a.json', '[{"a": 1},\n{"a": '))).toEqual([
      { line: 1, record: { a: 1 } },
      { line: 2, fault: 'no JSON: cut off in its middle' },
    ]);
  });
});

describe('a file is refused in words', () => {
  it.each([
    [
      'a picture',
      'rollouts.no-kind',
      file('a.jsonl', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)),
    ],
    ['a PDF', 'rollouts.no-kind', file('a.json', '%PDF-1.7')],
    ['nothing', 'rollouts.no-kind', file('a.jsonl')],
    ['prose', 'rollouts.no-kind', file('a.md', 'Once upon a time')],
    [
      'the second of two gzip files with other content than its checksum says',
      'rollouts.gzip',
      file('a.jsonl.gz', nodeGzip(LINES), withFlipped(nodeGzip(LINES), -6)),
    ],
    [
      'gzip that is cut off',
      'rollouts.gzip',
      file(
        'a.jsonl.gz',
        gzipSync(bytes(LINES.repeat(200))).slice(0, 90) as Uint8Array<ArrayBuffer>,
      ),
    ],
    [
      'zip without rollouts',
      'rollouts.no-kind',
      file('a.zip', zipSync({ 'a.md': bytes('no') }) as Uint8Array<ArrayBuffer>),
    ],
    [
      'zip that is cut off',
      'import.archive',
      file('a.zip', zipSync({ 'a.jsonl': bytes(LINES) }).slice(0, 60) as Uint8Array<ArrayBuffer>),
    ],
    ['Parquet that is cut off', 'rollouts.parquet', file('a.parquet', 'PAR1', new Uint8Array(100))],
  ])('%s', async (_, expected, given) => {
    expect(await code(given)).toBe(expected);
  });

  it('one that unpacks to a thousand times its size, before all of it is', async () => {
    const packed = nodeGzip(new Uint8Array(1e8)) as Uint8Array<ArrayBuffer>;
    expect(await code(file('a.jsonl.gz', packed))).toBe('rollouts.bomb');
    const zip = zipSync({ 'a.jsonl': bytes(LINES) }) as Uint8Array<ArrayBuffer>;
    const directory = Buffer.from(zip).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    new DataView(zip.buffer).setUint32(directory + 24, 1e9, true);
    expect(await code(file('a.zip', zip))).toBe('rollouts.bomb');
  });

  it('one that is changed while it is read', async () => {
    const given = file('a.jsonl', LINES);
    Object.defineProperty(given, 'stream', {
      value: () =>
        new ReadableStream({
          pull(controller) {
            controller.error(new DOMException('changed', 'NotReadableError'));
          },
        }),
    });
    expect(await code(given)).toBe('rollouts.changed');
  });
});

it('hostile bytes are refused or read as other records, never in silence about what broke', async () => {
  const packed = gzipSync(bytes(LINES)) as Uint8Array;
  const read = (value: Uint8Array) => records(file('a.jsonl.gz', value.slice()));
  const whole = JSON.stringify(RECORDS);
  await expectNoneSilent(byteMutants(packed, 120, 17), read, (found) =>
    JSON.stringify(found) === whole ? null : `read as ${JSON.stringify(found).slice(0, 100)}`,
  );
});
