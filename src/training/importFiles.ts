/** Reads zip archives that somebody brings. */

import { unzipSync } from 'fflate';
import { PlaygroundError } from '../base/errors.ts';

/** The largest file that is unpacked, in bytes; far above what a tiny run holds, far below what a tab may take. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] <= 8;
}

/**
 * The files of an archive whose path `wanted` accepts, by path.
 * Throws {@link PlaygroundError} `import.archive` for a file that is no zip archive, is cut off, or is too large unpacked.
 */
export function unzip(
  bytes: Uint8Array,
  wanted: (path: string) => boolean,
): Map<string, Uint8Array> {
  if (!isZip(bytes)) throw unreadable('it is not a zip archive');
  try {
    const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
      if (!wanted(name)) return false;
      if (originalSize > MAX_FILE_BYTES) throw unreadable(`${name} takes ${originalSize} bytes`);
      return true;
    };
    return new Map(Object.entries(unzipSync(bytes, { filter })));
  } catch (cause) {
    if (cause instanceof PlaygroundError) throw cause;
    throw unreadable('it is cut off or damaged', cause);
  }
}

function unreadable(reason: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'import.archive',
      message: `The archive cannot be read: ${reason}.`,
      fix: 'Export or download it again, and pick the .zip file as it is.',
      where: 'zip',
      detail: { reason },
    },
    { cause },
  );
}
