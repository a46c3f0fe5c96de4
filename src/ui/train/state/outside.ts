/** Runs of trainers elsewhere on the Train page. */

import type { Outcome } from '../../../base/outcome.ts';
import type { OutsideCurves } from '../../../contract/train/outside-runs.ts';
import type { EngineFace } from '../../engine/client.ts';
import { recordedShown } from './recorded-run.ts';
import { drawnRuns, type OutsideState, type TrainPageState } from './state.ts';

interface Host {
  readonly store: {
    getState: () => TrainPageState;
    setState: (change: (s: TrainPageState) => TrainPageState) => void;
  };
  readonly ask: <T>(
    place: 'runs',
    call: (engine: EngineFace) => Promise<Outcome<T>>,
  ) => Promise<T | null>;
  readonly listRuns: () => Promise<void>;
}

export function outsideActions({ store, ask, listRuns }: Host) {
  const { getState: get, setState } = store;
  const set = (drawn: OutsideState['drawn']) =>
    setState((s) => ({ ...s, outside: { ...s.outside, drawn } }));
  const draw = async (runId: string) => {
    const curves = await ask('runs', (engine) => engine.outsideCurves(runId));
    if (curves !== null) set({ ...get().outside.drawn, [runId]: curves });
  };
  return {
    draw,
    /** Draws its curves over the others, or takes them away. */
    async toggle(runId: string) {
      const { [runId]: there, ...rest } = get().outside.drawn;
      if (there === undefined) await draw(runId);
      else set(rest);
    },
    async remove(runId: string) {
      const { [runId]: _, ...rest } = get().outside.drawn;
      await ask('runs', (engine) => engine.deleteOutside(runId));
      set(rest);
      await listRuns();
    },
  };
}

/** Those that are drawn, in the order of the list. */
export const drawnOutside = ({ outside }: Pick<TrainPageState, 'outside'>): OutsideCurves[] =>
  outside.runs.flatMap(({ runId }) => outside.drawn[runId] ?? []);

/** How many runs that were made here are drawn: theirs are the first colours. */
export const drawnBefore = (
  state: Pick<TrainPageState, 'run' | 'beside' | 'stored' | 'recorded'>,
): number => (recordedShown(state) === null ? drawnRuns(state).length : 1);
