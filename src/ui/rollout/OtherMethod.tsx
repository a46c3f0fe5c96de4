/** The same rollout under the other method: its chart and strip, in step with those above. */

import { memo, useMemo } from 'react';
import type { Trace } from '../../contract/trace.ts';
import { formatNats } from '../shared/format.ts';
import { Term } from '../shared/Term.tsx';
import type { Measure } from './choices.ts';
import { DivergenceChart } from './DivergenceChart.tsx';
import { heatScale, type ScaleName } from './heat-scale.ts';
import styles from './OtherMethod.module.css';
import { TokenStrip } from './TokenStrip.tsx';
import { lanesOf, temperatureOf, totalsOf, tracedTokens } from './view.ts';

export interface OtherMethodProps {
  trace: Trace;
  measure: Measure;
  scaleName: ScaleName;
  selected: number;
  onSelect: (token: number) => void;
}

export const OtherMethod = memo(function OtherMethod(props: OtherMethodProps) {
  const { trace, measure, scaleName, selected, onSelect } = props;
  const tokens = useMemo(() => tracedTokens(trace, measure), [trace, measure]);
  const lanes = useMemo(() => lanesOf(tokens, trace.spans), [tokens, trace.spans]);
  const scale = useMemo(
    () =>
      heatScale(
        scaleName,
        tokens.map(({ value }) => value),
      ),
    [scaleName, tokens],
  );
  const name = trace.method.name === 'opsd' ? 'OPSD' : 'ViGOS';
  const temperature = temperatureOf(trace.method);
  const mean = totalsOf(trace).find((row) => row.name === 'all')?.mean ?? null;
  return (
    <section className={styles.other} aria-label={`The same rollout under ${name}`}>
      <p className={styles.heading}>
        <strong>{name}</strong> on the same rollout
        {mean !== null && `: mean divergence ${formatNats(mean)} nats`}
        {temperature !== null && (
          <>
            {', '}
            <Term id="tau">{temperature}</Term>
          </>
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
