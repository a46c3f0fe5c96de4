/** Files and folders out of a drop; a folder with all that lies in it, as a folder picker would give it. */

import { PlaygroundError } from '../../../base/errors.ts';
import type { PickedFolder } from '../../shared/FolderButton.tsx';

export interface DroppedItems {
  readonly files: readonly File[];
  readonly folders: readonly PickedFolder[];
}

/** More than any model with its trainer's leavings has. */
const MAX_FILES = 5000;

/** What a browser tells of a drop while it is handled; after that only entries and files stay readable. */
export type DropItem = Pick<DataTransferItem, 'kind' | 'getAsFile' | 'webkitGetAsEntry'>;

/**
 * Asks every item before anything is awaited, then reads the folders.
 * Throws {@link PlaygroundError} `drop.unreadable` and `drop.too-many`.
 */
export async function droppedItems(items: Iterable<DropItem>): Promise<DroppedItems> {
  const files: File[] = [];
  const directories: FileSystemDirectoryEntry[] = [];
  for (const item of items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry !== null && isDirectory(entry) ? null : item.getAsFile();
    if (entry !== null && isDirectory(entry)) directories.push(entry);
    if (file !== null) files.push(file);
  }
  const folders: PickedFolder[] = [];
  for (const directory of directories) folders.push(await folderOf(directory));
  return { files, folders };
}

async function folderOf(directory: FileSystemDirectoryEntry): Promise<PickedFolder> {
  const files: PickedFolder['files'] = [];
  const open = [{ directory, path: directory.name }];
  try {
    for (let at = open.pop(); at !== undefined; at = open.pop())
      for (const entry of await entriesOf(at.directory)) {
        const path = `${at.path}/${entry.name}`;
        if (isDirectory(entry)) open.push({ directory: entry, path });
        else if (entry.isFile) files.push({ path, file: await fileOf(entry) });
        if (files.length > MAX_FILES) throw tooLarge(directory.name);
      }
  } catch (cause) {
    if (cause instanceof PlaygroundError) throw cause;
    throw unreadable(directory.name, cause);
  }
  return { name: directory.name, files };
}

/** A reader gives some at a time, and none at the end. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const fileOf = (entry: FileSystemEntry) =>
  new Promise<File>((resolve, reject) => {
    (entry as FileSystemFileEntry).file(resolve, reject);
  });

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry =>
  entry.isDirectory;

function tooLarge(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'drop.too-many',
    message: `The folder “${name}” holds more than ${MAX_FILES} files.`,
    fix: 'Drop the folder of one model, one run or one set.',
    where: name,
  });
}

function unreadable(name: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'drop.unreadable',
      message: `The folder “${name}” could not be read.`,
      fix: 'Drop it again, or open it with the buttons of the page that takes it.',
      where: name,
      detail: { original: String(cause) },
    },
    { cause },
  );
}
