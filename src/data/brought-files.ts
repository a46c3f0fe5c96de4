/** Files that belong to one set: which of them hold its records, and where its pictures are found. */

import type { GivenFile } from '../contract/data/data-sets.ts';
import { type Batch, isData, type Reading, readFiles } from '../rollouts/reading/read-files.ts';
import { PictureFiles } from '../storage/picture-files.ts';
import { openZip } from '../storage/zip-file.ts';
import { isZip } from '../storage/zip-read.ts';

export interface BroughtFiles {
  readonly pictures: PictureFiles;
  /** Files with records, those within archives too. */
  readonly tables: number;
  /** Bytes that reading the records takes in. */
  readonly bytes: number;
  batches(reading: Pick<Reading, 'onBytes' | 'signal'>): AsyncGenerator<Batch>;
}

/** A file that may hold records, and its bytes as they lie on the disk. */
interface Table {
  readonly path: string;
  readonly bytes: number;
}

/** Where several files may hold records, those that rather do: the list of an image folder, tables, then loose JSON. */
const RANKS: readonly RegExp[] = [
  /(?:^|\/)metadata\.(?:jsonl|csv|parquet)$/i,
  /\.(?:jsonl|ndjson|parquet|csv|tsv|arrow)(?:\.gz)?$/i,
  /\.json(?:\.gz)?$/i,
  /./,
];

/** Throws {@link PlaygroundError} `import.archive`, and what `readFiles` throws as batches are read. */
export async function broughtFiles(given: readonly GivenFile[]): Promise<BroughtFiles> {
  const files = given.map(({ file }) => file);
  const paths = new Map(given.map(({ path, file }) => [file, path]));
  const nameOf = (file: File): string => paths.get(file) ?? file.name;
  const inside = new Map<File, readonly Table[]>();
  for (const file of files) {
    const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
    if (!isZip(head)) continue;
    const archive = await openZip(file);
    const tables = archive.members.filter(({ path }) => isData(path));
    inside.set(
      file,
      tables.map(({ path, packedBytes: bytes }) => ({ path, bytes })),
    );
  }
  // A file alone is read whatever it is called: its reader says what it is.
  const ofFile = (file: File): readonly Table[] => {
    const path = nameOf(file);
    const own = files.length === 1 || isData(path) ? [{ path, bytes: file.size }] : [];
    return inside.get(file) ?? own;
  };
  const all = files.flatMap(ofFile);
  const rank = RANKS.find((pattern) => all.some(({ path }) => pattern.test(path)));
  const isWanted = (path: string): boolean => rank?.test(path) === true;
  const wanted = all.filter(({ path }) => isWanted(path));
  const read = files.filter((file) => ofFile(file).some(({ path }) => isWanted(path)));
  return {
    pictures: await PictureFiles.from(files, nameOf),
    tables: wanted.length,
    bytes: wanted.reduce((sum, { bytes }) => sum + bytes, 0),
    // Without any the first is read, so that its reader says what it is.
    batches: (reading) =>
      readFiles(read.length > 0 ? read : files.slice(0, 1), { ...reading, nameOf, isWanted }),
  };
}

/** The folder of a file, ending in a slash; empty at the top. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
