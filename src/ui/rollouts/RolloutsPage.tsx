/** The Rollouts page: files on the left, what teachers would do to all of their rollouts beside them. */

import { useEffect } from 'react';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { NothingShown } from '../shared/NothingShown.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { useRollouts, useRolloutsState } from './context.ts';
import { Files } from './Files.tsx';
import { Filters } from './Filters.tsx';
import styles from './RolloutsPage.module.css';
import { RowList } from './RowList.tsx';
import { RowPanel } from './RowPanel.tsx';
import { ReportPanel } from './report/ReportPanel.tsx';
import { Scoring } from './Scoring.tsx';
import { SideBySide } from './SideBySide.tsx';
import { Statistics } from './Statistics.tsx';

export function RolloutsPage() {
  const { begin, dismiss } = useRollouts();
  const record = useRolloutsState((s) => s.record);
  const errors = useRolloutsState((s) => s.errors);
  useEffect(() => void begin(), [begin]);
  return (
    <TwoColumns widths={['18rem', '23rem']} side={<Files />}>
      <div className={styles.stack}>
        {errors.rows !== undefined && (
          <ErrorNote error={errors.rows} onDismiss={() => dismiss('rows')} />
        )}
        {record === null ? (
          <Nothing />
        ) : (
          <>
            <Statistics key={`of ${record.id}`} record={record} />
            <Scoring key={record.id} record={record} />
            <ReportPanel />
            <SideBySide key={`beside ${record.id}`} record={record} />
            <Filters record={record} />
            <div className={styles.rows}>
              <RowList record={record} />
              <RowPanel />
            </div>
          </>
        )}
      </div>
    </TwoColumns>
  );
}

function Nothing() {
  const kept = useRolloutsState((s) => (s.opening === null ? s.shelf?.sets.length : null) ?? null);
  return (
    <NothingShown
      kept={kept}
      none="Nothing is imported yet. Once a file is, this shows which of its rollouts have the right form and why others have not, how long they are, and which teacher would supervise which of their tokens; each opens in the Lab."
      choose="Choose a set on the left."
    />
  );
}
