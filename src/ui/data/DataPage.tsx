/** The Data page: sets of questions with pictures on the left, and the one on show, or a preview of what is to come in, beside them. */

import { useEffect } from 'react';
import { useEngineState } from '../engine/context.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { NothingShown } from '../shared/NothingShown.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { useData, useDataState } from './context.ts';
import styles from './DataPage.module.css';
import { Preview } from './Preview.tsx';
import { SetOnShow } from './SetOnShow.tsx';
import { Sets } from './Sets.tsx';

export function DataPage() {
  const { refresh, dismiss } = useData();
  const phase = useEngineState((engine) => engine.phase);
  const looked = useDataState((s) => s.looked);
  const shown = useDataState((s) => s.shown);
  const error = useDataState((s) => s.errors.items);
  // A worker that was started anew, or another model's, has the same sets.
  useEffect(() => {
    if (phase !== 'failed') void refresh();
  }, [refresh, phase]);
  return (
    <TwoColumns widths={['20rem', '24rem']} side={<Sets />}>
      <div className={styles.stack}>
        {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('items')} />}
        {looked !== null ? (
          <Preview looked={looked} />
        ) : shown !== null ? (
          <SetOnShow key={shown.id} record={shown} />
        ) : (
          <Nothing />
        )}
      </div>
    </TwoColumns>
  );
}

function Nothing() {
  const kept = useDataState((s) => s.shelf?.sets.length ?? null);
  return (
    <NothingShown
      kept={kept}
      none="Nothing is imported yet. Once a set is, its questions stand here with their pictures: each opens in the Lab, a run of Train draws from it, and Evaluate asks it."
      choose="Choose a set on the left."
    />
  );
}
