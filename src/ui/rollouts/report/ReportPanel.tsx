/** Chosen rollouts as a report: one HTML file that opens from a disk. */

import { useState } from 'react';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { useRollouts, useRolloutsState } from '../context.ts';
import styles from '../Scoring.module.css';
import { MOST_CHOSEN } from '../state.ts';

/** How many of the list one press takes in. */
const LISTED = 10;

export function ReportPanel() {
  const { choose, chooseListed, saveReport, dismiss } = useRollouts();
  const chosen = useRolloutsState((s) => s.chosen);
  const places = useRolloutsState((s) => s.scores?.places ?? null);
  const scored = useRolloutsState((s) => s.scores !== null);
  const listed = useRolloutsState((s) => s.answer?.count ?? 0);
  const reporting = useRolloutsState((s) => s.reporting);
  const error = useRolloutsState((s) => s.errors.report);
  const [withPictures, setWithPictures] = useState(false);
  const farthest = [...new Set(places?.map(({ row }) => row))].slice(0, LISTED);
  return (
    <Panel
      heading="A report"
      headingId="report-heading"
      note="Chosen rollouts in one HTML file, with their figures; it opens from a disk and fetches nothing."
    >
      {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('report')} />}
      <div className={styles.form}>
        <div className={styles.row}>
          <button
            type="button"
            className="button"
            disabled={listed === 0}
            onClick={() => void chooseListed(LISTED)}
          >
            Add the first {Math.min(LISTED, listed)} of the list
          </button>
          {farthest.length > 0 && (
            <button type="button" className="button" onClick={() => choose(farthest, true)}>
              Add {farthest.length} with the largest divergences
            </button>
          )}
          {chosen.length > 0 && (
            <button type="button" className="button" onClick={() => choose(chosen, false)}>
              Take all out
            </button>
          )}
        </div>
        <div className={styles.row}>
          <button
            type="button"
            className="button"
            data-kind="primary"
            disabled={chosen.length === 0 || reporting}
            title={chosen.length === 0 ? 'Choose rollouts first: here, or beside one.' : undefined}
            onClick={() => void saveReport(withPictures)}
          >
            <Icon name="download" />
            {reporting ? 'Writing …' : 'Save report (HTML)'}
          </button>
          <label className={styles.small}>
            <input
              type="checkbox"
              checked={withPictures}
              onChange={(event) => setWithPictures(event.target.checked)}
            />{' '}
            with their own pictures in it
          </label>
          <p className={`${styles.small} numeric`} role="status">
            {chosen.length} of at most {MOST_CHOSEN} rollouts
            {scored ? ', with their scores where they have some' : ', not scored'}.
          </p>
        </div>
      </div>
    </Panel>
  );
}
