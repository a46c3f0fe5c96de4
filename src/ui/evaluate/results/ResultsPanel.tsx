/** The evaluations that this browser keeps: laid side by side, gone on with, renamed, exported, deleted. */

import type {
  EvaluationRecord,
  ImportedFrom,
} from '../../../contract/evaluation/evaluation-records.ts';
import { hasGroups } from '../../../contract/evaluation/evaluation-settings.ts';
import { seeingInWords } from '../../../contract/settings/seeing.ts';
import { CLEAR } from '../../../world/seeing.ts';
import { useEngineState } from '../../engine/context.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { BrokenKept, DeleteKept, KeptActions, KeptName } from '../../shared/KeptRow.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { Table } from '../../shared/Table.tsx';
import { TableHead } from '../../shared/TableHead.tsx';
import { useEvaluation, useEvaluationState } from '../context.ts';
import { answered, MOST_SHOWN, setInWords, whoAnswered } from '../state/state.ts';
import { timeInWords, whenInWords } from '../words.ts';
import styles from './ResultsPanel.module.css';

const HEADING = 'results-heading';
const NAME_LENGTH = 200;

export function ResultsPanel() {
  const { dismiss, importResult, refresh } = useEvaluation();
  const results = useEvaluationState((s) => s.results);
  const error = useEvaluationState((s) => s.errors.list);
  const busy = useEvaluationState((s) => s.busy);
  const refused = useEvaluationState((s) => s.errors.import);
  return (
    <Panel
      heading="Results"
      headingId={HEADING}
      focusable
      action={
        <FileButton
          accept=".json,application/json"
          label="Import a result"
          icon="upload"
          onFile={(file) => void importResult(file)}
        />
      }
      live
      note={
        busy !== null
          ? `${busy} …`
          : results === null || results.length === 0
            ? 'Every evaluation is kept here, in this browser, with everything it was made with.'
            : `${results.length} kept in this browser. Those that are ticked, up to ${MOST_SHOWN}, stand side by side above.`
      }
    >
      {refused !== undefined && <ErrorNote error={refused} onDismiss={() => dismiss('import')} />}
      {error !== undefined && (
        <ErrorNote
          error={error}
          retry={{ label: 'Look again', run: () => void refresh() }}
          onDismiss={() => dismiss('list')}
        />
      )}
      {results !== null && results.length > 0 && (
        <Table className={styles.table} stacks>
          <TableHead
            columns={['Show', 'Name', 'Asked', 'Set', 'Took', 'Written']}
            unseen="What to do with it"
          />
          <tbody>
            {results.map((record) => (
              <Row key={record.id} record={record} />
            ))}
          </tbody>
        </Table>
      )}
      <Broken />
    </Panel>
  );
}

function Row({ record }: { record: EvaluationRecord }) {
  const { remove, rename, resume, save, store, toggle } = useEvaluation();
  const { id, name, state, ms, updatedAt, settings, figures, imported } = record;
  const shown = useEvaluationState((s) => s.shown.includes(id));
  const running = useEvaluationState((s) => s.running?.id === id);
  const waits = useEvaluationState((s) => s.queue.some((wanted) => wanted.id === id));
  const ready = useEngineState((s) => s.phase === 'ready');
  return (
    <tr data-evaluation={id} data-shown={shown || undefined}>
      <td>
        <input
          type="checkbox"
          aria-label={`Show ${name}`}
          checked={shown}
          disabled={figures.length === 0}
          onChange={() => toggle(id)}
        />
      </td>
      <td data-cell="name">
        <KeptName
          name={name}
          longest={NAME_LENGTH}
          readOnly={running}
          onRename={(wanted) => void rename(id, wanted)}
        />
        {imported !== undefined && <p className={styles.imported}>{originOf(imported)}</p>}
      </td>
      <td data-label="Asked">{whoAnswered(record)}</td>
      <td data-label="Set">
        {setInWords(settings)}
        <span className={styles.soft}>
          {' '}
          {hasGroups(settings.set) ? `${settings.facts.join(' and ')}, ` : ''}seed{' '}
          {settings.seeds.join(', ')}
          {settings.responses > 1 ? `, k = ${settings.responses}` : ''}
          {seeingInWords(settings.seeing ?? CLEAR).map((words) => `, ${words}`)}
        </span>
      </td>
      <td className="numeric" data-label="Took">
        {timeInWords(ms)}
      </td>
      <td data-label="Written">
        {whenInWords(updatedAt)}
        {state !== 'done' && (
          <span className={styles.soft}> {running ? 'under way' : 'paused'}</span>
        )}
      </td>
      <KeptActions>
        {state !== 'done' && !running && (
          <button
            type="button"
            className="button"
            aria-label={`Go on with ${name}`}
            disabled={waits || !ready}
            title={ready ? undefined : 'The model is not loaded yet.'}
            onClick={() => resume(record)}
          >
            <Icon name="run" />
            {waits ? 'Waits' : 'Go on'}
          </button>
        )}
        <button
          type="button"
          className="button"
          aria-label={`Export ${name}`}
          onClick={() => void save(record)}
        >
          <Icon name="download" />
          Export
        </button>
        <DeleteKept
          name={name}
          disabled={running}
          heading={HEADING}
          remove={async () => {
            await remove(id);
            return store.getState().results?.every((own) => own.id !== id) ?? false;
          }}
        >
          Its {answered(record).toLocaleString('en')} answers and its figures are gone from this
          browser then; export it first to keep them.
        </DeleteKept>
      </KeptActions>
    </tr>
  );
}

function originOf({ at, verified, lines }: ImportedFrom): string {
  const said = [
    `Imported ${whenInWords(at)}.`,
    ...(verified
      ? []
      : ['Unverified: its file had no checksum, so a change since its export cannot be told.']),
    ...(lines
      ? []
      : [
          'Its file holds figures alone, as the command evaluate prints them: there are no items behind them.',
        ]),
  ];
  return said.join(' ');
}

function Broken() {
  const { remove } = useEvaluation();
  const broken = useEvaluationState((s) => s.broken);
  return (
    <BrokenKept
      label="Evaluations that cannot be read"
      what="evaluation"
      broken={broken.map(({ evaluationId: id, bytes, error }) => ({ id, bytes, error }))}
      remove={(id) => void remove(id)}
    />
  );
}
