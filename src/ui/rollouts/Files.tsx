/** What is imported, and how more comes in. */

import type { RolloutSetRecord } from '../../contract/rollouts/rollouts.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { formatBytes } from '../shared/format.ts';
import { ImportBar } from '../shared/ImportBar.tsx';
import { DeleteKept } from '../shared/KeptRow.tsx';
import { KeptItem, KeptOpener, KeptSets } from '../shared/KeptSets.tsx';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './Files.module.css';
import { MappingForm } from './MappingForm.tsx';
import type { Importing } from './state.ts';
import { leftWords } from './words.ts';

const HEADING = 'sets-heading';
const KINDS = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.arrow,.feather,.gz,.zip';

export function Files() {
  const { take, dismiss, removeSet } = useRollouts();
  const errors = useRolloutsState((s) => s.errors);
  const notice = useRolloutsState((s) => s.notice);
  const importing = useRolloutsState((s) => s.importing);
  const unmapped = useRolloutsState((s) => s.unmapped);
  const shelf = useRolloutsState((s) => s.shelf);
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
      {shelf !== null && (
        <KeptSets headingId={HEADING} shelf={shelf} remove={(id) => void removeSet(id)}>
          {(record) => <SetRow key={record.id} record={record} />}
        </KeptSets>
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
  const { id, name, rows, bytes, importedAt } = record;
  return (
    <KeptItem shown={shown}>
      <KeptOpener
        name={name}
        facts={`${count(rows)} rollouts, ${formatBytes(bytes)}, ${new Date(importedAt).toLocaleString()}`}
        shown={shown}
        onOpen={() => void openSet(id)}
      />
      <DeleteKept name={name} disabled={false} heading={HEADING} remove={() => removeSet(id)}>
        It is removed from this browser; the file it came from stays where it is.
      </DeleteKept>
    </KeptItem>
  );
}

const count = (n: number) => n.toLocaleString('en');
