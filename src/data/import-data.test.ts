/** Sets of questions: every form of picture comes in as the same pixels, what is no question is told by its line, and nothing is half kept. */

import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeEach, describe, expect, it } from 'vitest';
import { PlaygroundError, toErrorRecord } from '../base/errors.ts';
import { DATA_EXPORTS, type DataRecord, type GivenFile } from '../contract/data/data-sets.ts';
import { decodePicture } from '../picture/decode.ts';
import { statedSize } from '../picture/stated-size.ts';
import { MemoryFiles } from '../storage/file-area.ts';
import { pngOf } from '../training/outward/data-set.ts';
import { DataSets } from './data-sets.ts';
import { DataStore } from './data-store.ts';
import type { CheckPicture } from './import-data.ts';

const png = (shade: number, width = 4, height = 3) =>
  pngOf({ width, height, data: new Uint8ClampedArray(4 * width * height).fill(shade) }).slice();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const given = (path: string, content: string | Uint8Array): GivenFile => ({
  path,
  file: new File(
    [typeof content === 'string' ? content : content.slice()],
    path.split('/').at(-1) ?? '',
  ),
});
const lines = (...all: readonly unknown[]) =>
  all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');

/** A browser's decoder, as far as sizes go: what states no size is no picture. */
const check: CheckPicture = async (file) => {
  const size = statedSize(new Uint8Array(await file.arrayBuffer()));
  if (size === null)
    throw new PlaygroundError({ code: 'picture.unreadable', message: '', fix: '' });
  const { width, height } = size;
  const kept = width * height > 16e6 ? { width: 4000, height: 4000 } : size;
  return { ...kept, originalWidth: width, originalHeight: height };
};

let area = new MemoryFiles();
let sets = new DataSets(new DataStore(area), check);
let made = 0;
beforeEach(() => {
  area = new MemoryFiles();
  sets = new DataSets(new DataStore(area), check);
});

const imported = (...files: readonly GivenFile[]): Promise<DataRecord> =>
  sets.import({ importId: `i${++made}`, name: 'mine', files, mapping: null }, () => undefined);
const refused = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return toErrorRecord(error);
  }
  throw new Error('nothing was refused');
};
const bytesOf = async (file: File | null) => [...new Uint8Array((await file?.arrayBuffer()) ?? [])];

describe('pictures', () => {
  const row = { problem: 'Which?', answer: 'red', problem_id: 7 };
  const picture = png(9);
  const forms: Readonly<Record<string, () => readonly GivenFile[]>> = {
    'files of a folder': () => [
      given('mine/train/metadata.jsonl', lines({ ...row, file_names: ['images/a.png'] })),
      given('mine/train/images/a.png', picture),
      given('mine/test/images/a.png', png(200)),
    ],
    'members of a zip file': () => [
      given(
        'set.zip',
        zipSync({
          'in/metadata.jsonl': new TextEncoder().encode(
            lines({ ...row, images: './images/a.png' }),
          ),
          'in/images/a.png': picture,
          'other/images/a.png': png(200),
        }),
      ),
    ],
    'a table beside a zip file of pictures': () => [
      given('set.csv', 'problem,answer,problem_id,image\nWhich?,red,7,images/a.png'),
      given('pictures.zip', zipSync({ 'images/a.png': picture })),
    ],
    'data: addresses': () => [
      given('a.jsonl', lines({ ...row, image: `data:image/png;base64,${base64(picture)}` })),
    ],
    Base64: () => [given('a.json', JSON.stringify([{ ...row, images: [base64(picture)] }]))],
    'structs with bytes': () => [
      given('a.jsonl', lines({ ...row, images: [{ bytes: base64(picture), path: null }] })),
    ],
    'structs with bytes as numbers': () => [
      given('a.jsonl', lines({ ...row, image: { bytes: [...picture], path: 'x.png' } })),
    ],
    'structs with a path': () => [
      given('a.jsonl', lines({ ...row, image: { bytes: null, path: 'x/a.png' } })),
      given('x/a.png', picture),
    ],
  };

  it('are decoded once where they are equal, and read once where they are one file', async () => {
    const counts = { decoded: 0, read: 0 };
    sets = new DataSets(new DataStore(area), (file) => {
      counts.decoded++;
      return check(file);
    });
    const named = Array.from({ length: 40 }, (_, i) => `p${i % 2}.png`);
    const rows = named.map((image, i) => ({ ...row, problem_id: i, image }));
    const counted = given('p1.png', png(8));
    counted.file.arrayBuffer = () => {
      counts.read++;
      return new Blob([png(8)]).arrayBuffer();
    };
    const inline = { ...row, image: base64(picture) };
    const record = await imported(
      given('rows.jsonl', lines(...rows, inline, inline)),
      given('p0.png', picture),
      counted,
    );
    expect(record).toMatchObject({ items: 42, pictures: 2, skipped: { total: 0 } });
    // The look before it shows the pictures of the first rows, two of them this one.
    expect(counts).toEqual({ decoded: 2, read: 2 + 1 });
  });

  for (const [form, files] of Object.entries(forms))
    it(`come as ${form}, and the set is the same by its fingerprint`, async () => {
      const record = await imported(...files());
      expect(record).toMatchObject({ items: 1, pictures: 1, answers: 1, skipped: { total: 0 } });
      const [item] = await sets.items(record.id, 0, 10);
      expect(item).toMatchObject({ question: 'Which?', answer: 'red', id: '7' });
      expect(item.size).toEqual({ width: 4, height: 3 });
      expect(await bytesOf(item.picture)).toEqual([...picture]);
      const [plain] = [forms['data: addresses']()];
      expect(await refused(imported(...plain))).toMatchObject({
        code: 'data.there',
        where: record.id,
      });
    });

  it('that are missing, broken, no pictures, elsewhere or outside their folder are told by their lines', async () => {
    const of = (image: unknown) => ({ problem: 'q', answer: 'a', image });
    const record = await imported(
      given(
        'a.jsonl',
        lines(
          of('here.png'),
          of('gone.png'),
          of('../here.png'),
          of('https://elsewhere.example/a.png'),
          of('broken.png'),
          of('data:image/png;base64,%%%'),
          of({ bytes: null, path: null }),
          of('two.png'),
          of(['here.png', 'broken.png']),
          { problem: 'q', answer: 'a', image: null },
        ),
      ),
      given('here.png', png(1)),
      given('broken.png', new Uint8Array([1, 2, 3])),
      given('a/two.png', png(2)),
      given('b/two.png', png(3)),
    );
    expect(record).toMatchObject({ items: 3, wordsOnly: 2 });
    const told = Object.fromEntries(
      record.skipped.reasons.map(({ reason, lines: at }) => [reason, at]),
    );
    expect(told).toEqual({
      'a picture that is not among the files': ['2', '8'],
      'a picture whose path leads out of its folder': ['3'],
      'a picture at an address of another host, from which nothing is fetched': ['4'],
      'a picture that cannot be read': ['5'],
      'a picture whose data: address is no Base64': ['6'],
      'a question about several pictures at once, and the model is asked about one': ['9'],
    });
  });

  it('come out of Parquet and Arrow as the bytes that pyarrow wrote', async () => {
    for (const name of ['trl-snappy.parquet', 'trl-stream.arrow']) {
      const bytes = readFileSync(`src/rollouts/fixtures/tables/${name}`);
      const size = { width: 2, height: 2, originalWidth: 2, originalHeight: 2 };
      const any = new DataSets(new DataStore(new MemoryFiles()), async () => size);
      const mapping = { question: 'prompt', answer: 'completion', picture: 'image' };
      const request = { importId: name, name, files: [given(name, bytes)], mapping };
      const { id } = await any.import(request, () => undefined);
      const [item] = await any.items(id, 5, 6);
      expect(item).toMatchObject({ question: 'Frage 5 “ä”', line: '6' });
      expect(await bytesOf(item.picture)).toEqual([
        0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3,
      ]);
    }
  });

  it('that many rows share are kept once', async () => {
    const row = { problem: 'q', answer: 'a', image: base64(png(5)) };
    const record = await imported(given('a.jsonl', lines(row, { ...row, problem: 'r' }, row)));
    expect(record).toMatchObject({ items: 3, pictures: 1 });
  });

  it('above the cap are counted, and a bomb is refused before it is unpacked', async () => {
    const head = (width: number, height: number) => {
      const bytes = png(1);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      view.setUint32(16, width);
      view.setUint32(20, height);
      return bytes;
    };
    const row = { problem: 'q', answer: 'a', image: base64(head(5000, 5000)) };
    expect(await imported(given('a.jsonl', lines(row)))).toMatchObject({ scaled: 1 });
    const bomb = decodePicture(new Blob([head(20_000, 20_000)]), { name: 'bomb.png' });
    expect(await refused(bomb)).toMatchObject({ code: 'picture.too-large' });
  });
});

describe('rows', () => {
  it('of three pictures are a group: fact, answers and the usual one', async () => {
    const [a, b, c] = [1, 2, 3].map((shade) => base64(png(shade)));
    const row = { question: 'Bananas are yellow. What color is it?', image1: a, answer1: 'yellow' };
    const whole = { ...row, image2: b, answer2: 'blue', image3: c, answer3: 'yellow' };
    const record = await imported(given('v.jsonl', lines(whole, { ...whole, answer2: '' })));
    expect(record).toMatchObject({ items: 3, groups: true, pictures: 3, skipped: { total: 1 } });
    expect(record.shape).toContain('ViLP');
    const set = await sets.opened(record);
    expect(
      set.rows.map(({ fact, question, answer, image, usual }) => [
        fact,
        question,
        answer,
        image,
        usual,
      ]),
    ).toEqual([
      ['Bananas are yellow.', 'What color is it?', 'yellow', 1, undefined],
      ['Bananas are yellow.', 'What color is it?', 'blue', 2, 'yellow'],
      ['Bananas are yellow.', 'What color is it?', 'yellow', 3, undefined],
    ]);
  });

  it('of ViLP’s own table, one Parquet file with its pictures’ bytes, are read as they are', async () => {
    // Columns as ViLP’s `test_gpt.py` reads them from ViLP.parquet.
    const text = (name: string, value: string) => ({ name, data: [value, value] });
    const bytes = (name: string, shade: number) => ({
      ...{ name, type: 'BYTE_ARRAY' as const, data: [png(shade), png(shade + 100)] },
    });
    const columnData = [
      { name: 'question_id', data: [4, 5], type: 'INT32' as const },
      text('question', 'Bananas are yellow. What color is it?'),
      ...[bytes('image1', 1), text('answer1', 'yellow'), bytes('image2', 2)],
      ...[text('answer2', 'blue'), bytes('image3', 3), text('answer3', 'red')],
    ];
    const record = await imported(
      given('ViLP.parquet', new Uint8Array(parquetWriteBuffer({ columnData }))),
    );
    expect(record).toMatchObject({ items: 6, groups: true, pictures: 6, skipped: { total: 0 } });
    expect(record.shape).toContain('ViLP');
    const [, second] = await sets.items(record.id, 0, 2);
    expect(second).toMatchObject({
      id: '4, picture 2',
      fact: 'Bananas are yellow.',
      answer: 'blue',
    });
    expect(await bytesOf(second.picture)).toEqual([...png(2)]);
  });

  it('without a question, of no JSON, and with an id that is there already are told', async () => {
    const record = await imported(
      given(
        'a.jsonl',
        lines(
          { problem: '<image>Which?', answer: 'x', problem_id: 1 },
          { problem: ' ', answer: 'x', problem_id: 2 },
          '{"problem": ',
          { problem: 'And?', answer: 'y', problem_id: 1 },
          '[1]',
        ),
      ),
    );
    expect(record).toMatchObject({ items: 2, sameIds: 1 });
    expect(record.skipped.reasons.map(({ reason, lines: at }) => [reason, at])).toEqual([
      ['a row without a question', ['2']],
      ['no JSON', ['3']],
      ['no record: neither an object nor a row of a table', ['5']],
    ]);
    const items = await sets.items(record.id, 0, 9);
    expect(items.map(({ id, question }) => [id, question])).toEqual([
      ['1', 'Which?'],
      ['1 (line 4)', 'And?'],
    ]);
  });

  it('under keys that nobody knows are asked for by hand', async () => {
    const file = given('a.jsonl', lines({ frage: 'Was?', bild: base64(png(4)), antwort: 'rot' }));
    const look = await sets.look([file], null);
    expect(look).toMatchObject({ shape: null, samples: [] });
    expect(look.keys.map(({ key }) => key)).toEqual(['frage', 'bild', 'antwort']);
    expect(await refused(imported(file))).toMatchObject({ code: 'data.unmapped' });
    const mapping = { question: 'frage', picture: 'bild', answer: 'antwort' };
    const [sample] = (await sets.look([file], mapping)).samples;
    expect(sample).toMatchObject({ question: 'Was?', answer: 'rot' });
    expect('pictures' in sample && (await bytesOf(sample.pictures[0]))).toEqual([...png(4)]);
    const request = { importId: 'hand', name: 'x', files: [file], mapping };
    expect(await sets.import(request, () => undefined)).toMatchObject({ items: 1, pictures: 1 });
  });
});

describe('an import', () => {
  const some = () => given('a.jsonl', lines({ problem: 'q', answer: 'a', image: base64(png(8)) }));

  it('of which nothing is a question, or that is cancelled or finds no room, leaves nothing', async () => {
    expect(
      await refused(imported(given('a.jsonl', lines({ problem: '', answer: 'x' })))),
    ).toMatchObject({
      code: 'data.empty',
    });
    const work = sets.import(
      { importId: 'c', name: 'x', files: [some()], mapping: null },
      () => undefined,
    );
    setTimeout(() => sets.cancel('c'));
    sets.cancel('c');
    expect((await refused(work)).code).toBe('job.cancelled');
    area.append = async () => {
      throw new PlaygroundError({ code: 'storage.full', message: '', fix: '' });
    };
    expect(await refused(imported(some()))).toMatchObject({ code: 'storage.full' });
    expect(await area.folders()).toEqual([]);
  });

  it('that a closed tab broke off is undone and named', async () => {
    await area.write('left', 'begun.json', new TextEncoder().encode('{"name":"big.zip"}'));
    await area.write('left', 'pictures.bin', new Uint8Array(9));
    expect(await sets.shelf()).toMatchObject({ sets: [], undone: ['big.zip'] });
    expect(await area.folders()).toEqual([]);
  });

  it('waits for another, and both are kept', async () => {
    const other = given('b.jsonl', lines({ problem: 'r', answer: 'b' }));
    await Promise.all([imported(some()), imported(other)]);
    expect((await sets.shelf()).sets).toHaveLength(2);
  });

  it('of 20,000 rows is read as a stream and opens again', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      problem: `q ${i}`,
      answer: `${i}`,
      problem_id: i,
    }));
    const record = await imported(given('a.jsonl', lines(...rows)));
    const [item] = await sets.items(record.id, 19_999, 20_000);
    expect(item).toMatchObject({ question: 'q 19999', line: '20000' });
  });

  it('that is asked as it is refuses the first line that is no question', async () => {
    const file = new Blob([lines({ problem: 'q', answer: 'a' }, { answer: 'b' })]);
    expect(await refused(sets.take(file, 'own.jsonl', true))).toMatchObject({
      code: 'data.line',
      where: 'own.jsonl, line 2',
    });
  });
});

it('a set is renamed, deleted, and told to be damaged where a byte of it was changed', async () => {
  const row = { problem: 'q', answer: 'a', image: base64(png(8)) };
  const { id, fingerprint } = await imported(given('a.jsonl', lines(row)));
  expect(await sets.rename(id, ' Fruit ')).toMatchObject({ id, name: 'Fruit', fingerprint });
  const bytes = (await area.read(id, 'pictures.bin')) ?? new Uint8Array();
  bytes[20] ^= 1;
  await area.write(id, 'pictures.bin', bytes);
  const fresh = new DataSets(new DataStore(area), check);
  expect(await refused(fresh.items(id, 0, 1))).toMatchObject({ code: 'data.damaged' });
  await fresh.remove(id);
  expect(await fresh.shelf()).toMatchObject({ sets: [], damaged: [] });
  expect(await refused(fresh.opened({ fingerprint, name: 'Fruit' }))).toMatchObject({
    code: 'data.missing',
  });
});

it('the same questions that two tabs import at once are kept once', async () => {
  const tabs = [sets, new DataSets(new DataStore(area), check)];
  const files = [
    given('a.jsonl', lines({ problem: 'Which?', answer: 'x', image: base64(png(4)) })),
  ];
  const request = (importId: string) => ({ importId, name: 'mine', files, mapping: null });
  const results = await Promise.allSettled(
    tabs.map((tab, i) => tab.import(request(`tab ${i}`), () => undefined)),
  );
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const [refusal] = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(toErrorRecord(refusal).code).toBe('data.there');
  expect(await area.folders()).toHaveLength(1);
});

it('what is exported comes in again as the same set, of single pictures and of three', async () => {
  const [a, b, c] = [1, 2, 3].map((shade) => base64(png(shade)));
  const single = [
    { problem: 'q', answer: 'a', image: a, problem_id: 4, family: 'f', wrong_answers: ['b'] },
    { problem: 'r', answer: '', image: b, problem_id: 'x', description: 'd', reasoning: 'so' },
  ];
  const three = { question: 'It is so. What?', image1: a, answer1: 'x', image2: b, answer2: 'y' };
  for (const rows of [single, [{ ...three, image3: c, answer3: 'z' }]]) {
    const { id, fingerprint, groups } = await imported(given('a.jsonl', lines(...rows)));
    let last = id;
    for (const as of DATA_EXPORTS) {
      const { name, data } = await sets.export(last, as);
      expect(name).toBe(as === 'folder' ? 'mine.zip' : 'mine.parquet');
      const before = await sets.items(last, 0, 9);
      await sets.remove(last);
      const again = await imported({ path: name, file: new File([data], name) });
      expect(again).toMatchObject({ fingerprint, groups, skipped: { total: 0 } });
      last = again.id;
      const after = await sets.items(last, 0, 9);
      const plain = (all: typeof after) => all.map(({ line: _, picture: __, ...item }) => item);
      expect(plain(after)).toEqual(plain(before));
    }
    await sets.remove(last);
  }
});
