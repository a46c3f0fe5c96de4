/** Training items as an image folder of the `datasets` library, with the columns that trainers elsewhere read. */

import { encode } from 'fast-png';
import type { RgbaImage } from '../../base/rgba-image.ts';
import { textOf, worded } from '../../inference/dialects.ts';
import { type ExportFile, textFile } from '../../storage/zip-write.ts';
import type { ExampleSource } from '../data/example-source.ts';

/** More takes a browser minutes and helps nobody: a run of more steps goes over its items again. */
export const MOST_ITEMS = 5_000;

/** An opaque RGB PNG of a picture (RGBA, 8 bits), lightly compressed. */
export function pngOf({ width, height, data }: RgbaImage): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    rgb.set(data.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  return encode({ width, height, data: rgb, channels: 3 }, { zlib: { level: 1 } });
}

/**
 * The columns that the released ViGOS trainer reads. `file_names` is what `datasets` makes `images` of; `problem_id` is a
 * number. Every column has one type in every line, since the library takes it from the first ones.
 */
export const trainerColumns = (item: {
  readonly pictures: readonly string[];
  readonly question: string;
  readonly answer: string;
  readonly id: number;
}) => ({
  file_names: item.pictures,
  problem: item.question,
  answer: item.answer,
  problem_id: item.id,
});

/** The items of a run in the order in which it drew them. */
export interface DrawnItems {
  readonly files: readonly ExportFile[];
  readonly items: number;
  readonly pictures: number;
  /** References that are wrong on purpose. */
  readonly wrong: number;
}

/**
 * The first `count` items that `source` draws, `perStep` a step, under `folder/`. `answer` is the reference that teachers
 * are given, `true_answer` what is true, `prompt` the student's question in TRL's conversational form.
 */
export function drawnItems(
  source: ExampleSource,
  { count, perStep, folder }: { count: number; perStep: number; folder: string },
): DrawnItems {
  const pictures = new Map<string, ExportFile>();
  const student = worded('full', 'student');
  let wrong = 0;
  const lines = Array.from({ length: count }, (_, at) => {
    const example = source.example(1 + Math.floor(at / perStep), at % perStep);
    const { item, input, answer: truth, wrongReference } = example;
    const { image, question, answer } = input;
    // `datasets` takes a split's name in a file's name for the split, and reads nothing but such files then.
    const name = `images/${item.index}.png`;
    if (image !== null && !pictures.has(name)) {
      const bytes = pngOf(image);
      pictures.set(name, { path: `${folder}/${name}`, bytes: () => bytes });
    }
    const names = image === null ? [] : [name];
    if (wrongReference !== null) wrong++;
    return JSON.stringify({
      ...trainerColumns({ pictures: names, question, answer, id: at }),
      true_answer: truth,
      prompt: [{ role: 'user', content: textOf(student, { question, answer }) ?? question }],
    });
  });
  const metadata = textFile(`${folder}/metadata.jsonl`, `${lines.join('\n')}\n`);
  return {
    files: [metadata, ...pictures.values()],
    items: count,
    pictures: pictures.size,
    wrong,
  };
}
