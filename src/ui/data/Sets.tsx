/** What is imported, and how more comes in. */

import type { DataRecord } from '../../contract/data/data-sets.ts';
import { MOST_DATA_NAME } from '../../contract/data/data-sets.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { FolderButton } from '../shared/FolderButton.tsx';
import { formatBytes } from '../shared/format.ts';
import { ImportBar } from '../shared/ImportBar.tsx';
import { DeleteKept, KeptName } from '../shared/KeptRow.tsx';
import { KeptAbout, KeptItem, KeptSets } from '../shared/KeptSets.tsx';
import { useData, useDataState } from './context.ts';
import styles from './DataPage.module.css';
import type { Importing } from './state.ts';
import { WorldOut } from './WorldOut.tsx';
import { countOf } from './words.ts';

const KINDS = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.arrow,.gz,.zip,image/*';
const HEADING = 'data-heading';

export function Sets() {
  const { take, dismiss, remove } = useData();
  const errors = useDataState((s) => s.errors);
  const notice = useDataState((s) => s.notice);
  const busy = useDataState((s) => s.busy);
  const importing = useDataState((s) => s.importing);
  const shelf = useDataState((s) => s.shelf);
  return (
    <div className={styles.side}>
      <h2>Questions of your own</h2>
      <p className={styles.small}>
        A table with a question, its answer and its picture a row: JSON Lines, Parquet, CSV or
        Arrow, with pictures as files beside it, in a zip file, as bytes or Base64; sets with three
        pictures a question, as ViLP has them, too. They are read into this browser and go nowhere
        else.
      </p>
      <div className={styles.actions}>
        <FileButton
          accept={KINDS}
          label="Choose files"
          icon="upload"
          onFiles={(files) =>
            void take(
              files.map((file) => ({ path: file.name, file })),
              nameOf(files.map(({ name }) => name)),
            )
          }
        />
        <FolderButton
          label="Choose a folder"
          disabled={false}
          onFolder={({ name, files }) => void take(files, name)}
        />
      </div>
      <p className={styles.small} role="status">
        {busy === null ? notice : `${busy} …`}
      </p>
      {errors.import !== undefined && (
        <ErrorNote error={errors.import} onDismiss={() => dismiss('import')} />
      )}
      {importing.map((one) => (
        <Import key={one.importId} importing={one} />
      ))}
      {errors.sets !== undefined && (
        <ErrorNote error={errors.sets} onDismiss={() => dismiss('sets')} />
      )}
      {shelf !== null && (
        <KeptSets headingId={HEADING} shelf={shelf} remove={(id) => void remove(id)}>
          {(record) => <SetRow key={record.id} record={record} />}
        </KeptSets>
      )}
      <WorldOut />
    </div>
  );
}

function Import({ importing: { importId, name, progress } }: { importing: Importing }) {
  const { cancel } = useData();
  const said =
    progress === null
      ? 'Begins'
      : `${formatBytes(progress.bytes)} of ${formatBytes(progress.totalBytes)}, ${countOf(progress.items, 'question')}${progress.skipped > 0 ? `, ${countOf(progress.skipped, 'line')} passed over` : ''}`;
  return (
    <ImportBar name={name} progress={progress} said={said} onCancel={() => cancel(importId)} />
  );
}

function SetRow({ record }: { record: DataRecord }) {
  const { show, rename, remove } = useData();
  const shown = useDataState((s) => s.shown?.id === record.id);
  const { id, name, items, bytes, importedAt, skipped } = record;
  return (
    <KeptItem shown={shown}>
      <KeptAbout
        name={
          <KeptName name={name} longest={MOST_DATA_NAME} onRename={(to) => void rename(id, to)} />
        }
        facts={`${countOf(items, 'question')}, ${formatBytes(bytes)}, ${new Date(importedAt).toLocaleDateString()}${skipped.total > 0 ? `, ${countOf(skipped.total, 'line')} passed over` : ''}`}
      />
      <button
        type="button"
        className="button"
        aria-label={`Show ${name}`}
        aria-pressed={shown}
        onClick={() => void show(shown ? null : id)}
      >
        Show
      </button>
      <DeleteKept name={name} disabled={false} heading={HEADING} remove={() => remove(id)}>
        It is removed from this browser; the file it came from stays where it is. Runs and
        evaluations of it stay, and go on once it is imported again.
      </DeleteKept>
    </KeptItem>
  );
}

/** Several files are called by the one that is no picture, or by the first. */
function nameOf(names: readonly string[]): string {
  const table = names.find((name) => !/\.(?:png|jpe?g|webp|gif|bmp|avif)$/i.test(name));
  return table ?? names[0] ?? 'Questions';
}
