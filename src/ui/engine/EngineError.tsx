/** What went wrong with the engine, with the way to start it again, or to the model or adapter that is meant. */

import { useEffect, useRef } from 'react';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { useEngine, useEngineState } from './context.tsx';
import { choiceInWords, folderChoices } from './folder-choices.ts';

/** In place of what a command's user has to do. */
const CHOOSE: Readonly<Record<string, string>> = {
  'model.several': 'Choose the one to open; the newest stands first.',
  'adapter.asked':
    'Choose: a merged adapter is in student and teachers alike. For a student apart from its teachers, open the model alone and import the adapter on the Train page.',
};

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
  const choices = folderChoices(error).map((choice) => ({
    label: `Open ${choiceInWords(choice)}`,
    run: () => void engine.choose(choice),
  }));
  return (
    <div ref={note}>
      <ErrorNote
        error={choices.length === 0 ? error : { ...error, fix: CHOOSE[error.code] ?? error.fix }}
        retry={failed ? { label: 'Start again', run: () => void engine.load() } : undefined}
        choices={choices}
        onDismiss={engine.dismissError}
      />
    </div>
  );
}
