/** Models: where one may come from, what it is and needs before it is read, and what this browser keeps. */

import { useEffect } from 'react';
import { CancelLoading } from '../engine/CancelLoading.tsx';
import { useEngineState } from '../engine/context.tsx';
import { EngineError } from '../engine/EngineError.tsx';
import { folderChoices } from '../engine/folder-choices.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { ProgressBar } from '../shared/ProgressBar.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { useModels, useModelsState } from './context.ts';
import { Found } from './Found.tsx';
import { KnownModels } from './KnownModels.tsx';
import styles from './ModelsPage.module.css';
import { PlaceForm } from './PlaceForm.tsx';
import { Shelf } from './Shelf.tsx';
import { TransferBar } from './TransferBar.tsx';

export function ModelsPage() {
  const { refresh } = useModels();
  const ready = useEngineState((s) => s.phase === 'ready');
  // Without a worker nobody could be asked.
  useEffect(() => {
    if (ready) void refresh();
  }, [ready, refresh]);
  return (
    <TwoColumns widths={['19rem', '25rem']} side={<PlaceForm />}>
      <div className={styles.stack}>
        <EngineError />
        <Trouble />
        <UnderWay />
        <Found />
        <KnownModels />
        <Shelf />
      </div>
    </TwoColumns>
  );
}

function Trouble() {
  const { dismiss, lookInside } = useModels();
  const error = useModelsState((s) => s.error);
  const notice = useModelsState((s) => s.notice);
  const choices = (error === null ? [] : folderChoices(error)).flatMap((choice) =>
    'inner' in choice
      ? [{ label: `Look at ${choice.inner}`, run: () => void lookInside(choice.inner) }]
      : [],
  );
  return (
    <>
      {error !== null && (
        <ErrorNote
          error={choices.length === 0 ? error : { ...error, fix: 'Choose the one to look at.' }}
          choices={choices}
          onDismiss={dismiss}
        />
      )}
      <p role="status" className={styles.notice}>
        {notice}
      </p>
    </>
  );
}

/** What is being looked at, fetched or loaded, as one bar each. */
function UnderWay() {
  const { cancel } = useModels();
  const looking = useModelsState((s) => s.looking);
  const { phase, opening, share, label } = useEngineState((s) => s);
  return (
    <>
      {looking !== null && (
        <div className={styles.working}>
          <p>Looking at {looking} …</p>
          <ProgressBar label={`Looking at ${looking}`} share={null} />
          <div className={styles.buttons}>
            <button type="button" className="button" onClick={() => void cancel()}>
              Cancel
            </button>
          </div>
        </div>
      )}
      <TransferBar />
      {phase === 'loading' && opening !== null && (
        <div className={styles.working}>
          <p>
            Opening {opening}: {label.charAt(0).toLowerCase()}
            {label.slice(1)} …
          </p>
          <ProgressBar label={`Opening ${opening}`} share={share} />
          <CancelLoading />
        </div>
      )}
    </>
  );
}
