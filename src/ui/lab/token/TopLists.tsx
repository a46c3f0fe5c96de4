/** What each side finds most probable at the current token, side by side. */

import type { TokenTrace, TraceTopEntry } from '../../../engine/trace.ts';
import { formatPercent } from '../../shared/format.ts';
import { Term } from '../../shared/Term.tsx';
import { VisibleText } from '../../shared/VisibleText.tsx';
import styles from './TopLists.module.css';

export function TopLists({ token }: { token: TokenTrace }) {
  return (
    <div className={styles.lists}>
      <TopList label="Student" top={token.studentTop} tail={token.studentTail} sampled={token.id} />
      {token.teacherTop !== null ? (
        <TopList
          label="Teacher"
          teacher={token.teacher ?? undefined}
          top={token.teacherTop}
          tail={token.teacherTail}
          sampled={token.id}
        />
      ) : (
        <p className={styles.nobody}>No teacher, so there is nothing to compare with.</p>
      )}
    </div>
  );
}

interface TopListProps {
  label: string;
  teacher?: string;
  top: readonly TraceTopEntry[];
  tail: number | null;
  /** Id of the token that was sampled. */
  sampled: number;
}

function TopList({ label, teacher, top, tail, sampled }: TopListProps) {
  return (
    <div data-teacher={teacher} className={styles.side}>
      <p className={styles.heading}>
        <Term id="topK">{label}: most probable</Term>
      </p>
      <ol className={styles.entries}>
        {top.map((entry) => (
          <li
            key={entry.id}
            className={styles.entry}
            data-sampled={entry.id === sampled || undefined}
          >
            <span className={styles.text}>
              <VisibleText text={entry.text} />
              {entry.id === sampled && <span className="visually-hidden"> (sampled)</span>}
            </span>
            <span className={styles.p}>{formatPercent(entry.p)}</span>
            <span className={styles.track}>
              <span className={styles.bar} style={{ width: `${entry.p * 100}%` }} />
              {entry.otherP !== null && (
                <span className={styles.notch} style={{ left: `${entry.otherP * 100}%` }}>
                  <span className="visually-hidden">other side {formatPercent(entry.otherP)}</span>
                </span>
              )}
            </span>
          </li>
        ))}
        {tail !== null && (
          <li className={styles.entry} data-tail>
            <span className={styles.text}>
              <Term id="tail">all others</Term>
            </span>
            <span className={styles.p}>{formatPercent(tail)}</span>
            <span className={styles.track}>
              <span className={styles.bar} style={{ width: `${tail * 100}%` }} />
            </span>
          </li>
        )}
      </ol>
    </div>
  );
}
