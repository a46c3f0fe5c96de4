/** The runs that this browser keeps: look at them, lay their curves over one another, hand them out. */

import { useMemo } from 'react';
import type { StoredRun } from '../../../contract/train/runs.ts';
import { settingsDifferences } from '../../../contract/train/train-differences.ts';
import { HELD_OUT_MEASURE_NOTE } from '../../../method/evaluation.ts';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { formatBytes } from '../../shared/format.ts';
import { BrokenKept } from '../../shared/KeptRow.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { Table } from '../../shared/Table.tsx';
import { TableHead } from '../../shared/TableHead.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { drawnRuns } from '../state/state.ts';
import { OutsideRuns } from './OutsideRuns.tsx';
import { RUNS_HEADING, RunRow } from './RunRow.tsx';
import styles from './RunsPanel.module.css';

export function RunsPanel() {
  const session = useTraining();
  const { openStudent } = usePageLinks();
  const stored = useTrain((s) => s.stored);
  const room = useTrain((s) => s.room);
  const busy = useTrain((s) => s.busy);
  const error = useTrain((s) => s.errors.runs);
  return (
    <Panel
      heading="Runs"
      headingId={RUNS_HEADING}
      focusable
      live
      note={busy === null ? roomInWords(stored ?? [], room?.used ?? null) : `${busy} …`}
      action={
        <FileButton
          accept=".zip,.json,.jsonl,.csv,application/zip,application/json"
          label="Import run or adapter"
          icon="upload"
          onFile={async (file) => {
            const student = await session.importFile(file);
            if (student !== null) openStudent(student);
          }}
        />
      }
    >
      {error !== undefined && (
        <ErrorNote
          error={error}
          retry={{ label: 'Look again', run: () => void session.listRuns() }}
          onDismiss={() => session.dismiss('runs')}
        />
      )}
      {stored === null ? null : stored.length === 0 ? (
        <p className={styles.empty}>
          A run is kept here from its first pause or checkpoint on, also after the tab is closed.
          The log of a trainer elsewhere comes in as a run from outside.
        </p>
      ) : (
        <Table
          className={styles.table}
          stacks
          below={<p className="label">Score: {HELD_OUT_MEASURE_NOTE}</p>}
        >
          <TableHead
            columns={['Draw', 'Name', 'Recipe', 'Steps', 'Score', 'Written', 'Size']}
            unseen="What to do with it"
          />
          <tbody>
            {stored.map((run) => (
              <RunRow key={run.runId} run={run} />
            ))}
          </tbody>
        </Table>
      )}
      <BrokenRuns />
      <OutsideRuns />
      <Differences />
    </Panel>
  );
}

function BrokenRuns() {
  const session = useTraining();
  const broken = useTrain((s) => s.broken);
  return (
    <BrokenKept
      label="Runs that cannot be read"
      what="run"
      broken={broken.map(({ runId: id, bytes, error }) => ({ id, bytes, error }))}
      remove={(id) => void session.remove(id)}
    />
  );
}

function roomInWords(runs: readonly StoredRun[], used: number | null): string {
  if (runs.length === 0) return '';
  const kept = runs.filter(({ lasting }) => lasting).length;
  const lost = runs.length - kept;
  const said = [
    ...(kept > 0 ? [`${kept} kept in this browser`] : []),
    ...(lost > 0 ? [`${lost} not, which closing the tab would lose`] : []),
    ...(used === null ? [] : [`${formatBytes(used)} of storage in use`]),
  ];
  return said.join(', ');
}

/** What tells the drawn runs apart, in words, each against the first. */
function Differences() {
  const run = useTrain((s) => s.run);
  const beside = useTrain((s) => s.beside);
  const stored = useTrain((s) => s.stored);
  const [first, ...others] = useMemo(
    () => drawnRuns({ run, beside, stored }),
    [run, beside, stored],
  );
  if (first === undefined || others.length === 0) return null;
  return (
    <ul className={styles.differences} aria-label="How the drawn runs differ">
      {others.map(({ runId, name, settings }) => {
        const lines = settingsDifferences(settings, first.settings);
        return (
          <li key={runId}>
            <strong>{name}</strong> against {first.name}:{' '}
            {lines.length === 0 ? 'the same settings' : lines.join('; ')}.
          </li>
        );
      })}
    </ul>
  );
}
