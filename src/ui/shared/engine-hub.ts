/** One engine for all pages: whoever starts it, every page hears what it says and may call it. */

import type { EngineClient, EngineListeners } from './engine-client.ts';
import type { EngineFace, SharedEvent } from './engine-view.ts';

export type EngineHub = ReturnType<typeof createEngineHub>;

export function createEngineHub(startEngine: (listeners: EngineListeners) => EngineClient) {
  const listeners = new Set<(event: SharedEvent) => void>();
  let client: EngineClient | null = null;
  const tell = (event: SharedEvent) => {
    for (const listener of listeners) listener(event);
  };
  return {
    /** Starts the worker; its owner hears everything first. */
    start({ onEvent, onDeath }: EngineListeners): EngineClient {
      const own = startEngine({
        onEvent(event) {
          onEvent(event);
          tell(event);
        },
        onDeath(death) {
          if (client === own) client = null;
          tell({ type: 'worker.died', reason: death.reason });
          onDeath(death);
        },
      });
      client = own;
      return {
        api: own.api,
        stop() {
          if (client === own) client = null;
          own.stop();
          tell({ type: 'worker.died', reason: 'The page ended it.' });
        },
      };
    },
    /** Null while no worker runs. */
    api: (): EngineFace | null => client?.api ?? null,
    /** Adds a listener; the answer takes it away again. */
    subscribe(listener: (event: SharedEvent) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
