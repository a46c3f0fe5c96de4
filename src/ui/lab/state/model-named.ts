/** Backend and model stand in the Lab's address, as the engine has them. */

import type { Engine } from '../../engine/engine.ts';
import type { EngineState } from '../../engine/state.ts';
import { withSettings } from './state.ts';
import type { LabStore } from './store.ts';

/** Takes both into the settings now, and whenever they change. */
export function keepModelNamed({ store, engine }: { store: LabStore; engine: Engine }): void {
  const named = ({ choice, ownModel }: EngineState) =>
    store.setState((s) => withSettings(s, { backend: choice, model: ownModel }));
  named(engine.store.getState());
  engine.store.subscribe((now, before) => {
    if (now.choice !== before.choice || now.ownModel !== before.ownModel) named(now);
  });
}
