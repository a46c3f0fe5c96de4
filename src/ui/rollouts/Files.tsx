/** What is imported, and how more comes in. */

import { useState } from 'react';
import type { RolloutSetRecord } from '../../contract/rollouts/rollouts.ts';
import { Confirm } from '../shared/Confirm.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { formatBytes } from '../shared/format.ts';
import { Icon } from '../shared/Icon.tsx';
import { ImportBar } from '../shared/ImportBar.tsx';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './Files.module.css';
import { MappingForm } from './MappingForm.tsx';
import type { Importing } from './state.ts';
import { leftWords } from './words.ts';

const KINDS = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.arrow,.feather,.gz,.zip';

export function Files() {
  const { take, dismiss } = useRollouts();
  const errors = useRolloutsState((s) => s.errors);
  const notice = useRolloutsState((s) => s.notice);
  const importing = useRolloutsState((s) => s.importing);
  const unmapped = useRolloutsState((s) => s.unmapped);
  const sets = useRolloutsState((s) => s.sets);
  const lasting = useRolloutsState((s) => s.lasting);
  return (
    <div className={styles.stack}>
      <h2>What would teachers do to your rollouts?</h2>
      <p className={styles.why}>
        Open the completions of a training run: of the ViGOS trainer, TRL, verl or prime-rl, traces
        of this page, or any table with a completion a row. JSON Lines, JSON, CSV, Parquet or Arrow,
        in gzip or zip too. They are read into this browser and go nowhere else.
      </p>
      <FileButton
        accept={KINDS}
        label="Open files of rollouts"
        icon="upload"
        onFiles={(files) => void take(files)}
      />
      <p className={styles.notice} role="status">
        {notice}
      </p>
      {errors.import !== undefined && (
        <ErrorNote error={errors.import} onDismiss={() => dismiss('import')} />
      )}
      {importing.map((one) => (
        <Import key={one.importId} importing={one} />
      ))}
      {unmapped !== null && <MappingForm unmapped={unmapped} />}
      {errors.sets !== undefined && (
        <ErrorNote error={errors.sets} onDismiss={() => dismiss('sets')} />
      )}
      {sets !== null && sets.length > 0 && (
        <section className={styles.sets} aria-labelledby="sets-heading">
          <h3 id="sets-heading">Imported</h3>
          {!lasting && (
            <p className={styles.small}>
              This browser keeps no files for this site: they are gone with the tab.
            </p>
          )}
          <ul className={styles.list}>
            {sets.map((record) => (
              <SetRow key={record.id} record={record} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Import({ importing: { importId, name, progress } }: { importing: Importing }) {
  const { cancel } = useRollouts();
  const said =
    progress === null
      ? 'Waiting for its turn'
      : progress.phase === 'closing'
        ? `${count(progress.rows)} rollouts, being written`
        : `${formatBytes(progress.bytes)} of ${formatBytes(progress.totalBytes)}, ${count(progress.rows)} rollouts${progress.skipped > 0 ? `, ${count(progress.skipped)} lines skipped` : ''}${progress.secondsLeft === null ? '' : `, ${leftWords(progress.secondsLeft)}`}`;
  return (
    <ImportBar name={name} progress={progress} said={said} onCancel={() => cancel(importId)} />
  );
}

function SetRow({ record }: { record: RolloutSetRecord }) {
  const { openSet, removeSet } = useRollouts();
  const shown = useRolloutsState((s) => s.record?.id === record.id);
  const [asking, setAsking] = useState(false);
  return (
    <li className={styles.set} data-shown={shown || undefined}>
      <button
        type="button"
        className={styles.open}
        aria-current={shown ? 'true' : undefined}
        onClick={() => void openSet(record.id)}
      >
        <span className={styles.name}>{record.name}</span>
        <span className={`${styles.small} numeric`}>
          {count(record.rows)} rollouts, {formatBytes(record.bytes)},{' '}
          {new Date(record.importedAt).toLocaleString()}
        </span>
      </button>
      <button
        type="button"
        className="button"
        data-kind="quiet"
        data-shape="square"
        aria-label={`Delete ${record.name}`}
        onClick={() => setAsking(true)}
      >
        <Icon name="cross" />
      </button>
      <Confirm
        open={asking}
        title={`Delete ${record.name}?`}
        safe={{ label: 'Keep it' }}
        action={{ label: 'Delete', run: () => void removeSet(record.id) }}
        onClose={() => setAsking(false)}
      >
        It is removed from this browser; the file it came from stays where it is.
      </Confirm>
    </li>
  );
}

const count = (n: number) => n.toLocaleString('en');
