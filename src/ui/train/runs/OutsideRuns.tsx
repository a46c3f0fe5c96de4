/** Runs of trainers elsewhere among those that are kept: drawn, asked, deleted, and never gone on with. */

import type { OutsideRun } from '../../../contract/train/outside-runs.ts';
import { LineKey } from '../../charts/LineKey.tsx';
import { formatBytes } from '../../shared/format.ts';
import { BrokenKept, DeleteKept, KeptActions } from '../../shared/KeptRow.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { outsideLabel } from '../../shared/students.ts';
import { Table } from '../../shared/Table.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { drawnBefore, drawnOutside } from '../state/outside.ts';
import { formatWhen } from '../words.ts';
import styles from './RunsPanel.module.css';

const OUTSIDE_HEADING = 'outside-heading';

export function OutsideRuns() {
  const { outside } = useTraining();
  const runs = useTrain((s) => s.outside.runs);
  const broken = useTrain((s) => s.outside.broken);
  if (runs.length + broken.length === 0) return null;
  return (
    <section aria-labelledby={OUTSIDE_HEADING}>
      <h3 id={OUTSIDE_HEADING} tabIndex={-1}>
        From outside
      </h3>
      <p className={styles.empty}>
        Made by trainers elsewhere: their curves can be laid over others, by steps, and none goes on
        here.
      </p>
      {runs.length > 0 && (
        <Table className={styles.table} stacks>
          <thead>
            <tr>
              <th scope="col">Draw</th>
              <th scope="col">Name</th>
              <th scope="col">Last step</th>
              <th scope="col">Figures</th>
              <th scope="col">Taken in</th>
              <th scope="col">Size</th>
              <th scope="col">
                <span className="visually-hidden">What to do with it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <OutsideRow key={run.runId} run={run} />
            ))}
          </tbody>
        </Table>
      )}
      <BrokenKept
        label="Runs from outside that cannot be read"
        what="run"
        broken={broken.map(({ runId: id, bytes, error }) => ({ id, bytes, error }))}
        remove={(id) => void outside.remove(id)}
      />
    </section>
  );
}

function OutsideRow({ run }: { run: OutsideRun }) {
  const { runId, name, what, axis, step, keys, skipped, adapter, importedAt, bytes } = run;
  const { outside, store } = useTraining();
  const { openStudent } = usePageLinks();
  const drawn = useTrain((s) => s.outside.drawn[runId] !== undefined);
  const place = useTrain(
    (s) => drawnBefore(s) + drawnOutside(s).findIndex((own) => own.runId === runId),
  );
  return (
    <tr data-run={runId}>
      <td className={styles.draw}>
        <input
          type="checkbox"
          aria-label={`Draw ${name}`}
          checked={drawn}
          onChange={() => void outside.toggle(runId)}
        />
        {drawn && <LineKey line={{ runIndex: place, dash: [2, 3] }} />}
      </td>
      <td data-cell="name">
        {name}
        <p className={styles.unverified}>
          From {what}; “{axis}” counts its steps
          {skipped === 0
            ? ''
            : `; ${skipped} ${skipped === 1 ? 'line has' : 'lines have'} no step or no figure`}
          .{adapter === null ? '' : ` With an adapter${of(adapter.base)}.`}
        </p>
      </td>
      <td className="numeric" data-label="Last step">
        {step}
      </td>
      <td className="numeric" data-label="Figures">
        {keys.length}
      </td>
      <td data-label="Taken in">{run.lasting ? formatWhen(importedAt) : 'in this tab alone'}</td>
      <td className="numeric" data-label="Size">
        {formatBytes(bytes)}
      </td>
      <KeptActions>
        {adapter !== null && (
          <button
            type="button"
            className="button"
            aria-label={`Ask ${name} in the Lab`}
            onClick={() =>
              openStudent({ label: outsideLabel(name), choice: { kind: 'outside', runId } })
            }
          >
            Ask
          </button>
        )}
        <DeleteKept
          name={name}
          disabled={false}
          heading={OUTSIDE_HEADING}
          remove={async () => {
            await outside.remove(runId);
            return store.getState().outside.runs.every((own) => own.runId !== runId);
          }}
        >
          It is removed from this browser; the files it came from stay where they are.
        </DeleteKept>
      </KeptActions>
    </tr>
  );
}

const of = (base: string | null): string => (base === null ? '' : ` of “${base}”`);
