/** What the last change did to the rollout, in one line that names the change. */

import { memo, useMemo } from 'react';
import { TokenLink } from '../../rollout/TokenLink.tsx';
import { formatNats } from '../../shared/format.ts';
import { Term } from '../../shared/Term.tsx';
import { changedBetween, movedBetween, UNSEEN_NATS } from '../state/moved.ts';
import type { Shown } from '../state/state.ts';
import styles from './WhatMoved.module.css';

export interface WhatMovedProps {
  shown: Shown;
  onSelect: (token: number) => void;
}

export const WhatMoved = memo(function WhatMoved(props: WhatMovedProps) {
  const { shown, onSelect } = props;
  const { trace, before } = shown;
  const moved = useMemo(
    () => (before === null ? null : movedBetween(before.trace, trace)),
    [before, trace],
  );
  if (moved === null || before === null) return null;
  const changed = changedBetween(before, shown);
  const { means, most, otherTeacher, otherLoss } = moved;
  const token = most === null ? undefined : trace.tokens[most.token];
  const nats = (value: number | null) => (value === null ? 'none' : `${formatNats(value)} nats`);
  const still =
    means !== null && (most === null || Math.abs(most.by) < UNSEEN_NATS) && otherTeacher === 0;
  const losses = `${otherLoss} token${otherLoss === 1 ? ' has' : 's have'} another loss`;
  return (
    <p className={styles.moved} data-testid="moved" role="status">
      <strong>
        <Term id="moved">What moved</Term>
      </strong>
      {changed.length > 0 && ` (${changed.join('; ')})`}
      {still ? (
        otherLoss === 0 ? (
          ': nothing.'
        ) : (
          `: no divergence; ${losses}.`
        )
      ) : (
        <>
          {means === null
            ? `: the divergences before are at τ = ${before.trace.method.temperature}, these at τ = ${trace.method.temperature}, so they do not compare`
            : `: mean divergence of the ${means.tokens} token${means.tokens === 1 ? '' : 's'} that both teach ${nats(means.first)} → ${nats(means.second)}`}
          {otherTeacher > 0 &&
            `; ${otherTeacher} token${otherTeacher === 1 ? ' has' : 's have'} another teacher or none`}
          {most !== null && token !== undefined && Math.abs(most.by) >= UNSEEN_NATS && (
            <>
              ; most at <TokenLink at={most.token} text={token.text} onSelect={onSelect} />,{' '}
              {most.by > 0 ? '+' : ''}
              {nats(most.by)}
            </>
          )}
          .
        </>
      )}
    </p>
  );
});
