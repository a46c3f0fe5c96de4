/** Keeps the screen on; the lock goes with every hiding of the page and is asked for again. */

import { useEffect } from 'react';

const supported = () => typeof navigator !== 'undefined' && 'wakeLock' in navigator;

/** Answers whether the browser can do it at all. */
export function useWakeLock(wanted: boolean): boolean {
  useEffect(() => {
    if (!wanted || !supported()) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const ask = async () => {
      if (document.visibilityState !== 'visible') return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (over) await lock.release();
      } catch {
        // Refused on low battery: the screen then goes dark, the training goes on.
      }
    };
    void ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, [wanted]);
  return supported();
}
