/** Says at the end of a run what became of it, in the tab's title and, if asked for, as a notification. */

import type { StoreApi } from 'zustand/vanilla';
import { isRunning, type RunState } from './run.ts';
import type { TrainPageState } from './state.ts';

const ENDS: Partial<Record<RunState, string>> = {
  done: 'done',
  failed: 'stopped by an error',
  interrupted: 'interrupted',
};

export const canNotify = () => typeof Notification !== 'undefined';

/** Whether the browser lets this site notify; asks the person where it has not been settled. */
export async function mayNotify(): Promise<boolean> {
  return (await Notification.requestPermission()) === 'granted';
}

export function noticeEnds(store: StoreApi<TrainPageState>): void {
  store.subscribe(({ run, notice }, before) => {
    const end = run === null ? undefined : ENDS[run.state];
    if (run === null || end === undefined) return;
    if (before.run?.runId !== run.runId || !isRunning(before.run)) return;
    if (!document.hidden && document.hasFocus()) return;
    const text = `${run.name}: ${end} at step ${run.step}`;
    if (notice.wanted) void notify(text);
    if (document.hidden) inTitle(text);
  });
}

async function notify(body: string): Promise<void> {
  const title = 'ViGOS Playground';
  try {
    const shown = new Notification(title, { body });
    shown.onclick = () => {
      focus();
      shown.close();
    };
  } catch {
    // Android lets only a service worker notify.
    await (await navigator.serviceWorker?.getRegistration())?.showNotification(title, { body });
  }
}

/** Until the tab is looked at again. */
function inTitle(text: string): void {
  const { title } = document;
  document.title = text;
  const back = () => {
    if (document.title === text) document.title = title;
  };
  document.addEventListener('visibilitychange', back, { once: true });
}
