/** JSON Lines in storage, each with a checksum of its own, so that a line that changed or was cut off is told. */

import { crc32 } from '../base/crc32.ts';

/** What ends a stored line: the CRC-32 of the line without it. */
const LINE_SUM = /,"crc":"([0-9a-f]{8})"\}$/;

/** Objects as lines of text, ready to be appended. */
export function writeCheckedLines(lines: readonly object[]): string {
  return lines
    .map((line) => {
      const text = JSON.stringify(line);
      return `${text.slice(0, -1)},"crc":"${sumOf(text)}"}\n`;
    })
    .join('');
}

/**
 * The lines that are as they were written and that `read` takes, and how many are not. What follows the last end of
 * line was being written when something broke off, and is neither. `read` throws at what is no line.
 */
export function readCheckedLines<T>(
  text: string,
  read: (json: unknown) => T,
): { lines: T[]; damaged: number } {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines: T[] = [];
  let damaged = 0;
  for (const written of whole.split('\n')) {
    if (written.trim() === '') continue;
    const sum = LINE_SUM.exec(written);
    // Lines of earlier versions have no checksum.
    const line = sum === null ? written : `${written.slice(0, sum.index)}}`;
    try {
      if (sum !== null && sumOf(line) !== sum[1]) throw new Error('changed');
      lines.push(read(JSON.parse(line)));
    } catch {
      damaged++;
    }
  }
  return { lines, damaged };
}

function sumOf(line: string): string {
  return crc32(new TextEncoder().encode(line)).toString(16).padStart(8, '0');
}
