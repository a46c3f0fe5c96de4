/** Every claim of the paper: whether it is seen here, where, how much, and its picture. */

import { useMemo, useState } from 'react';
import type { ReportClaim } from '../../../contract/experiment/experiment-report.ts';
import {
  claimSentence,
  equalTokensSentence,
  overall,
  overallText,
} from '../../../contract/experiment/experiment-words.ts';
import { Picture } from '../../charts/Picture.tsx';
import { Panel } from '../../shared/Panel.tsx';
import type { ReportProps } from '../context.ts';
import { claimPicture } from '../drawings.ts';
import styles from './panels.module.css';

export function ClaimsPanel({ report }: ReportProps) {
  const { claims, experiment } = report;
  if (claims.length === 0) return null;
  const margin = (100 * experiment.margin).toFixed(0);
  return (
    <Panel
      heading="Claims of the paper"
      headingId="claims-heading"
      long
      note={`Seen where the interval of the difference leaves 0 out on the claimed side; not seen where it lies within ${margin} points on both sides; otherwise it cannot be told.`}
    >
      <ul className={styles.claims}>
        {claims.map((claim) => (
          <Claim key={claim.id} report={report} found={claim} />
        ))}
      </ul>
    </Panel>
  );
}

function Claim({ report, found }: ReportProps & { readonly found: ReportClaim }) {
  // A picture is drawn when it is looked at.
  const [open, setOpen] = useState(false);
  const claim = report.experiment.claims.find(({ id }) => id === found.id);
  const verdict = overall(found);
  const equal = equalTokensSentence(report, found);
  return (
    <li data-claim={found.id}>
      <details className={styles.claim} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className={styles.name}>{claim?.label ?? found.id}</span>
          <span className={styles.verdict} data-verdict={verdict}>
            {overallText(found)}
          </span>
        </summary>
        <div className={styles.inside}>
          <p>{claim?.sentence}</p>
          <p className={styles.soft}>Published: {claim?.published}.</p>
          <p>{claimSentence(report, found)}</p>
          {equal !== null && <p>{equal}</p>}
          {open && found.found.length > 0 && <ClaimPicture report={report} found={found} />}
        </div>
      </details>
    </li>
  );
}

function ClaimPicture({ report, found }: ReportProps & { readonly found: ReportClaim }) {
  const { draw, caption, id } = useMemo(() => claimPicture(report, found), [report, found]);
  return (
    <Picture draw={draw} label={caption} file={`vigos-${id}`}>
      {caption}
    </Picture>
  );
}
