/** The right column: everything about the current token, first of all why it has its teacher. */

import type { TokenTrace, Trace } from '../../../contract/trace.ts';
import { RULES } from '../../../method/rules.ts';
import { Icon } from '../../shared/Icon.tsx';
import { TeacherBadge } from '../../shared/TeacherBadge.tsx';
import { Term } from '../../shared/Term.tsx';
import { teacherMark } from '../../shared/teachers.ts';
import { VisibleText } from '../../shared/VisibleText.tsx';
import { cut } from '../../shared/visible-text.ts';
import { useLab, useSession } from '../context.tsx';
import { Figures } from './Figures.tsx';
import { TeacherContext } from './TeacherContext.tsx';
import styles from './TokenPanel.module.css';
import { TopLists } from './TopLists.tsx';
import { TOKEN_PANEL_ID, useCurrentToken } from './use-current-token.ts';

/** Characters of a token that are drawn; only a broken file has one with more. */
const MOST_WHOLE = 2000;

export function TokenPanel() {
  const shown = useLab((s) => s.shown);
  const index = useCurrentToken();
  const live = useLab((s) => s.live !== null);
  const token = index === null ? undefined : shown?.trace.tokens[index];
  return (
    <section
      className={styles.panel}
      id={TOKEN_PANEL_ID}
      tabIndex={-1}
      aria-labelledby="token-heading"
      data-stale={live || undefined}
    >
      <h2 id="token-heading" className="visually-hidden">
        Token
      </h2>
      {shown === null || index === null || token === undefined ? (
        <p className={styles.empty}>
          Here stand the figures of one token: who teaches it and why, what student and teacher find
          probable there, and by how much they differ. They come with the first rollout.
        </p>
      ) : (
        <>
          <TokenHead trace={shown.trace} index={index} token={token} />
          <Figures trace={shown.trace} index={index} token={token} />
          <TopLists token={token} method={shown.trace.method} />
          <TeacherContext shown={shown} index={index} token={token} />
        </>
      )}
    </section>
  );
}

function TokenHead({ trace, index, token }: { trace: Trace; index: number; token: TokenTrace }) {
  const session = useSession();
  const go = (next: number) => void session.change({ token: next });
  const last = trace.tokens.length - 1;
  const mark = teacherMark(token.teacher);
  // A trace from a newer version may name a rule that this one does not know.
  const rule = RULES[token.rule]?.sentence ?? `Rule “${token.rule}”.`;
  return (
    <header className={styles.head} data-teacher={mark}>
      <div className={styles.steps}>
        <p className={styles.place}>
          Token <strong className="numeric">{index + 1}</strong> of {last + 1}
        </p>
        <Step
          label="Previous token"
          icon="previous"
          disabled={index === 0}
          onClick={() => go(index - 1)}
        />
        <Step
          label="Next token"
          icon="next"
          disabled={index === last}
          onClick={() => go(index + 1)}
        />
      </div>
      <div className={styles.title}>
        <span className={styles.token}>
          <VisibleText text={cut(token.text, MOST_WHOLE)} />
        </span>
        <span className={styles.id}>
          <Term id="tokenId">id {token.id}</Term>
        </span>
        <TeacherBadge teacher={mark} />
      </div>
      <p className={styles.rule}>{rule}</p>
    </header>
  );
}

interface StepProps {
  label: string;
  icon: 'previous' | 'next';
  disabled?: boolean;
  onClick: () => void;
}

function Step({ label, icon, disabled = false, onClick }: StepProps) {
  return (
    <button
      type="button"
      className="button"
      data-shape="square"
      data-kind="quiet"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
