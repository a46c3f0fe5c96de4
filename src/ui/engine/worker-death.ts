/** Notices that a worker is gone, however it went; a worker's death raises no event of its own. */

import type { LifeSign } from '../../base/life.ts';

/** How long a worker may take to get its lock before its absence means that the worker is gone. */
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;

/** How often the sign of a worker without a lock is looked for. */
const LOOK_EVERY_MS = 1000;

async function isHeld(lock: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lock);
}

/**
 * A worker holds a Web Lock named after itself for as long as it lives, so the page is given that lock
 * in the moment the worker dies. Asking before the worker has its lock would look like its death.
 * Resolves to false when `alive` is aborted first, or where there are no locks.
 */
export async function waitForDeath(lock: string, alive: AbortSignal): Promise<boolean> {
  if (!('locks' in navigator)) return false;
  try {
    for (let i = 0; i < LOCK_TRIES && !(await isHeld(lock)); i++)
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    await navigator.locks.request(lock, { signal: alive }, () => undefined);
    return true;
  } catch {
    return false;
  }
}

/** For a worker that may hold no lock: waits until the address that it made is gone. False when `alive` is aborted first. */
export async function waitForSignToGo({ life }: LifeSign, alive: AbortSignal): Promise<boolean> {
  while (!alive.aborted) {
    try {
      await fetch(life, { signal: alive });
    } catch {
      return !alive.aborted;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}
