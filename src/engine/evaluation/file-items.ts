/**
 * A set from a file of a person's own: JSON Lines with a question a line, alone or in a zip file beside their pictures,
 * in the columns that the released trainer reads and `world:export` writes (`problem`, `answer`, `images` or
 * `file_names`), or with `question`, `image` and `wrong_answers`. Pictures are unpacked when they are asked for.
 */

import { bytesOfDataAddress } from '../../base/data-address.ts';
import { PlaygroundError } from '../../base/errors.ts';
import type { RgbaImage } from '../../contract/engine.ts';
import type { EvaluatedItem } from '../../contract/evaluation.ts';
import { EVALUATION_BOUNDS, type EvaluationSet } from '../../contract/evaluation-settings.ts';
import { decodePicture } from '../../picture/decode.ts';
import { isZip, unzip, zipPaths } from '../../storage/zip-read.ts';
import { type AskedItem, askedItem } from '../../training/data/asked-item.ts';
import { sha256 } from '../../training/fingerprint.ts';
import { SPLIT_NAMES, type WorldItem, worldItem } from '../../world/split.ts';
import type { ItemSource } from './items.ts';

/** What a line says. */
interface FileLine {
  readonly id: string;
  readonly question: string;
  /** Empty without one. */
  readonly answer: string;
  readonly family: string | null;
  readonly wrongAnswers: readonly string[];
  /** Path in the archive, or a data: address; null for a question without a picture. */
  readonly picture: string | null;
  /** The item of the world that it is, where its scene is that one's. */
  readonly world: WorldItem | null;
}

export interface FileSet {
  /** As it is asked: with the file's own fingerprint and at most as many pictures as it has. */
  readonly set: Extract<EvaluationSet, { readonly name: 'file' }>;
  readonly items: ItemSource;
  /** Item `index` with its pictures as files. Throws as the items do. */
  shown(index: number): Promise<EvaluatedItem>;
}

/** Throws {@link PlaygroundError} `evaluation.file` naming the line, and `import.archive`. */
export async function fileItems(file: Blob, name: string, wanted: number): Promise<FileSet> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const archive = isZip(bytes) ? bytes : null;
  const { text, folder } =
    archive === null ? { text: bytes, folder: '' } : metadataOf(archive, name);
  const lines = readLines(text, name);
  const count = Math.min(wanted, lines.length);
  const set = { name: 'file', file: name, fingerprint: await sha256(bytes), count } as const;
  const picture = (index: number) => pictureFile(lines[index], archive, folder, name);
  const pixels = (index: number) => pixelsOf(picture(index), name, lines[index]);
  const others = otherAnswers(lines);
  // The next line may be another question about the same picture.
  const mismatched = (index: number): number | null => {
    for (let by = 1; by < lines.length; by++) {
      const next = (index + by) % lines.length;
      const { picture: other } = lines[next];
      if (other !== null && other !== lines[index].picture) return next;
    }
    return null;
  };
  return {
    set,
    items: {
      count,
      item: async (index) => itemOf(lines[index], await pixels(index), others),
      mismatched: async (index) => {
        const other = mismatched(index);
        return other === null ? null : pixels(other);
      },
    },
    shown: async (index) => {
      const line = lines.at(index);
      if (line === undefined) throw bad(name, `it has no line for item ${index}`, name);
      const other = mismatched(index);
      return {
        picture: picture(index),
        mismatched: other === null ? null : picture(other),
        wrongAnswers: proposedTo(line, others),
      };
    },
  };
}

function metadataOf(archive: Uint8Array, name: string): { text: Uint8Array; folder: string } {
  const paths = zipPaths(archive).filter((path) => /\.jsonl$/i.test(path));
  const path = paths.find((own) => /(^|\/)metadata\.jsonl$/i.test(own)) ?? paths[0];
  const text = path === undefined ? undefined : unzip(archive, (own) => own === path).get(path);
  if (path === undefined || text === undefined)
    throw bad(name, 'it holds no .jsonl file with questions', name);
  return { text, folder: path.slice(0, path.lastIndexOf('/') + 1) };
}

function readLines(bytes: Uint8Array, name: string): FileLine[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw bad(name, 'it is neither a zip file nor UTF-8 text', name);
  }
  const lines = text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    return [readLine(parsed(line), `${name}, line ${i + 1}`, String(i + 1))];
  });
  if (lines.length === 0) throw bad(name, 'it has no line', name);
  if (lines.length > EVALUATION_BOUNDS.count.max)
    throw bad(
      name,
      `it has ${lines.length} lines; the most is ${EVALUATION_BOUNDS.count.max}`,
      name,
    );
  return lines;
}

function readLine(json: unknown, where: string, number: string): FileLine {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw bad(where, 'it is no JSON object', where);
  const fields = json as Record<string, unknown>;
  const question = textIn(fields, 'problem', 'question');
  if (question === null) throw bad(where, 'it has no text in “problem” or “question”', where);
  const known = worldOf(fields.world, question);
  const wrong = fields.wrong_answers;
  return {
    id: `line ${number}`,
    question,
    answer: textIn(fields, 'answer') ?? '',
    family: textIn(fields, 'family', 'category'),
    wrongAnswers: Array.isArray(wrong)
      ? wrong.filter((one) => typeof one === 'string')
      : (known?.wrongAnswers ?? []),
    picture: pictureIn(fields),
    world: known,
  };
}

/** The first of these columns that holds a text or a number. */
function textIn(fields: Record<string, unknown>, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return null;
}

function pictureIn(fields: Record<string, unknown>): string | null {
  for (const name of ['file_names', 'images', 'image', 'file_name']) {
    const value = fields[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string' && first !== '') return first;
  }
  return null;
}

/** The item of the world that a line of `world:export` is, if its question and its scene are still that one's. */
function worldOf(json: unknown, question: string): WorldItem | null {
  if (typeof json !== 'string') return null;
  const said = parsed(json) as { id?: unknown; scene?: unknown } | null | undefined;
  const [, name, index] = /^([\w-]+)-(\d+)$/.exec(String(said?.id)) ?? [];
  const split = SPLIT_NAMES.find((own) => own === name);
  if (split === undefined) return null;
  const item = worldItem(split, Number(index));
  const same = JSON.stringify(item.scene) === JSON.stringify(said?.scene);
  return same && question.endsWith(item.question) ? item : null;
}

function itemOf(line: FileLine, image: RgbaImage | null, others: readonly string[]): AskedItem {
  const { id, question, answer, family, world } = line;
  const known = world === null ? null : askedItem(world, false);
  return {
    id,
    family,
    image: null,
    usual: null,
    wrongAnswers: proposedTo(line, others),
    description: known?.description ?? null,
    input: () => ({ image, question, answer }),
    truth: (description) => known?.truth(description) ?? null,
  };
}

/** Answers of other lines are proposed where a file brings no wrong ones. */
const proposedTo = ({ wrongAnswers }: FileLine, others: readonly string[]) =>
  wrongAnswers.length > 0 ? wrongAnswers : others;

/** Some answers of the file, each once. */
const otherAnswers = (lines: readonly FileLine[]): readonly string[] =>
  [...new Set(lines.map(({ answer }) => answer).filter((answer) => answer !== ''))].slice(0, 64);

function pictureFile(
  { picture, id }: FileLine,
  archive: Uint8Array | null,
  folder: string,
  name: string,
): File | null {
  if (picture === null) return null;
  const said = `“${picture.slice(0, 80)}”`;
  if (picture.startsWith('data:')) {
    const found = bytesOfDataAddress(picture);
    if (found === null)
      throw bad(`${name}, ${id}`, `its picture ${said} is no data: address in base64`, id);
    return new File([found.bytes], `${name}, ${id}`);
  }
  const bytes = inArchive(archive, `${folder}${picture.replace(/^\.\//, '')}`);
  if (bytes === null) throw bad(`${name}, ${id}`, `its picture ${said} is not in the file`, id);
  return new File([bytes], picture.slice(picture.lastIndexOf('/') + 1));
}

async function pixelsOf(
  file: File | null,
  name: string,
  { id }: FileLine,
): Promise<RgbaImage | null> {
  if (file === null) return null;
  const { width, height, data } = await decodePicture(file, { name: `${name}, ${id}` });
  return { width, height, data };
}

function inArchive(archive: Uint8Array | null, path: string): Uint8Array<ArrayBuffer> | null {
  const found = archive === null ? undefined : unzip(archive, (own) => own === path).get(path);
  return found === undefined ? null : new Uint8Array(found);
}

/** Text that is no JSON is no line either; the reader names it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bad(what: string, why: string, where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.file',
    message: `${what} cannot be asked: ${why}.`,
    fix: 'Give JSON Lines with “problem” and “answer” a line, in a zip file beside the pictures that “images” or “file_names” names.',
    where,
  });
}
