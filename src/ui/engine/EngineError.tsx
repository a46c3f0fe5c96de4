/** What went wrong with the engine, with the way to start it again, or to the checkpoint that is meant. */

import { useEffect, useRef } from 'react';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { checkpointsOf } from './checkpoints-of.ts';
import { useEngine, useEngineState } from './context.tsx';

/** In place of what a command's user has to do. */
const CHOOSE = 'Choose the one to open; the newest stands first.';

export function EngineError() {
  const engine = useEngine();
  const error = useEngineState((s) => s.error);
  const failed = useEngineState((s) => s.phase === 'failed');
  const note = useRef<HTMLDivElement>(null);
  // On a phone it stands far below the button that asked for what failed.
  useEffect(() => {
    if (error !== null) note.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  if (error === null) return null;
  const choices = checkpointsOf(error).map((inner) => ({
    label: `Open ${inner}`,
    run: () => void engine.takeInner(inner),
  }));
  return (
    <div ref={note}>
      <ErrorNote
        error={choices.length === 0 ? error : { ...error, fix: CHOOSE }}
        retry={failed ? { label: 'Start again', run: () => void engine.load() } : undefined}
        choices={choices}
        onDismiss={engine.dismissError}
      />
    </div>
  );
}
