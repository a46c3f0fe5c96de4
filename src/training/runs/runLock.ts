/** One writer a run, over all tabs of this browser. */

import { PlaygroundError } from '../../base/errors.ts';

export interface RunLock {
  /** False once another tab took the run over. */
  readonly held: boolean;
  /** Resolves when others can have it. */
  release(): Promise<void>;
}

/** The browser's locks; null where it has none, or refuses them because a person blocked what sites store. */
export async function browserLocks(): Promise<LockManager | null> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  try {
    await locks?.query();
    return locks ?? null;
  } catch {
    return null;
  }
}

/** Runs that this worker holds where the browser has no locks: then nothing outlives the tab, and no other tab sees it. */
const heldHere = new Set<string>();

/**
 * Takes the lock of a run until it is released, or its tab or worker is gone. `takeOver` takes it from a tab that holds
 * it, whose lock is then lost; for a tab that hangs.
 * Throws {@link PlaygroundError} `run.busy` where another tab has it.
 */
export async function lockRun(id: string, takeOver = false): Promise<RunLock> {
  const locks = await browserLocks();
  return locks === null ? lockHere(id, takeOver) : lockEverywhere(locks, id, takeOver);
}

/** Whether somebody trains the run right now. */
export async function isLocked(id: string): Promise<boolean> {
  const locks = await browserLocks();
  if (locks === null) return heldHere.has(id);
  const { held = [] } = await locks.query();
  return held.some(({ name }) => name === lockName(id));
}

function lockEverywhere(locks: LockManager, id: string, takeOver: boolean): Promise<RunLock> {
  const options: LockOptions = takeOver ? { steal: true } : { ifAvailable: true };
  return new Promise((resolve, reject) => {
    let held = false;
    let free = () => {};
    const freed = new Promise<void>((done) => {
      free = done;
    });
    const request = locks.request(lockName(id), options, (granted) => {
      if (granted === null) throw busy(id);
      held = true;
      resolve({
        get held() {
          return held;
        },
        async release() {
          free();
          await over;
        },
      });
      return freed;
    });
    // The request fails where the lock is not to be had, and later when another tab takes it.
    const over = request.catch(reject).finally(() => {
      held = false;
    });
  });
}

function lockHere(id: string, takeOver: boolean): RunLock {
  if (heldHere.has(id) && !takeOver) throw busy(id);
  heldHere.add(id);
  const lock = {
    held: true,
    async release() {
      if (lock.held) heldHere.delete(id);
      lock.held = false;
    },
  };
  return lock;
}

function lockName(id: string): string {
  return `vigos-run:${id}`;
}

function busy(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'run.busy',
    message: 'Another tab has this run open.',
    fix: 'Go on there, or close that tab and try again here; if it hangs, take the run over.',
    where: id,
  });
}
