/** On a narrow screen the current token in one line at the foot, with the way to its figures. */

import { usedDivergence } from '../../../contract/trace/used-divergence.ts';
import { hasNoGradient, temperatureOf } from '../../rollout/view.ts';
import { formatNats } from '../../shared/format.ts';
import { TeacherBadge } from '../../shared/TeacherBadge.tsx';
import { teacherMark } from '../../shared/teachers.ts';
import { VisibleText } from '../../shared/VisibleText.tsx';
import { cutToken } from '../../shared/visible-text.ts';
import { useLab } from '../context.tsx';
import styles from './TokenPeek.module.css';
import { TOKEN_PANEL_ID } from './use-current-token.ts';

/** No link to a fragment: that would be a step of the history, and history steps are scenes. */
function showFigures() {
  const panel = document.getElementById(TOKEN_PANEL_ID);
  panel?.focus({ preventScroll: true });
  panel?.scrollIntoView();
}

export function TokenPeek() {
  const picked = useLab((s) => s.settings.token);
  const trace = useLab((s) => s.shown?.trace ?? null);
  const token = picked === null ? undefined : trace?.tokens[picked];
  if (trace === null || token === undefined) return null;
  const used = usedDivergence(token, trace.method);
  return (
    <aside className={styles.peek} aria-label="Current token">
      <TeacherBadge teacher={teacherMark(token.teacher)} named={false} />
      <span className={styles.text}>
        <VisibleText text={cutToken(token.text)} />
      </span>
      <span className={styles.value}>
        {token.teacher === null
          ? 'no teacher'
          : used === null
            ? 'no figure'
            : `${formatNats(used)} nats ${temperatureOf(trace.method) ?? ''}`.trim()}
        {hasNoGradient(token, trace.method) && ', no gradient'}
      </span>
      <button type="button" className="button" onClick={showFigures}>
        Figures
      </button>
    </aside>
  );
}
