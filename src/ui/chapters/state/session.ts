/** What the chapters hold: facts as recorded, the same as computed here once there is a model, and what was turned. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type { Trace } from '../../../contract/trace.ts';
import type { Engine } from '../../engine/engine.ts';
import type { AllFacts, FactName, Origin } from './facts.ts';
import { fetchFact } from './fetched.ts';
import { scoredHere } from './live.ts';
import { type Turned, UNTURNED } from './turned.ts';

export interface ChaptersState {
  readonly facts: Partial<AllFacts>;
  readonly origins: Partial<Record<FactName, Origin>>;
  readonly turned: Turned;
  readonly error: ErrorRecord | null;
}

export interface ChaptersSession {
  readonly store: StoreApi<ChaptersState>;
  /** Fetches what is not here yet, and computes it anew where the model that made it is loaded. */
  readonly want: (names: readonly FactName[]) => Promise<void>;
  readonly turn: (turned: Partial<Turned>) => void;
}

/** Rollouts that this tab can score again. */
const SCORED = ['sun', 'sunOpsd', 'sunSwapped', 'cut'] as const;
type Scored = (typeof SCORED)[number];
const isScored = (name: FactName): name is Scored => SCORED.some((one) => one === name);

export function createChaptersSession(engine: Engine): ChaptersSession {
  const store = createStore<ChaptersState>(() => ({
    facts: {},
    origins: {},
    turned: UNTURNED,
    error: null,
  }));
  const coming = new Map<FactName, Promise<unknown>>();
  let wanted: readonly FactName[] = [];

  const put = <N extends FactName>(name: N, value: AllFacts[N], origin: Origin) =>
    store.setState(({ facts, origins }) => ({
      facts: { ...facts, [name]: value },
      origins: { ...origins, [name]: origin },
    }));

  async function fetched(name: FactName): Promise<void> {
    if (store.getState().facts[name] !== undefined) return;
    const here = coming.get(name) ?? fetchFact(name);
    coming.set(name, here);
    try {
      const value = (await here) as AllFacts[typeof name];
      const kind = name === 'report' ? 'results' : 'recorded';
      if (store.getState().facts[name] === undefined) put(name, value, { kind });
    } finally {
      coming.delete(name);
    }
  }

  /** Scores the recordings of the chapter one after the other; what fails stays as it was recorded, and is marked so. */
  async function compute(): Promise<void> {
    for (const name of wanted.filter(isScored)) {
      const api = engine.api();
      const { phase, model, training } = engine.store.getState();
      const { facts, origins } = store.getState();
      const trace: Trace | undefined = facts[name];
      if (api === null || phase !== 'ready' || training || trace === undefined) return;
      if (origins[name]?.kind === 'here' || model?.name !== trace.model.name) continue;
      const begun = performance.now();
      try {
        put(name, await scoredHere(api, trace), { kind: 'here', ms: performance.now() - begun });
      } catch (error) {
        const record = toErrorRecord(error, name);
        if (record.code !== 'job.cancelled') store.setState({ error: record });
        return;
      }
    }
  }

  let computing: Promise<void> = Promise.resolve();
  const computeNext = () => {
    computing = computing.then(compute);
    return computing;
  };
  engine.store.subscribe(({ phase }, before) => {
    if (phase === 'ready' && before.phase !== 'ready') void computeNext();
  });

  return {
    store,
    async want(names) {
      wanted = names;
      store.setState({ error: null });
      try {
        await Promise.all(names.map(fetched));
      } catch (error) {
        store.setState({ error: toErrorRecord(error, 'chapters') });
        return;
      }
      await computeNext();
    },
    turn: (turned) => store.setState((s) => ({ turned: { ...s.turned, ...turned } })),
  };
}
