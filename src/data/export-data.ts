/** A set as it goes out: an image folder of the `datasets` library, in the columns by which it comes in again as the same set. */

import type { DataRow } from '../contract/data-row.ts';
import type { DataFile } from '../contract/data-sets.ts';
import { zipStream } from '../storage/zip-write.ts';
import { trainerColumns } from '../training/outward/data-set.ts';
import type { OpenSet } from './open-set.ts';

/** `metadata.jsonl` and `images/*` under a folder of the set's name, pictures byte for byte as they came. */
export async function exportedSet(set: OpenSet): Promise<DataFile> {
  const stem = fileName(set.record.name);
  const data = await new Response(zipStream(filesOf(set), stem)).blob();
  return { name: `${stem}.zip`, data: new Blob([data], { type: 'application/zip' }) };
}

async function* filesOf(set: OpenSet) {
  const names = new Map<number, string>();
  const nameOf = async (index: number): Promise<string | null> => {
    const { picture } = set.rows[index];
    if (picture === null) return null;
    const known = names.get(picture);
    if (known !== undefined) return known;
    const name = `images/${picture}.${await endingOf(set, index)}`;
    names.set(picture, name);
    return name;
  };
  const lines: string[] = [];
  const first = new Map<number, number>();
  for (const [index, { picture }] of set.rows.entries()) {
    if (picture !== null && !first.has(picture)) first.set(picture, index);
    await nameOf(index);
  }
  const ofThree = set.groups && set.rows.every(({ world }) => world === undefined);
  if (ofThree)
    for (let index = 0; index < set.rows.length; index += 3)
      lines.push(JSON.stringify(await threeOf(set, index, nameOf)));
  else
    for (const [index, row] of set.rows.entries())
      lines.push(JSON.stringify(lineOf(row, index, await nameOf(index))));
  const text = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
  yield { path: 'metadata.jsonl', bytes: () => text };
  for (const [picture, index] of first) {
    const file = await set.picture(index);
    const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer());
    yield { path: names.get(picture) ?? '', bytes: () => bytes };
  }
}

/** Every column has one type in every line, since the library takes it from the first ones. */
function lineOf(row: DataRow, index: number, picture: string | null): Record<string, unknown> {
  const { id, question, answer, family, wrongAnswers, description, reasoning, world } = row;
  const number = /^\d{1,15}$/.test(id) ? Number(id) : index;
  return {
    ...trainerColumns({
      pictures: picture === null ? [] : [picture],
      question,
      answer,
      id: number,
    }),
    source_id: id,
    family: family ?? '',
    description: description ?? '',
    reasoning: reasoning ?? '',
    wrong_answers: wrongAnswers ?? [],
    world: world ?? '',
  };
}

/** A question with its three pictures as ViLP has it; `…_file_name` is what `datasets` makes a picture of. */
async function threeOf(
  set: OpenSet,
  index: number,
  nameOf: (index: number) => Promise<string | null>,
): Promise<Record<string, unknown>> {
  const [first, second, third] = set.rows.slice(index, index + 3);
  const { fact, question, family } = first;
  return {
    question: fact === undefined ? question : `${fact} ${question}`,
    ...{ image1_file_name: await nameOf(index), answer1: first.answer },
    ...{ image2_file_name: await nameOf(index + 1), answer2: second.answer },
    ...{ image3_file_name: await nameOf(index + 2), answer3: third.answer },
    source_id: first.id.replace(/, picture 1\b.*$/, ''),
    family: family ?? '',
  };
}

/** By how it begins: `datasets` and people go by a name's ending. */
async function endingOf(set: OpenSet, index: number): Promise<string> {
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
