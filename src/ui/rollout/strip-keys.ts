/** Where a key takes the selection in the token strip. */

/**
 * The token a key leads to, or null for a key that the strip leaves alone.
 *
 * @param starts first token of each lane, ascending
 * @param onNextLine for up and down, which go by what is drawn: the nearest token on the line above or below
 */
export function tokenAfterKey(
  key: string,
  at: number,
  last: number,
  starts: readonly number[],
  onNextLine: (at: number, direction: 1 | -1) => number,
): number | null {
  if (last < 0) return null;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, at + 1);
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'PageDown':
      return starts.find((start) => start > at) ?? last;
    case 'PageUp':
      return starts.findLast((start) => start < at) ?? 0;
    case 'ArrowDown':
      return onNextLine(Math.max(0, at), 1);
    case 'ArrowUp':
      return onNextLine(Math.max(0, at), -1);
    default:
      return null;
  }
}

/** By what the browser has drawn; the strip must hold every token. */
export function nearestOnNextLine(strip: HTMLElement, at: number, direction: 1 | -1): number {
  const cells = [...strip.querySelectorAll<HTMLElement>('[data-index]')];
  const from = cells[at]?.getBoundingClientRect();
  if (from === undefined) return at;
  const middle = from.left + from.width / 2;
  let best: { index: number; line: number; off: number } | null = null;
  for (const [index, cell] of cells.entries()) {
    const box = cell.getBoundingClientRect();
    const line = (box.top - from.top) * direction;
    if (line < from.height / 2) continue;
    const off = Math.abs(box.left + box.width / 2 - middle);
    if (best !== null && (line > best.line + 2 || (line > best.line - 2 && off >= best.off)))
      continue;
    best = { index, line, off };
  }
  return best?.index ?? at;
}
