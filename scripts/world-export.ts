/** Writes a split of the tiny world as an image folder of the `datasets` library: `npm run world:export -- --help`. */

import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PlaygroundError, toErrorRecord } from '../src/base/errors.ts';
import { hashText } from '../src/base/random.ts';
import { type DataExport, MOST_DATA_ITEMS } from '../src/contract/data/data-sets.ts';
import { exportedSet } from '../src/data/export-data.ts';
import { problemSet, problemText, worldSet, worldText } from '../src/data/world-set.ts';
import { pngOf, trainerColumns } from '../src/training/outward/data-set.ts';
import { renderScene, WORLD_EDGE } from '../src/world/render.ts';
import { sceneKey } from '../src/world/scene.ts';
import { SPLIT_NAMES, type Split, type WorldItem, worldItem } from '../src/world/split.ts';
import {
  PROBLEM_SPLITS,
  type ProblemSplit,
  type TextProblem,
  textProblem,
} from '../src/world/text-problems.ts';
import { Flags } from './flags.ts';

const FLAGS = new Flags('world-export');

const USAGE = `npm run world:export -- --split NAME --count N --out PATH [options]

Writes PATH/metadata.jsonl, one item a line, and its pictures to PATH/images/*.png: an image folder that
load_dataset(PATH) of the datasets library reads, with the columns images, problem, answer, problem_id (a
number), family, description, reasoning, and world (JSON: everything else that the world knows).

  --split NAME         one of ${SPLIT_NAMES.join(', ')}
  --count N            number of items
  --out PATH           folder, made if it is missing; metadata.jsonl in it is replaced. A name that ends in
                       .zip or .parquet is one file instead, as the Data page writes a set: the folder
                       zipped, or a table with the pictures' bytes; at most ${MOST_DATA_ITEMS} items
  --problems           problems in words alone, without pictures; the splits are then
                       ${PROBLEM_SPLITS.join(', ')}
  --start N            index of the first item (0)
  --usual-share P      share of usual looks, 0 to 1 (each split has its own)
  --size N             edge of the pictures in pixels, 28 to 2048 (${WORLD_EDGE})
`;

interface Options {
  of: { kind: 'pictures'; split: Split } | { kind: 'problems'; split: ProblemSplit };
  start: number;
  count: number;
  out: string;
  usualShare?: number;
  size: number;
}

function parse(args: string[]) {
  return FLAGS.read({
    args,
    options: {
      split: { type: 'string' },
      start: { type: 'string', default: '0' },
      count: { type: 'string' },
      out: { type: 'string' },
      'usual-share': { type: 'string' },
      size: { type: 'string', default: String(WORLD_EDGE) },
      problems: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

function named<T extends string>(splits: readonly T[], wanted: string | undefined): T {
  if (wanted !== undefined) return FLAGS.oneOf('--split', wanted, splits);
  throw FLAGS.bad('--split', '--split is missing.', `Give one of: ${splits.join(', ')}.`);
}

function readArguments(args: string[]): Options | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const of: Options['of'] = values.problems
    ? { kind: 'problems', split: named(PROBLEM_SPLITS, values.split) }
    : { kind: 'pictures', split: named(SPLIT_NAMES, values.split) };
  if (values.count === undefined)
    throw FLAGS.bad('--count', '--count is missing.', 'Give the number of items, as --count 100.');
  if (values.out === undefined || values.out === '')
    throw FLAGS.bad('--out', '--out is missing.', 'Give the folder to write, as --out DIR.');
  const count = FLAGS.wholeNumber('--count', values.count, 1, 1e7);
  if (formOf(values.out) !== null && count > MOST_DATA_ITEMS)
    throw FLAGS.bad(
      '--count',
      `--count is ${count}, and one file takes at most ${MOST_DATA_ITEMS} items.`,
      'Give fewer, or a folder as --out.',
    );
  const share = values['usual-share'];
  const usualShare = share === undefined ? undefined : Number(share);
  if (usualShare !== undefined && (share?.trim() === '' || !(usualShare >= 0 && usualShare <= 1)))
    throw FLAGS.bad('--usual-share', `--usual-share is "${share}".`, 'Give a number from 0 to 1.');
  return {
    of,
    start: FLAGS.wholeNumber('--start', values.start, 0, 1e9),
    count,
    out: values.out,
    ...(usualShare === undefined ? {} : { usualShare }),
    size: FLAGS.wholeNumber('--size', values.size, 28, 2048),
  };
}

/** One line of the data set: what trainers read, and what the world knows beside it; what differs from item to item is JSON in one text. */
function record(item: WorldItem, image: string): Record<string, unknown> {
  const { question, answer, index: id } = item;
  return {
    ...trainerColumns({ pictures: [image], question, answer, id }),
    family: item.family,
    description: item.description,
    reasoning: item.reasoning,
    world: worldText(item),
  };
}

/** A problem in words as a line with the same columns, no picture and no description. */
function problemRecord(problem: TextProblem): Record<string, unknown> {
  const { question, answer, index: id } = problem;
  return {
    ...trainerColumns({ pictures: [], question, answer, id }),
    family: 'problems',
    description: '',
    reasoning: problem.reasoning,
    world: problemText(problem),
  };
}

/** As what a path's ending says that it is written; null for a folder. */
function formOf(out: string): DataExport | null {
  if (/\.parquet$/i.test(out)) return 'parquet';
  return /\.zip$/i.test(out) ? 'folder' : null;
}

async function exportFile(
  { of, start, count, out, usualShare, size }: Options,
  as: DataExport,
): Promise<{ items: number; pictures: number }> {
  const usual = usualShare === undefined ? {} : { usualShare };
  const set =
    of.kind === 'problems'
      ? problemSet(of.split, start, count)
      : worldSet({ split: of.split, start, count, size, ...usual });
  const { data } = await exportedSet(set, as);
  await pipeline(data.stream(), createWriteStream(out));
  const pictures = new Set(set.rows.flatMap(({ picture }) => picture ?? []));
  return { items: count, pictures: pictures.size };
}

async function exportSplit(options: Options): Promise<{ items: number; pictures: number }> {
  const { of, start, count, out, size } = options;
  mkdirSync(join(out, 'images'), { recursive: true });
  const lines = createWriteStream(join(out, 'metadata.jsonl'));
  const failed = new Promise<never>((_, reject) => lines.on('error', reject));
  // Held here so that an error between two writes is not an unhandled rejection.
  failed.catch(() => undefined);
  const drained = () => new Promise<void>((resolve) => lines.once('drain', resolve));
  const pictures = new Map<string, string>();
  const names = new Set<string>();
  const itemOptions = options.usualShare === undefined ? {} : { usualShare: options.usualShare };
  const write = async (line: Record<string, unknown>) => {
    if (!lines.write(`${JSON.stringify(line)}\n`)) await Promise.race([drained(), failed]);
  };
  for (let index = start; index < start + count; index++) {
    if (of.kind === 'problems') {
      await write(problemRecord(textProblem(of.split, index)));
      continue;
    }
    const item = worldItem(of.split, index, itemOptions);
    const key = sceneKey(item.scene);
    let image = pictures.get(key);
    if (image === undefined) {
      // Named by the scene, so that exports of one split into one folder share their pictures.
      const hash = [key, `${key}'`].map((text) => hashText(text).toString(16).padStart(8, '0'));
      image = `images/${hash.join('')}.png`;
      if (names.has(image)) throw new Error(`two scenes are named ${image}`);
      names.add(image);
      pictures.set(key, image);
      writeFileSync(join(out, image), pngOf(renderScene(item.scene, size)));
    }
    await write(record(item, image));
  }
  await Promise.race([new Promise<void>((resolve) => lines.end(resolve)), failed]);
  return { items: count, pictures: pictures.size };
}

/** A file system error, which carries a path, in words for the person who named the folder. */
function asWriteError(error: unknown): unknown {
  if (!(error instanceof Error) || !('path' in error) || !('syscall' in error)) return error;
  return new PlaygroundError(
    {
      code: 'world-export.cannot-write',
      message: `Cannot write ${String(error.path)}: ${error.message}.`,
      fix: 'Give --out a folder that can be made and written, with room on the disk.',
      where: '--out',
    },
    { cause: error },
  );
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else {
    const form = formOf(options.out);
    const { items, pictures } = await (form === null
      ? exportSplit(options)
      : exportFile(options, form));
    process.stdout.write(`${items} items, ${pictures} pictures in ${options.out}\n`);
  }
} catch (error) {
  const { code, message, fix } = toErrorRecord(asWriteError(error), 'world:export');
  process.stderr.write(`${message}\n${fix}\n\n${USAGE}`);
  process.exitCode = code === 'world-export.bad-argument' ? 2 : 1;
}
