/** What the shell lends to the pages that stand beside the Lab. */

import { useStore } from 'zustand';
import type { Session } from '../lab/state/session.ts';
import type { EngineHub } from '../shared/engine-hub.ts';
import type { Playground } from '../shared/playground.tsx';
import { goTo, writeQuery } from './route.ts';

export function createPlayground(hub: EngineHub, lab: Session): Playground {
  return {
    api: hub.api,
    subscribe: hub.subscribe,
    useEngine: (select) => useStore(lab.store, (state) => select(state.engine)),
    engine: () => lab.store.getState().engine,
    openRollout(offer) {
      goTo('lab');
      void lab.openRollout(offer);
    },
    openStudent(offer) {
      goTo('lab');
      void lab.takeStudent(offer);
    },
    writeQuery: (page, query) => writeQuery(page, query, 'replaceState'),
  };
}
