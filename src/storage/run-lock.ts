/** One writer a run, over all tabs of this browser. */

import { PlaygroundError } from '../base/errors.ts';

export interface RunLock {
  /** False once another tab took the run over. */
  readonly held: boolean;
  /** Calls back when another tab asks for the run, to write it down and release it soon, or has taken it already. */
  onWanted(give: () => void): void;
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

/** How long a tab that is asked for its run has to write it down before it loses it, ms. */
const GRACE_MS = 8000;

/**
 * Takes the lock of a run until it is released, or its tab or worker is gone. `takeOver` asks the tab that holds it to
 * let it go, and takes it from one that does not within {@link GRACE_MS}.
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

async function lockEverywhere(locks: LockManager, id: string, takeOver: boolean): Promise<RunLock> {
  if (!takeOver) return requested(locks, id, { ifAvailable: true });
  const channel = new BroadcastChannel(lockName(id));
  try {
    channel.postMessage('wanted');
    return await requested(locks, id, { signal: AbortSignal.timeout(GRACE_MS) });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return requested(locks, id, { steal: true });
  } finally {
    channel.close();
  }
}

function requested(locks: LockManager, id: string, options: LockOptions): Promise<RunLock> {
  return new Promise((resolve, reject) => {
    let held = false;
    let give = () => {};
    let free = () => {};
    const freed = new Promise<void>((done) => {
      free = done;
    });
    let channel: BroadcastChannel | null = null;
    const request = locks.request(lockName(id), options, (granted) => {
      if (granted === null) throw busy(id);
      held = true;
      channel = new BroadcastChannel(lockName(id));
      channel.onmessage = () => give();
      resolve({
        get held() {
          return held;
        },
        onWanted(callback) {
          give = callback;
        },
        async release() {
          give = () => {};
          free();
          await over;
        },
      });
      return freed;
    });
    // The request fails where the lock is not to be had, and later when another tab takes it.
    const over = request.catch(reject).finally(() => {
      held = false;
      channel?.close();
      give();
    });
  });
}

function lockHere(id: string, takeOver: boolean): RunLock {
  if (heldHere.has(id) && !takeOver) throw busy(id);
  heldHere.add(id);
  const lock = {
    held: true,
    onWanted() {},
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
    fix: `Go on there, or take the run over: the other tab then writes down its last whole step and stops. If it does not answer within ${GRACE_MS / 1000} seconds, what it trained since its last checkpoint is trained again here.`,
    where: id,
  });
}
