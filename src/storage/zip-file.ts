/** A zip archive that stays where it lies: its directory is read at once, its files when they are asked for. */

import { PlaygroundError } from '../base/errors.ts';
import { memberAt, unreadable, type ZipEntry, zipEntriesOf } from './zip-directory.ts';
import { Unpacking } from './zip-read.ts';

/** Packed bytes that are read at a time. */
const READ_BYTES = 1 << 20;
/** Most that {@link ZipFile.read} unpacks into memory, bytes. */
const MOST_READ = 2 ** 27;

export interface ZipFile {
  readonly members: readonly Pick<ZipEntry, 'path' | 'bytes' | 'packedBytes'>[];
  /** A file piece by piece. Throws {@link PlaygroundError} `import.archive`; the checksum is told at the end. */
  pieces(path: string): AsyncGenerator<Uint8Array>;
  /** A whole file. Throws as {@link pieces} does, and for one that is larger than memory should hold. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Throws {@link PlaygroundError} `import.archive` for what is no archive, is cut off or contradicts itself. */
export async function openZip(archive: Blob): Promise<ZipFile> {
  const members = await zipEntriesOf(archive).catch((cause: unknown) => {
    throw cause instanceof PlaygroundError ? cause : moved(cause);
  });
  const byPath = new Map(members.map((entry) => [entry.path, entry]));
  const entryOf = (path: string): ZipEntry => {
    const entry = byPath.get(path);
    if (entry === undefined) throw unreadable(`it holds no ${path}`);
    return entry;
  };
  async function* pieces(path: string): AsyncGenerator<Uint8Array> {
    const entry = entryOf(path);
    const { start, end } = memberAt(
      entry,
      await bytesOf(archive, entry.header, entry.header + entry.headerBytes),
    );
    const unpacking = new Unpacking(entry);
    for (let at = start; at < end; at += READ_BYTES) {
      const to = Math.min(end, at + READ_BYTES);
      yield* unpacking.push(await bytesOf(archive, at, to), to === end);
    }
    unpacking.end();
  }
  return {
    members,
    pieces,
    async read(path) {
      const { bytes } = entryOf(path);
      if (bytes > MOST_READ)
        throw unreadable(
          `${path} takes ${bytes} bytes, and at most ${MOST_READ} are taken at once`,
        );
      const whole = new Uint8Array(bytes);
      let at = 0;
      for await (const piece of pieces(path)) {
        whole.set(piece, at);
        at += piece.length;
      }
      return whole;
    },
  };
}

async function bytesOf(blob: Blob, from: number, to: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.slice(from, to).arrayBuffer());
  } catch (cause) {
    throw moved(cause);
  }
}

const moved = (cause: unknown) =>
  unreadable('it was changed, moved or removed while it was read', cause);
