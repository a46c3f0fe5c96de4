/** A token by itself: which it is, its text, its teacher, and the rule that gave it that teacher. */

import type { TokenTrace, Trace } from '../../contract/trace/trace.ts';
import { RULES } from '../../method/rules.ts';
import { Icon } from '../shared/Icon.tsx';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { Term } from '../shared/Term.tsx';
import { teacherMark } from '../shared/teachers.ts';
import { VisibleText } from '../shared/VisibleText.tsx';
import { cut } from '../shared/visible-text.ts';
import styles from './TokenHead.module.css';

/** Characters of a token that are drawn; only a broken file has one with more. */
const MOST_WHOLE = 2000;

export interface TokenHeadProps {
  trace: Trace;
  /** From 0. */
  index: number;
  token: TokenTrace;
  onGo: (index: number) => void;
  /** Without it nobody teaches what is looked at. */
  taught?: boolean;
}

export function TokenHead({ trace, index, token, onGo, taught = true }: TokenHeadProps) {
  const last = trace.tokens.length - 1;
  const mark = teacherMark(token.teacher);
  // A trace from a newer version may name a rule that this one does not know.
  const rule = RULES[token.rule]?.sentence ?? `Rule “${token.rule}”.`;
  return (
    <header className={styles.head} data-teacher={taught ? mark : 'nobody'}>
      <div className={styles.steps}>
        <p className={styles.place}>
          Token <strong className="numeric">{index + 1}</strong> of {last + 1}
        </p>
        <Step
          label="Previous token"
          icon="previous"
          disabled={index === 0}
          onClick={() => onGo(index - 1)}
        />
        <Step
          label="Next token"
          icon="next"
          disabled={index === last}
          onClick={() => onGo(index + 1)}
        />
      </div>
      <div className={styles.title}>
        <span className={styles.token}>
          <VisibleText text={cut(token.text, MOST_WHOLE)} />
        </span>
        <span className={styles.id}>
          <Term id="tokenId">id {token.id}</Term>
        </span>
        {taught && <TeacherBadge teacher={mark} />}
      </div>
      {taught && <p className={styles.rule}>{rule}</p>}
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
