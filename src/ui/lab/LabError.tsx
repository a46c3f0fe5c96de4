/** The errors of one place, drawn there. */

import { useEffect, useRef } from 'react';
import { EngineError } from '../engine/EngineError.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { useLab, useSession } from './context.tsx';
import type { ErrorPlace } from './state/state.ts';

/** What may go wrong wherever a rollout is shown. */
export function LabErrors() {
  return (
    <>
      <LabError place="link" />
      <EngineError />
      <LabError place="run" />
      <LabError place="trace" />
    </>
  );
}

export function LabError({ place }: { place: ErrorPlace }) {
  const session = useSession();
  const error = useLab((s) => s.errors[place]);
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What follows from a press of a button far away must be seen.
    if (error !== undefined) note.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  if (error === undefined) return null;
  return (
    <div ref={note}>
      <ErrorNote
        error={error}
        retry={place === 'run' ? { label: 'Run again', run: () => void session.run() } : undefined}
        onDismiss={() => session.dismiss(place)}
      />
    </div>
  );
}
