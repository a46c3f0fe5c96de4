/** What the chapters hold: facts as recorded, the same as computed here once there is a model, and what was turned. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import type { EngineFace } from '../../engine/client.ts';
import type { Engine } from '../../engine/engine.ts';
import type { AllFacts, FactName, Origin } from './facts.ts';
import { fetchFact } from './fetched.ts';
import { pairsHere, scoredHere } from './live.ts';
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

/** What is computed of each fact that this tab can compute, from the rollout that it is of. */
const COMPUTED: {
  readonly [N in FactName]?: {
    readonly of: (facts: Partial<AllFacts>) => Trace | undefined;
    readonly here: (api: EngineFace, facts: AllFacts) => Promise<Trace | AllFacts[N]>;
  };
} = {
  sun: scored('sun'),
  sunOpsd: scored('sunOpsd'),
  sunSwapped: scored('sunSwapped'),
  cut: scored('cut'),
  leak: scored('leak'),
  pairs: { of: ({ sun }) => sun, here: (api, { sun, pairs }) => pairsHere(api, sun, pairs) },
};

function scored<N extends 'sun' | 'sunOpsd' | 'sunSwapped' | 'cut' | 'leak'>(name: N) {
  return {
    of: ({ [name]: trace }: Partial<AllFacts>): Trace | undefined => trace,
    here: (api: EngineFace, { [name]: trace }: AllFacts) => scoredHere(api, trace),
  };
}

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

  /** Computes the facts of the chapter one after the other; what fails stays as it was recorded, and is marked so. */
  async function compute(): Promise<void> {
    for (const name of wanted) {
      const computed = COMPUTED[name];
      const api = engine.api();
      const { phase, model, training } = engine.store.getState();
      const { facts, origins } = store.getState();
      const trace = computed?.of(facts);
      if (api === null || phase !== 'ready' || training) return;
      if (computed === undefined || trace === undefined || facts[name] === undefined) continue;
      if (origins[name]?.kind === 'here' || model?.name !== trace.model.name) continue;
      const begun = performance.now();
      try {
        const made = await computed.here(api, facts as AllFacts);
        const origin = { kind: 'here', ms: performance.now() - begun } as const;
        // It holds what the recording holds.
        put(name, made as AllFacts[typeof name], origin);
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
