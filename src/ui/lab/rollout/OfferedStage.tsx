/** A completion of a file before it is scored: its tokens, parts and teachers, which need no model. */

import { useMemo } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { lanesOf, plannedTokens } from '../../rollout/view.ts';
import type { CompletionOffer } from '../../shared/offers.ts';
import { TeacherBadge } from '../../shared/TeacherBadge.tsx';
import { TEACHER_MARKS } from '../../shared/teachers.ts';
import styles from './LiveStage.module.css';

export function OfferedStage({ offered }: { offered: CompletionOffer }) {
  const ready = useEngineState((s) => s.phase === 'ready');
  const { texts, parsed, plan } = offered.planned;
  const tokens = useMemo(() => plannedTokens(texts, parsed, plan), [texts, parsed, plan]);
  const present = new Set(tokens.map(({ teacher }) => teacher));
  return (
    <>
      <p role="status">
        <strong>{parsed.valid ? 'Valid' : 'Invalid'}</strong>
        {parsed.reason === null ? '. ' : `: ${parsed.reason.message} `}
        Read and planned, not scored: log-probabilities, divergences and losses need{' '}
        {ready ? 'its picture and reference answer' : 'a model'}.
      </p>
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
