/** Whose numbers stand on the stage: recorded, of an experiment, or of this tab. */

import { useEngineState } from '../engine/context.tsx';
import { BACKEND_NAMES } from '../shared/backends.ts';
import { formatMs, formatShare } from '../shared/format.ts';
import type { Show } from './chapter.ts';
import { useChaptersState } from './context.ts';
import styles from './Made.module.css';
import type { FactName, Origin } from './state/facts.ts';
import type { ChaptersState } from './state/session.ts';

/** The fact that a show draws from; null for one that draws from none. */
function shownFact(show: Show, { facts }: Pick<ChaptersState, 'facts'>): FactName | null {
  const names = Object.keys(facts) as FactName[];
  const of = (value: unknown) => names.find((name) => facts[name] === value) ?? null;
  if (show.kind === 'divergence') return of(show.pairs);
  return 'trace' in show ? of(show.trace) : null;
}

const BRACKETS = '; in brackets the 95\u202f% interval';

/** What needs no model to be so. */
const FROM: Readonly<Record<'method' | 'paper' | 'results', string>> = {
  method: 'The method as this project implements it',
  paper: 'Published figures, of other and larger models',
  results:
    'Recorded: results of the experiment that comes with this page, of models of 2 million parameters on a drawn world',
};

/** Null of a show that draws from no fact, and of one that nobody has computed here. */
export function useOrigin(show: Show): Origin | null {
  const fact = useChaptersState((s) => shownFact(show, s));
  return useChaptersState((s) => (fact === null ? null : (s.origins[fact] ?? null)));
}

const hasInterval = (rows: readonly (readonly string[])[]) =>
  rows.some((row) => row.some((cell) => /\(.* to .*\)/.test(cell)));

export function Made({ show }: { show: Show }) {
  const origin = useOrigin(show);
  if (show.kind === 'map')
    return (
      <p className={styles.made}>
        {FROM.results}
        {BRACKETS}.
      </p>
    );
  if (show.kind === 'table')
    return (
      <p className={styles.made}>
        {FROM[show.from]}
        {show.from === 'results' && hasInterval(show.rows) && BRACKETS}.
      </p>
    );
  if (show.kind === 'group')
    return <p className={styles.made}>Computed here, by the function that training uses.</p>;
  const { model, backend } = show.trace;
  const who = `${model.name} on ${BACKEND_NAMES[backend]}`;
  if (show.kind === 'divergence')
    return (
      <p className={styles.made} data-recorded={origin?.kind !== 'here' || undefined}>
        {origin?.kind === 'here' ? (
          <>Logits computed here, by {who}; every figure of them too, in float64.</>
        ) : (
          <>
            <strong>Recorded</strong> logits of {who}; every figure of them is computed here, in
            float64.
          </>
        )}
      </p>
    );
  return (
    <p className={styles.made} data-recorded={origin?.kind !== 'here' || undefined}>
      <Whose origin={origin ?? { kind: 'recorded' }} who={who} by={model.name} />
    </p>
  );
}

function Whose({ origin, who, by }: { origin: Origin; who: string; by: string }) {
  const loaded = useEngineState((s) => s.model?.name ?? null);
  const phase = useEngineState((s) => s.phase);
  const share = useEngineState((s) => s.share);
  const label = useEngineState((s) => s.label);
  if (origin.kind === 'here')
    return (
      <>
        Computed here, by {who}, in {formatMs(origin.ms)}.
      </>
    );
  return (
    <>
      <strong>Recorded</strong>: {who} made these numbers earlier.{' '}
      <span className={styles.meanwhile}>
        {phase === 'loading' && `The model is loading here (${formatShare(share)}). ${label}.`}
        {phase === 'failed' && 'The model is not loaded here.'}
        {phase === 'ready' &&
          loaded !== by &&
          'The model that is loaded here is another one: choose that one in the header to have them computed.'}
      </span>
    </>
  );
}
