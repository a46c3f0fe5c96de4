/** One job at a time, in the order they came; each can be cancelled before or while it runs. */

import { PlaygroundError } from './errors.ts';

/** What a running job may do about its own life. */
export interface JobHandle {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Lets messages in, then throws `job.cancelled` if the job was cancelled. */
  pause(): Promise<void>;
}

interface Entry {
  readonly id: string;
  readonly controller: AbortController;
}

export class JobQueue {
  readonly #entries: Entry[] = [];
  #line: Promise<unknown> = Promise.resolve();

  /** Ids of the running job and of those that wait. */
  get ids(): string[] {
    return this.#entries.map(({ id }) => id);
  }

  /**
   * Runs `work` when everything before it is done. Throws what the work throws, `job.cancelled` when it
   * was cancelled, and `job.duplicate` for an id that is already in the queue.
   */
  async run<T>(id: string, work: (job: JobHandle) => Promise<T>): Promise<T> {
    if (this.#entries.some((entry) => entry.id === id)) throw duplicate(id);
    const entry: Entry = { id, controller: new AbortController() };
    const { signal } = entry.controller;
    this.#entries.push(entry);
    const before = this.#line;
    const turn = (async () => {
      await Promise.race([before, aborted(signal)]);
      signal.throwIfAborted();
      return work({ id, signal, pause: () => pause(signal) });
    })();
    // A job that is cancelled while it waits leaves at once, but whoever comes next still waits for the one before.
    this.#line = Promise.allSettled([before, turn]);
    try {
      return await turn;
    } finally {
      this.#entries.splice(this.#entries.indexOf(entry), 1);
    }
  }

  cancel(id: string): void {
    this.#entries.find((entry) => entry.id === id)?.controller.abort(cancelled(id));
  }

  cancelAll(): void {
    for (const id of this.ids) this.cancel(id);
  }
}

/** How long a running job may keep the worker from hearing that it was cancelled, ms. */
const PAUSE_EVERY_MS = 25;

let lastPause = 0;

/** A turn of the worker's event loop, if the last one is a while ago: each turn costs a job some time. */
async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (performance.now() - lastPause < PAUSE_EVERY_MS) return;
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  lastPause = performance.now();
  signal.throwIfAborted();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function cancelled(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'job.cancelled',
    message: 'The job was cancelled.',
    fix: 'Start it again; nothing else was touched.',
    where: id,
  });
}

function duplicate(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'job.duplicate',
    message: `A job with the id "${id}" is already in the queue.`,
    fix: 'Give every job an id of its own.',
    where: id,
  });
}
