/** The same rollout under the other method: its chart and strip, in step with those above. */

import { memo, useMemo } from 'react';
import type { Trace } from '../../contract/trace/trace.ts';
import { formatNats } from '../shared/format.ts';
import { Term } from '../shared/Term.tsx';
import type { Measure } from './choices.ts';
import { DivergenceChart } from './DivergenceChart.tsx';
import type { HeatScale } from './heat-scale.ts';
import styles from './OtherMethod.module.css';
import { TokenStrip } from './TokenStrip.tsx';
import { commonMeans, lanesOf, temperatureOf, tracedTokens } from './view.ts';

const NAMES = { vigos: 'ViGOS', opsd: 'OPSD' } as const;

export interface OtherMethodProps {
  trace: Trace;
  /** The one above, of the same tokens. */
  beside: Trace;
  measure: Measure;
  /** The same as above. */
  scale: HeatScale;
  selected: number;
  onSelect: (token: number) => void;
}

export const OtherMethod = memo(function OtherMethod(props: OtherMethodProps) {
  const { trace, beside, measure, scale, selected, onSelect } = props;
  const tokens = useMemo(() => tracedTokens(trace, measure), [trace, measure]);
  const lanes = useMemo(() => lanesOf(tokens, trace.spans), [tokens, trace.spans]);
  const name = NAMES[trace.method.name];
  const temperature = temperatureOf(trace.method);
  const means = commonMeans(beside, trace);
  const above = NAMES[beside.method.name];
  return (
    <section className={styles.other} aria-label={`The same rollout under ${name}`}>
      <p className={styles.heading}>
        <strong>{name}</strong> on the same rollout
        {means === null ? (
          <>
            , <Term id="tau">{temperature ?? 'at τ = 1'}</Term>; {above} above is{' '}
            {temperatureOf(beside.method) ?? 'at τ = 1'}, so their means do not compare
          </>
        ) : (
          means.first !== null &&
          means.second !== null &&
          `: mean divergence of the ${means.tokens} tokens that both teach ${formatNats(means.second)} nats, ${formatNats(means.first)} under ${above}`
        )}
      </p>
      <DivergenceChart
        tokens={tokens}
        scale={scale}
        clip={null}
        label={`Token under the cursor of ${name}’s chart`}
        selected={selected}
        onSelect={onSelect}
      />
      <TokenStrip
        lanes={lanes}
        scale={scale}
        label={`Tokens under ${name}`}
        selected={selected}
        onSelect={onSelect}
      />
    </section>
  );
});
