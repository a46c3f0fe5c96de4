/** A set as it goes out: an image folder of the `datasets` library, or one Parquet file, in the columns by which it comes in again as the same set. */

import { part } from '../base/part.ts';
import type { DataRow } from '../contract/data/data-row.ts';
import type { DataExport, DataFile } from '../contract/data/data-sets.ts';
import { zipStream } from '../storage/zip-write.ts';
import { trainerColumns } from '../training/outward/data-set.ts';
import type { SetToExport } from './open-set.ts';

/** Pictures go out byte for byte as they came. */
export async function exportedSet(set: SetToExport, as: DataExport): Promise<DataFile> {
  const stem = fileName(set.name);
  const names = await pictureNames(set);
  if (as === 'parquet') return { name: `${stem}.parquet`, data: await parquetFile(set, names) };
  const data = await new Response(zipStream(filesOf(set, names), stem)).blob();
  return { name: `${stem}.zip`, data: new Blob([data], { type: 'application/zip' }) };
}

/** Files' names by the numbers of pictures, and the first item that is about each. */
type Names = ReadonlyMap<number, { readonly name: string; readonly index: number }>;

async function pictureNames(set: SetToExport): Promise<Names> {
  const names = new Map<number, { name: string; index: number }>();
  for (const [index, { picture }] of set.rows.entries())
    if (picture !== null && !names.has(picture))
      names.set(picture, { name: `images/${picture}.${await endingOf(set, index)}`, index });
  return names;
}

const nameOf = (set: SetToExport, names: Names, index: number): string | null => {
  const { picture } = set.rows[index];
  return picture === null ? null : (names.get(picture)?.name ?? null);
};

/** Three items are one row, unless each is an item of the world with more to say. */
const isOfThree = ({ groups, rows }: SetToExport): boolean =>
  groups && rows.every(({ world }) => world === undefined);

/** `metadata.jsonl` and `images/*`. */
async function* filesOf(set: SetToExport, names: Names) {
  const lines: object[] = [];
  const picture = (index: number) => nameOf(set, names, index);
  if (isOfThree(set))
    for (let index = 0; index < set.rows.length; index += 3) {
      const { question, answers, ...rest } = threeOf(set, index);
      // `…_file_name` is what `datasets` makes a picture of.
      lines.push({
        question,
        ...{ image1_file_name: picture(index), answer1: answers[0] },
        ...{ image2_file_name: picture(index + 1), answer2: answers[1] },
        ...{ image3_file_name: picture(index + 2), answer3: answers[2] },
        ...rest,
      });
    }
  else
    for (const [index, row] of set.rows.entries()) {
      const { question, answer } = row;
      const pictures = [picture(index) ?? []].flat();
      const columns = trainerColumns({ pictures, question, answer, id: numberOf(row, index) });
      lines.push({ ...columns, ...besides(row) });
    }
  const text = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  yield { path: 'metadata.jsonl', bytes: () => text };
  for (const { name, index } of names.values()) {
    const file = await set.picture(index);
    const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer());
    yield { path: name, bytes: () => bytes };
  }
}

async function parquetFile(set: SetToExport, names: Names): Promise<Blob> {
  const { parquetOf, pictureStruct } = await part(
    'The writer of Parquet',
    () => import('./export-parquet.ts'),
  );
  const picture = (index: number) => pictureStruct(set, index, nameOf(set, names, index));
  async function* rowsOfThree() {
    for (let index = 0; index < set.rows.length; index += 3) {
      const { question, answers, ...rest } = threeOf(set, index);
      const images = [await picture(index), await picture(index + 1), await picture(index + 2)];
      const row = {
        question,
        ...{ image1: images[0], answer1: answers[0], image2: images[1], answer2: answers[1] },
        ...{ image3: images[2], answer3: answers[2] },
        ...rest,
      };
      yield { row, bytes: images.reduce((sum, image) => sum + (image?.bytes.length ?? 0), 0) };
    }
  }
  async function* rows() {
    for (const [index, row] of set.rows.entries()) {
      const image = await picture(index);
      const { question, answer } = row;
      const columns = {
        ...{ problem: question, answer, problem_id: BigInt(numberOf(row, index)) },
        images: image === null ? [] : [image],
        ...besides(row),
      };
      yield { row: columns, bytes: image?.bytes.length ?? 0 };
    }
  }
  const texts = { source_id: 'text', family: 'text' } as const;
  if (isOfThree(set))
    return parquetOf(
      {
        question: 'text',
        ...{ image1: 'picture', answer1: 'text', image2: 'picture', answer2: 'text' },
        ...{ image3: 'picture', answer3: 'text' },
        ...texts,
      },
      rowsOfThree(),
    );
  return parquetOf(
    {
      ...{ problem: 'text', answer: 'text', problem_id: 'number', images: 'pictures', ...texts },
      ...{ description: 'text', reasoning: 'text', wrong_answers: 'texts', world: 'text' },
    },
    rows(),
  );
}

/** The trainer's ids are numbers. */
const numberOf = ({ id }: DataRow, index: number): number =>
  /^\d{1,15}$/.test(id) ? Number(id) : index;

/** Every column has one type in every line, since the library takes it from the first ones. */
const besides = (row: DataRow) => ({
  source_id: row.id,
  family: row.family ?? '',
  description: row.description ?? '',
  reasoning: row.reasoning ?? '',
  wrong_answers: row.wrongAnswers ?? [],
  world: row.world ?? '',
});

/** A question with its three answers as ViLP has them. */
function threeOf(set: SetToExport, index: number) {
  const three = set.rows.slice(index, index + 3);
  const { fact, question, family = '', id } = three[0];
  return {
    question: fact === undefined ? question : `${fact} ${question}`,
    answers: three.map(({ answer }) => answer),
    source_id: id.replace(/, picture 1\b.*$/, ''),
    family,
  };
}

/** By how it begins: `datasets` and people go by a name's ending. */
async function endingOf(set: SetToExport, index: number): Promise<string> {
  const file = await set.picture(index);
  const head = new Uint8Array((await file?.slice(0, 12).arrayBuffer()) ?? new ArrayBuffer());
  const text = String.fromCharCode(...head);
  if (text.startsWith('\x89PNG')) return 'png';
  if (text.startsWith('\xff\xd8')) return 'jpg';
  if (text.startsWith('GIF8')) return 'gif';
  if (text.startsWith('BM')) return 'bmp';
  if (text.startsWith('RIFF')) return 'webp';
  return /^....ftyp/.test(text) ? 'avif' : 'png';
}

const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.(?:zip|jsonl|ndjson|json|csv|tsv|parquet|arrow|gz)$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'questions';
