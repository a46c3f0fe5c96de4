/** Reads GRPO's terms of the rollouts on the page, once for each wish; the last one wins. */

import type { Engine } from '../../engine/engine.ts';
import {
  GROUP_SIZE,
  groupKey,
  groupNow,
  groupOf,
  WHOLE_DISTRIBUTION,
  whyNoGroup,
} from './group.ts';
import { measuring } from './measuring.ts';
import { withSettings } from './state.ts';
import type { LabStore } from './store.ts';

interface Lab {
  store: LabStore;
  engine: Engine;
  run: () => Promise<void>;
}

export function groupReading({ store, engine, run }: Lab) {
  const { getState: get, setState: set } = store;
  const { stop, ask } = measuring({ store, engine }, 'group');
  return {
    stopGroup: stop,
    /** Reads the batch on the page, where it is looked at as a group and has not been read as it is asked. */
    async readGroup() {
      const state = get();
      const worker = engine.api();
      stop();
      if (state.settings.level !== 'group' || state.work !== null || state.live !== null) return;
      if (worker === null || groupNow(state) !== null) return;
      if (whyNoGroup(state, engine.store.getState()) !== null) return;
      const subject = groupOf(state);
      if (subject === null) return;
      const key = groupKey(state);
      const reading = await ask((jobId) => worker.group({ jobId, ...subject }));
      if (reading !== null) set((s) => ({ ...s, group: { key, reading } }));
    },
    /** Rolls out a group of the question on the page, sampled as a run does that learns from rewards. */
    async rollOutGroup() {
      const count = Math.max(GROUP_SIZE, get().settings.count);
      set((s) => withSettings(s, { ...WHOLE_DISTRIBUTION, count, level: 'group' }));
      await run();
    },
  };
}
