/** Says at the end of a run what became of it, in the tab's title and, if asked for, as a notification. */

import { useEffect, useRef, useState } from 'react';
import { useTrain } from '../context.tsx';
import { isRunning, type RunState } from '../state/run.ts';

const ENDS: Partial<Record<RunState, string>> = {
  done: 'done',
  failed: 'stopped with an error',
  interrupted: 'interrupted',
};

const supported = () => typeof Notification !== 'undefined';

export function useEndNotice() {
  const [wanted, setWanted] = useState(false);
  const state = useTrain((s) => s.run?.state ?? null);
  const name = useTrain((s) => s.run?.name ?? '');
  const step = useTrain((s) => s.run?.step ?? 0);
  const before = useRef(state);
  useEffect(() => {
    const was = before.current;
    before.current = state;
    const end = state === null ? undefined : ENDS[state];
    if (was === null || end === undefined || !isRunning({ state: was })) return;
    const text = `${name}: ${end} at step ${step}`;
    if (wanted && document.hidden) new Notification('ViGOS Playground', { body: text });
    if (!document.hidden) return;
    const { title } = document;
    document.title = text;
    const back = () => {
      document.title = title;
    };
    document.addEventListener('visibilitychange', back, { once: true });
  }, [state, name, step, wanted]);
  return {
    supported: supported(),
    wanted,
    /** Asks for the permission; without it the switch stays off. */
    async setWanted(next: boolean) {
      setWanted(next && (await Notification.requestPermission()) === 'granted');
    },
  };
}
