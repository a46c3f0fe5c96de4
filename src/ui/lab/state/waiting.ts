/** A rollout that was asked for while the model loads: it begins once there is a model, and the page says so meanwhile. */

import type { Engine } from '../../engine/engine.ts';
import { withNotice } from './state.ts';
import type { LabStore } from './store.ts';

interface Lab {
  store: LabStore;
  engine: Engine;
}

const WAITS = 'The rollout begins as soon as the model is ready.';
const NO_MODEL = 'No model is loaded here, so nothing can be rolled out: start the engine again.';

export function waitingRun({ store, engine }: Lab) {
  let wanted = false;
  const say = (notice: string) => store.setState((s) => withNotice(s, notice));

  engine.store.subscribe(({ phase }) => {
    if (phase !== 'failed' || !wanted) return;
    wanted = false;
    say(NO_MODEL);
  });

  return {
    /** Takes the wish where there is no model to begin with, and says what becomes of it. */
    waits(): boolean {
      const { phase } = engine.store.getState();
      if (phase === 'ready') return false;
      wanted = phase === 'loading';
      say(wanted ? WAITS : NO_MODEL);
      return true;
    },
    /** Whether a rollout waits; from now on none does. */
    taken(): boolean {
      const was = wanted;
      wanted = false;
      if (was) say('');
      return was;
    },
  };
}
