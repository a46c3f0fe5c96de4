/** The errors of one place, drawn there. */

import { ErrorNote } from '../shared/ErrorNote.tsx';
import { useLab, useSession } from './context.tsx';
import type { ErrorPlace } from './state/state.ts';

export function LabError({ place }: { place: ErrorPlace }) {
  const session = useSession();
  const error = useLab((s) => s.errors[place]);
  const failed = useLab((s) => s.engine.phase === 'failed');
  if (error === undefined) return null;
  const retry =
    place === 'run'
      ? { label: 'Run again', run: () => void session.run() }
      : place === 'engine' && failed
        ? { label: 'Start again', run: () => void session.load() }
        : undefined;
  return <ErrorNote error={error} retry={retry} onDismiss={() => session.dismiss(place)} />;
}
