/** The tokens of a rollout that is read and planned, and not scored: who would teach each of them. */

import { useMemo } from 'react';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { TEACHER_MARKS } from '../shared/teachers.ts';
import { LOG_SCALE } from './heat-scale.ts';
import styles from './PlannedTokens.module.css';
import { TokenStrip } from './TokenStrip.tsx';
import { lanesOf, plannedTokens } from './view.ts';

type Planned = Parameters<typeof plannedTokens>;

export interface PlannedTokensProps {
  /** Of each token, in order. */
  texts: Planned[0];
  parsed: Planned[1];
  plan: Planned[2];
}

export function PlannedTokens({ texts, parsed, plan }: PlannedTokensProps) {
  const tokens = useMemo(() => plannedTokens(texts, parsed, plan), [texts, parsed, plan]);
  const present = new Set(tokens.map(({ teacher }) => teacher));
  return (
    <>
      <ul className={styles.teachers} aria-label="Teachers of this rollout">
        {TEACHER_MARKS.filter((mark) => present.has(mark)).map((mark) => (
          <li key={mark}>
            <TeacherBadge teacher={mark} />
          </li>
        ))}
      </ul>
      <TokenStrip
        lanes={lanesOf(tokens, parsed.spans)}
        scale={LOG_SCALE}
        selected={null}
        onSelect={null}
      />
    </>
  );
}
