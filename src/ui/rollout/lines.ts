/** The lines of a strip that is too long to be laid out by the browser. Pure. */

import type { Lane, StripToken } from './view.ts';

/** Tokens `[start, end)` of one lane that fit beside each other. */
export interface Line {
  lane: Lane['name'];
  start: number;
  end: number;
  /** Where its first token begins, px. */
  indent: number;
  /** The lane begins here. */
  first: boolean;
}

export type WidthOf = (token: StripToken) => number;

/**
 * Fills lines greedily, as a browser does; each lane begins a new one, and a lane without tokens has an
 * empty one.
 *
 * @param widthOf px of a token with its margin
 * @param room px of a line
 * @param indent px taken at the start of the first line of the whole strip
 */
export function linesOf(
  lanes: readonly Lane[],
  widthOf: WidthOf,
  room: number,
  indent: number,
): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const { name, tokens } of lanes) {
    let line: Line = { lane: name, start: at, end: at, indent: at === 0 ? indent : 0, first: true };
    let filled = line.indent;
    for (const token of tokens) {
      const width = widthOf(token);
      if (filled > 0 && filled + width > room) {
        lines.push(line);
        line = { lane: name, start: at, end: at, indent: 0, first: false };
        filled = 0;
      }
      filled += width;
      line.end = ++at;
    }
    lines.push(line);
  }
  return lines;
}

/** Index of the line that holds a token; -1 where none does. */
export function lineOf(lines: readonly Line[], token: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { start, end } = lines[middle];
    if (token < start) high = middle - 1;
    else if (token >= end) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** The token above or below: the one whose middle is nearest on the next line; the same at the edge. */
export function tokenOnNextLine(
  lines: readonly Line[],
  tokens: readonly StripToken[],
  widthOf: WidthOf,
  at: number,
  direction: 1 | -1,
): number {
  const from = lineOf(lines, at);
  if (from < 0) return at;
  let to = from + direction;
  while (lines[to] !== undefined && lines[to].start === lines[to].end) to += direction;
  const line = lines[to];
  if (line === undefined) return at;
  const middle = middles(lines[from], tokens, widthOf)[at - lines[from].start];
  const there = middles(line, tokens, widthOf).map((x) => Math.abs(x - middle));
  return line.start + there.indexOf(Math.min(...there));
}

function middles(line: Line, tokens: readonly StripToken[], widthOf: WidthOf): number[] {
  let left = line.indent;
  return tokens.slice(line.start, line.end).map((token) => {
    const width = widthOf(token);
    left += width;
    return left - width / 2;
  });
}
