/** What the shell lends to the pages that stand beside the Lab. */

import { createElement } from 'react';
import { useStore } from 'zustand';
import { CancelLoading } from '../lab/controls/CancelLoading.tsx';
import { ModelChoice } from '../lab/controls/ModelChoice.tsx';
import { LabError } from '../lab/LabError.tsx';
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
    ModelChoice,
    CancelLoading,
    EngineError: () => createElement(LabError, { place: 'engine' }),
    openRollout(offer) {
      goTo('lab');
      void lab.openRollout(offer);
    },
    openStudent(offer) {
      goTo('lab');
      void lab.askStudent(offer);
    },
    writeQuery: (page, query) => writeQuery(page, query, 'replaceState'),
  };
}
