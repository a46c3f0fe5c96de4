/** Starts a worker that is held to the page's own policy, and tells of its death with the true reason. */

import type { Endpoint } from 'comlink';
import type { ErrorRecord } from '../../base/errors.ts';
import { isLifeSign } from '../../base/life.ts';
import { whyNotLoaded } from '../../base/part.ts';
import { waitForDeath, waitForSignToGo } from './worker-death.ts';

export interface Death {
  /** In the browser's words, or ours where it has none. */
  reason: string;
  /** Why the program never came; null where the worker had started. */
  notLoaded: ErrorRecord | null;
}

export interface WorkerOptions {
  /** Address of its program. */
  script: string;
  /** Of the worker, and of the lock that it holds while it lives. */
  name: string;
  /** What it is, at the beginning of a sentence. */
  what: string;
  /** It stopped without being asked to: killed, out of memory, or failed to start. */
  onDeath: (death: Death) => void;
}

export interface StartedWorker {
  endpoint: Endpoint;
  /** Ends the worker; `onDeath` is not called for it. */
  stop(): void;
}

const NOT_FETCHED = 'The worker’s program could not be fetched.';

/**
 * A worker that begins as text of the page inherits the page's security policy on every host, on the first visit
 * too; one that begins at an address has only the policy that the host sends with that file. The second way is for
 * hosts whose own policy lets no worker begin as text.
 */
export function startWorker({ script, name, what, onDeath }: WorkerOptions): StartedWorker {
  const address = new URL(script, location.href).href;
  const alive = new AbortController();
  const line = new Line();
  const stop = () => {
    alive.abort();
    line.worker?.terminate();
  };
  const die = (death: Death) => {
    if (alive.signal.aborted) return;
    stop();
    onDeath(death);
  };

  function begin(from: string, onNotFetched: () => void): void {
    const worker = new Worker(from, { type: 'module', name });
    let runs = false;
    const ended = (dead: boolean) => {
      if (dead) die({ reason: 'The worker was ended from outside.', notLoaded: null });
    };
    const start = () => {
      if (runs) return;
      runs = true;
      // It speaks, so it holds its lock, or says that it may not.
      void waitForDeath(name, alive.signal).then(ended);
      line.deliver();
    };
    worker.addEventListener('message', ({ data }) => {
      if (isLifeSign(data)) void waitForSignToGo(data, alive.signal).then(ended);
      start();
    });
    worker.addEventListener('error', ({ message }) => {
      if (alive.signal.aborted) return;
      // A program that runs and fails has a message; one that was never fetched has none.
      if (runs || message) die({ reason: message || 'It failed.', notLoaded: null });
      else onNotFetched();
    });
    line.use(worker);
  }

  begin(starterOf(address), () => {
    begin(address, () => {
      void whyNotLoaded(what, NOT_FETCHED).then((notLoaded) =>
        die({ reason: NOT_FETCHED, notLoaded }),
      );
    });
    line.deliver();
  });
  return { endpoint: line, stop };
}

/** The way to a worker; what is said before its program runs waits, since another worker may have to hear it. */
class Line implements Endpoint {
  worker: Worker | null = null;
  readonly #listeners = new Set<EventListenerOrEventListenerObject>();
  #waiting: [unknown, Transferable[]][] | null = [];

  use(worker: Worker): void {
    this.worker = worker;
    for (const listener of this.#listeners) worker.addEventListener('message', listener);
  }

  deliver(): void {
    for (const [message, transfer] of this.#waiting ?? [])
      this.worker?.postMessage(message, transfer);
    this.#waiting = null;
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (this.#waiting === null) this.worker?.postMessage(message, transfer);
    else this.#waiting.push([message, transfer]);
  }

  addEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    this.#listeners.add(listener);
    this.worker?.addEventListener(type, listener);
  }

  removeEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    this.#listeners.delete(listener);
    this.worker?.removeEventListener(type, listener);
  }
}

const starters = new Map<string, string>();

/** Text that runs a program and then says that it runs; Comlink passes over what is not its own. */
function starterOf(address: string): string {
  const known = starters.get(address);
  if (known !== undefined) return known;
  const text = `import ${JSON.stringify(address)}; postMessage('started');`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  starters.set(address, url);
  return url;
}
