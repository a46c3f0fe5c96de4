/** Hands events on together, once for each frame that is drawn, so that many events cost one drawing. */

/** A hidden page draws no frames. */
const HIDDEN_MS = 250;

export interface Batched<T> {
  (event: T): void;
  /** Hands on at once what waits. */
  flush(): void;
}

export function batched<T>(handle: (events: readonly T[]) => void): Batched<T> {
  let waiting: T[] = [];
  let cancel: (() => void) | null = null;
  const flush = () => {
    cancel?.();
    cancel = null;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    handle(events);
  };
  const schedule = () => {
    // A frame may never come once the page is hidden, so a timer stands behind it.
    const frame =
      typeof requestAnimationFrame === 'function' ? requestAnimationFrame(flush) : undefined;
    const timer = setTimeout(flush, HIDDEN_MS);
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  };
  const take = (event: T) => {
    waiting.push(event);
    cancel ??= schedule();
  };
  return Object.assign(take, { flush });
}
