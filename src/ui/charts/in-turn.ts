/** Pieces of work for the page's own thread, one a task, so that frames and input come between them. */

const waiting: (() => void)[] = [];

function next(): void {
  // The next piece is asked for first: one that throws leaves the others their turn.
  if (waiting.length > 1) setTimeout(next);
  waiting.shift()?.();
}

/** Does `work` soon, in a task of its own, after all that was asked for before. The answer takes it back. */
export function inTurn(work: () => void): () => void {
  waiting.push(work);
  if (waiting.length === 1) setTimeout(next);
  return () => {
    const at = waiting.indexOf(work);
    if (at >= 0) waiting[at] = () => undefined;
  };
}
