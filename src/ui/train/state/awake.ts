/** Keeps the screen on while a run trains, whichever page is open; the lock goes with every hiding and is asked for again. */

import type { StoreApi } from 'zustand/vanilla';
import { isRunning } from './run.ts';
import type { TrainPageState } from './state.ts';

export const canKeepAwake = () => typeof navigator !== 'undefined' && 'wakeLock' in navigator;

export function keepAwakeWhileTraining(store: StoreApi<TrainPageState>): void {
  if (!canKeepAwake()) return;
  let lock: WakeLockSentinel | null = null;
  let asking = false;
  const wanted = () => {
    const { awake, run } = store.getState();
    return awake.wanted && run !== null && isRunning(run);
  };
  const settle = async () => {
    if (asking) return;
    if (!wanted()) {
      const own = lock;
      lock = null;
      return own?.release();
    }
    if ((lock !== null && !lock.released) || document.visibilityState !== 'visible') return;
    asking = true;
    // Refused on low battery, for one: the screen then goes dark, the training goes on.
    const found = await navigator.wakeLock.request('screen').catch(() => null);
    asking = false;
    lock = found;
    store.setState((s) => ({ ...s, awake: { ...s.awake, refused: found === null } }));
    if (!wanted()) await settle();
  };
  document.addEventListener('visibilitychange', () => void settle());
  store.subscribe(({ awake, run }, before) => {
    const ends = run?.state !== before.run?.state;
    if (ends || awake.wanted !== before.awake.wanted) void settle();
  });
}
