/** What each side finds most probable at the current token, side by side. */

import type { TokenTrace } from '../../contract/trace/trace.ts';
import type { MethodConfig } from '../../method/types.ts';
import { formatPercent, formatSignedShare } from '../shared/format.ts';
import { Term } from '../shared/Term.tsx';
import { VisibleText } from '../shared/VisibleText.tsx';
import { cut } from '../shared/visible-text.ts';
import { divergenceShare } from './share.ts';
import styles from './TopLists.module.css';
import { temperatureOf } from './view.ts';

/** Characters of an entry that any screen has room for. */
const MOST_LISTED = 100;

export function TopLists({ token, method }: { token: TokenTrace; method: MethodConfig }) {
  return (
    <div className={styles.lists}>
      <TopList side="student" token={token} method={method} />
      {token.teacherTop !== null ? (
        <TopList side="teacher" token={token} method={method} />
      ) : (
        <p className={styles.nobody}>No teacher, so there is nothing to compare with.</p>
      )}
      {token.studentTop.some((entry) => divergenceShare(entry, token, method) !== null) && (
        <p className={styles.note}>
          Signed figures: <Term id="share">share of the divergence</Term>.
        </p>
      )}
    </div>
  );
}

interface TopListProps {
  side: 'student' | 'teacher';
  token: TokenTrace;
  method: MethodConfig;
}

function TopList({ side, token, method }: TopListProps) {
  const temperature = temperatureOf(method);
  const isStudent = side === 'student';
  const label = isStudent ? 'Student' : 'Teacher';
  const teacher = isStudent ? undefined : (token.teacher ?? undefined);
  const top = (isStudent ? token.studentTop : token.teacherTop) ?? [];
  const tail = isStudent ? token.studentTail : token.teacherTail;
  const sampled = token.id;
  return (
    <div data-teacher={teacher} className={styles.side}>
      <p className={styles.heading}>
        <Term id="topK">{label}: most probable</Term>
        {temperature !== null && (
          <>
            {', '}
            <Term id="tau">{temperature}</Term>
          </>
        )}
      </p>
      <ol className={styles.entries}>
        {top.map((entry) => (
          <li
            key={entry.id}
            className={styles.entry}
            data-sampled={entry.id === sampled || undefined}
          >
            <span className={styles.text}>
              <VisibleText text={cut(entry.text, MOST_LISTED)} />
              {entry.id === sampled && <span className="visually-hidden"> (sampled)</span>}
            </span>
            <Share share={divergenceShare(entry, token, method)} />
            <span className={styles.p}>{formatPercent(entry.p)}</span>
            <span className={styles.track}>
              <span className={styles.bar} style={{ width: `${entry.p * 100}%` }} />
              {entry.otherP !== null && (
                <span
                  className={styles.notch}
                  data-nothing={entry.otherP < 0.005 || undefined}
                  style={{ left: `${entry.otherP * 100}%` }}
                >
                  <span className="visually-hidden">other side {formatPercent(entry.otherP)}</span>
                </span>
              )}
            </span>
          </li>
        ))}
        {tail !== null && (
          <li className={styles.entry} data-tail>
            <span className={styles.text}>
              <Term id="tail" here={formatPercent(tail)}>
                all others
              </Term>
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

function Share({ share }: { share: number | null }) {
  return (
    <span className={styles.share} data-large={(share !== null && share >= 0.1) || undefined}>
      {share !== null && Math.abs(share) >= 0.005 && (
        <>
          <span className="visually-hidden">share of the divergence </span>
          {formatSignedShare(share)}
        </>
      )}
    </span>
  );
}
