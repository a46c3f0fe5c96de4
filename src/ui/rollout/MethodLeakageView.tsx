/** The leakage of one method on the rollout: its rates, its chart and its strip. */

import { memo, useMemo } from 'react';
import type { Trace } from '../../contract/trace/trace.ts';
import { Term } from '../shared/Term.tsx';
import { LOG_SCALE } from './heat-scale.ts';
import { LeakageChart } from './LeakageChart.tsx';
import { LeakageRates } from './LeakageRates.tsx';
import { leakageTokens, METHOD_LABELS, type MethodLeakage } from './leakage-view.ts';
import styles from './MethodLeakageView.module.css';
import { TokenStrip } from './TokenStrip.tsx';
import { lanesOf } from './view.ts';

export interface MethodLeakageViewProps {
  trace: Trace;
  leakage: MethodLeakage;
  epsilon: number;
  /** At the top of both methods' charts, nats². */
  top: number;
  selected: number;
  onSelect: (token: number) => void;
  onKey: (key: string) => boolean;
}

export const MethodLeakageView = memo(function MethodLeakageView(props: MethodLeakageViewProps) {
  const { trace, leakage, epsilon, top, selected, onSelect, onKey } = props;
  const lanes = useMemo(
    () => lanesOf(leakageTokens(trace, leakage), trace.spans),
    [trace, leakage],
  );
  const texts = useMemo(() => trace.tokens.map(({ text }) => text), [trace.tokens]);
  const label = METHOD_LABELS[leakage.name];
  return (
    <section className={styles.method} aria-label={`Leakage under ${label}`}>
      <h3 className={styles.heading}>{label}</h3>
      <LeakageRates leakage={leakage} epsilon={epsilon} />
      {leakage.name === 'vigos' && (
        <p className={styles.note}>
          The description’s rate is 0 by construction: its{' '}
          <Term id="perception">perception teacher</Term> is never shown the reference answer, so
          that cA is 0 at each of its tokens.
        </p>
      )}
      <div className={styles.tokens} data-by="token">
        <LeakageChart
          texts={texts}
          leakage={leakage}
          top={top}
          selected={selected}
          onSelect={onSelect}
        />
        <TokenStrip
          lanes={lanes}
          scale={LOG_SCALE}
          label={`Tokens under ${label}’s leakage`}
          selected={selected}
          onSelect={onSelect}
          onKey={onKey}
        />
      </div>
    </section>
  );
});
