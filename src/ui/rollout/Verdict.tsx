/** Is the rollout valid, and is its answer the reference answer? */

import { memo } from 'react';
import type { Trace } from '../../contract/trace/trace.ts';
import { exactMatch } from '../../method/exact-match.ts';
import { Icon } from '../shared/Icon.tsx';
import { Term } from '../shared/Term.tsx';
import { gradingOf, referenceInWords, verdictInWords } from './graded.ts';
import { TokenLink } from './TokenLink.tsx';
import styles from './Verdict.module.css';
import { stopOf } from './view.ts';

export interface VerdictProps {
  trace: Trace;
  /** What the picture says; null where it is not known. */
  truth: string | null;
  onSelect: (token: number) => void;
}

export const Verdict = memo(function Verdict({ trace, truth, onSelect }: VerdictProps) {
  const { answer, valid, reason, method } = trace;
  const stop = stopOf(trace);
  const { correct: right, reference } = gradingOf(trace);
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
                  <TokenLink
                    at={stop.token}
                    text={trace.tokens[stop.token].text}
                    onSelect={onSelect}
                  />
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
