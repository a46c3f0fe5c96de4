/** Is the rollout valid, and is its answer the reference answer? */

import { memo } from 'react';
import { exactMatch } from '../../../method/exact-match.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Term } from '../../shared/Term.tsx';
import { VisibleText } from '../../shared/VisibleText.tsx';
import type { Shown } from '../state/state.ts';
import { gradingOf, referenceInWords, verdictInWords } from './graded.ts';
import styles from './Verdict.module.css';
import { stopOf } from './view.ts';

export interface VerdictProps {
  shown: Shown;
  onSelect: (token: number) => void;
}

export const Verdict = memo(function Verdict({ shown, onSelect }: VerdictProps) {
  const { trace, subject } = shown;
  const { answer, valid, reason, method } = trace;
  const stop = stopOf(trace);
  const { correct: right, reference } = gradingOf(trace);
  const truth = subject?.trueAnswer ?? null;
  return (
    <div className={styles.verdict} role="status" data-testid="verdict">
      <p className={styles.line}>
        <span className={styles.mark} data-good={valid}>
          <Icon name={valid ? 'check' : 'cross'} />
        </span>
        <span>
          <strong>
            <Term id="valid">{valid ? 'Valid' : 'Invalid'}</Term>
          </strong>
          {valid ? ' ' : ': '}
          {valid ? (
            `by the ${method.validity} rule: ${method.name === 'vigos' ? 'each segment goes to its own teacher.' : 'OPSD would supervise it either way.'}`
          ) : (
            <>
              {reason?.message}{' '}
              {stop !== null && (
                <>
                  Parsing stopped {stop.side === 'after' ? 'after' : 'at'}{' '}
                  <button
                    type="button"
                    className={styles.token}
                    onClick={() => onSelect(stop.token)}
                  >
                    {stop.token + 1} <VisibleText text={trace.tokens[stop.token].text} />
                  </button>
                  .{' '}
                </>
              )}
              {method.name === 'vigos'
                ? 'Only the reference teacher supervises it, from the first token to the last.'
                : 'OPSD does not ask: its one teacher supervises every token all the same.'}
            </>
          )}
        </span>
      </p>
      <p className={styles.line}>
        <span className={styles.mark} data-good={right}>
          <Icon name={right ? 'check' : 'cross'} />
        </span>
        <span>
          {answer === null ? (
            <strong>No answer</strong>
          ) : (
            <>
              <strong>“{answer}”</strong> is <Term id="graded">{verdictInWords(trace)}</Term>
            </>
          )}
          : the reference answer is {referenceInWords(trace)}
          {truth !== null &&
            !exactMatch(truth, reference) &&
            `, though the picture says “${truth}”`}
          .
        </span>
      </p>
    </div>
  );
});
