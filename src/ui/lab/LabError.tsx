/** The errors of one place, drawn there. */

import { useEffect, useRef } from 'react';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { useLab, useSession } from './context.tsx';
import { checkpointsOf } from './state/checkpoints-of.ts';
import type { ErrorPlace } from './state/state.ts';

/** In place of what a command's user has to do. */
const CHOOSE = 'Choose the one to open; the newest stands first.';

export function LabError({ place }: { place: ErrorPlace }) {
  const session = useSession();
  const error = useLab((s) => s.errors[place]);
  const failed = useLab((s) => s.engine.phase === 'failed');
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What follows from a press of a button far away must be seen; what the engine does by itself may wait.
    if (error !== undefined && place !== 'engine')
      note.current?.scrollIntoView({ block: 'nearest' });
  }, [error, place]);
  if (error === undefined) return null;
  const retry =
    place === 'run'
      ? { label: 'Run again', run: () => void session.run() }
      : place === 'engine' && failed
        ? { label: 'Start again', run: () => void session.load() }
        : undefined;
  const choices = checkpointsOf(error).map((inner) => ({
    label: `Open ${inner}`,
    run: () => void session.takeInner(inner),
  }));
  return (
    <div ref={note}>
      <ErrorNote
        error={choices.length === 0 ? error : { ...error, fix: CHOOSE }}
        retry={retry}
        choices={choices}
        onDismiss={() => session.dismiss(place)}
      />
    </div>
  );
}
