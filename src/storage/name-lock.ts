/** Names that are held over all tabs of this browser: by one alone, or shared by all who only read. */

import { browserLocks } from './run-lock.ts';

/** Lets the name go; resolves when others can have it. */
export type Release = () => Promise<void>;

/** Where the browser has no locks, nothing outlives the tab and no other tab sees it: only this worker's own count. */
const heldHere = new Map<string, number>();

/** Takes a name if nobody holds it against that; null where somebody does. */
export async function holdName(name: string, mode: LockMode): Promise<Release | null> {
  const locks = await browserLocks();
  return locks === null ? holdHere(name, mode) : holdEverywhere(locks, name, mode);
}

/** Whether anybody holds the name, in any tab. */
export async function isHeld(name: string): Promise<boolean> {
  const locks = await browserLocks();
  if (locks === null) return heldHere.has(name);
  const { held = [] } = await locks.query();
  return held.some((lock) => lock.name === name);
}

function holdEverywhere(locks: LockManager, name: string, mode: LockMode): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    let free = () => {};
    const freed = new Promise<void>((done) => {
      free = done;
    });
    const over = locks.request(name, { mode, ifAvailable: true }, (granted) => {
      if (granted === null) return resolve(null);
      resolve(async () => {
        free();
        await over;
      });
      return freed;
    });
    over.catch(reject);
  });
}

function holdHere(name: string, mode: LockMode): Release | null {
  const count = heldHere.get(name) ?? 0;
  // One alone counts as negative.
  if (mode === 'exclusive' ? count !== 0 : count < 0) return null;
  heldHere.set(name, mode === 'exclusive' ? -1 : count + 1);
  return async () => {
    const left = mode === 'exclusive' ? 0 : (heldHere.get(name) ?? 1) - 1;
    if (left === 0) heldHere.delete(name);
    else heldHere.set(name, left);
  };
}
