/** What this browser keeps of models: sizes, what is whole, room that is left, and deletion. */

import type { KeptModel, ModelShelf } from '../../contract/models/model-sources.ts';
import { useEngineState } from '../engine/context.tsx';
import { formatBytes } from '../shared/format.ts';
import { DeleteKept, KeptActions } from '../shared/KeptRow.tsx';
import { Panel } from '../shared/Panel.tsx';
import { Table } from '../shared/Table.tsx';
import { TableHead } from '../shared/TableHead.tsx';
import { useModels, useModelsState } from './context.ts';
import styles from './Found.module.css';
import { KIND_NAMES } from './words.ts';

const HEADING = 'shelf-heading';

export function Shelf() {
  const shelf = useModelsState((s) => s.shelf);
  return (
    <Panel
      heading="Kept in this browser"
      headingId={HEADING}
      focusable
      long
      note={shelf === null ? undefined : roomInWords(shelf)}
    >
      {shelf?.problem != null && (
        <p className={styles.soft}>
          {shelf.problem.message} {shelf.problem.fix}
        </p>
      )}
      {shelf !== null && shelf.models.length === 0 && (
        <p className={styles.soft}>
          A model that you fetch is kept here: the next visit opens it without a network, and a
          transfer that broke off goes on where it was.
        </p>
      )}
      {shelf !== null && shelf.models.length > 0 && (
        <Table figures stacks className={styles.table}>
          <TableHead columns={['Model', 'From', 'Size', 'Whole']} unseen="What to do with it" />
          <tbody>
            {shelf.models.map((model) => (
              <Row key={model.id} model={model} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function roomInWords({ models, room, persistent }: ModelShelf): string {
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  const used = `${formatBytes(bytes)} of models`;
  if (room === null) return used;
  const stays = persistent
    ? 'The browser has promised to keep it.'
    : 'The browser may clear it when space runs short.';
  return `${used}; this site uses ${formatBytes(room.usage)} of ${formatBytes(room.quota)} that it may. ${stays}`;
}

function Row({ model }: { model: KeptModel }) {
  const { lookAt, openKept, remove } = useModels();
  const busy = useModelsState((s) => s.looking !== null || s.fetching !== null);
  const loading = useEngineState((s) => s.phase === 'loading' || s.training);
  const { name, host, commit, bytes, wanted, whole, inUse } = model;
  return (
    <tr>
      <th scope="row" className={styles.repo}>
        {name}
      </th>
      <td data-label="From">
        {host}
        {commit !== null && `, commit ${commit.slice(0, 8)}`}
      </td>
      <td data-label="Size">
        {wanted > bytes ? `${formatBytes(bytes)} of ${formatBytes(wanted)}` : formatBytes(bytes)}
      </td>
      <td data-label="Whole">
        {whole.length === 0 ? 'not yet' : whole.map((kind) => KIND_NAMES[kind]).join(', ')}
      </td>
      <KeptActions>
        <button
          type="button"
          className="button"
          disabled={busy}
          aria-label={`Look at ${name}`}
          onClick={() => void lookAt(model.source)}
        >
          Look
        </button>
        {whole.length > 0 && (
          <button
            type="button"
            className="button"
            disabled={busy || loading || inUse}
            aria-label={`Open ${name}`}
            onClick={() => void openKept(model)}
          >
            {inUse ? 'Loaded' : 'Open'}
          </button>
        )}
        <DeleteKept
          name={name}
          disabled={inUse}
          title={inUse ? 'It is loaded, here or in another tab.' : undefined}
          heading={HEADING}
          remove={async () => {
            await remove(model);
            return true;
          }}
        >
          Its {formatBytes(bytes)} are gone from this browser; opening it again fetches them again.
        </DeleteKept>
      </KeptActions>
    </tr>
  );
}
