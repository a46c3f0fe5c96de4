/** Two whole distributions and what is between them, turned by the reader: computed here, by the kernels' float64 twin. */

import { useMemo } from 'react';
import type { DivergenceKind } from '../../../method/types.ts';
import { Choice } from '../../fields/Choice.tsx';
import { Figures } from '../../rollout/Figures.tsx';
import { TopLists } from '../../rollout/TopLists.tsx';
import { formatNats, formatPlain } from '../../shared/format.ts';
import type { Knob, Show } from '../chapter.ts';
import { useChapters, useChaptersState } from '../context.ts';
import { measuredNow, mostJsd } from '../state/pairs.ts';
import { BETAS, CLIPS, TEMPERATURES, type Turned } from '../state/turned.ts';
import styles from './DivergenceStage.module.css';
import stageStyles from './Stage.module.css';

type DivergenceShow = Extract<Show, { kind: 'divergence' }>;

const KINDS: readonly { value: DivergenceKind; label: string }[] = [
  { value: 'forward-kl', label: 'Forward KL' },
  { value: 'reverse-kl', label: 'Reverse KL' },
  { value: 'jsd', label: 'JSD' },
];

export function DivergenceStage({ show }: { show: DivergenceShow }) {
  const { trace, pairs, knobs, held, parts } = show;
  const turnedNow = useChaptersState((s) => s.turned);
  const turned = useMemo(() => ({ ...turnedNow, ...held }), [turnedNow, held]);
  const now = useMemo(() => measuredNow(trace, pairs, turned), [trace, pairs, turned]);
  const { token, method, pair, gradient, unclipped } = now;
  return (
    <div className={stageStyles.parts}>
      <div
        className={`${stageStyles.part} ${styles.knobs}`}
        data-lit={knobs.length > 0 || undefined}
      >
        {knobs.map((knob) => (
          <div key={knob}>{KNOBS[knob]({ turned, pairs })}</div>
        ))}
        <p className={styles.about}>
          Where the student wrote <q>{trace.tokens[pair.token].text.trim()}</q>: {pair.label}.
        </p>
      </div>
      {parts.includes('figures') && (
        <div className={stageStyles.part} data-part="figures" data-whole>
          <Figures
            trace={{
              ...trace,
              method,
              tokens: trace.tokens.map((one, i) => (i === pair.token ? token : one)),
            }}
            index={pair.token}
            token={token}
          />
          {turned.kind === 'jsd' && (
            <p className={styles.about}>
              At this β it is never above {formatNats(mostJsd(turned.beta))} nats, whatever the two
              are.
            </p>
          )}
        </div>
      )}
      {parts.includes('gradient') && (
        <dl className={`${stageStyles.part} ${styles.gradient}`}>
          <div>
            <dt>Loss, nats</dt>
            <dd>{formatNats(now.row.loss)}</dd>
          </div>
          <div>
            <dt>Length of its gradient by the student’s logits</dt>
            <dd>{formatPlain(gradient)}</dd>
          </div>
          <div>
            <dt>The same without a clip</dt>
            <dd>{formatPlain(unclipped)}</dd>
          </div>
        </dl>
      )}
      {parts.includes('lists') && (
        <div className={stageStyles.part} data-part="lists">
          <TopLists token={token} method={method} />
        </div>
      )}
    </div>
  );
}

interface KnobProps {
  readonly turned: Turned;
  readonly pairs: DivergenceShow['pairs'];
}

const KNOBS: Readonly<Record<Knob, (props: KnobProps) => React.ReactNode>> = {
  pair: (props) => <PairChoice {...props} />,
  kind: ({ turned }) => <KindChoice turned={turned} />,
  beta: ({ turned }) => (
    <Slider
      label="β, the teacher’s share of the mixture"
      values={BETAS}
      value={turned.beta}
      text={String}
      name="beta"
    />
  ),
  temperature: ({ turned }) => (
    <Slider
      label="τ, the temperature of both"
      values={TEMPERATURES}
      value={turned.temperature}
      text={String}
      name="temperature"
    />
  ),
  clip: ({ turned }) => (
    <Slider
      label="Clip of the whole token, nats"
      values={CLIPS}
      value={turned.clip}
      text={(value) => (value === null ? 'none' : String(value))}
      name="clip"
    />
  ),
};

function PairChoice({ turned, pairs }: KnobProps) {
  const { turn } = useChapters();
  return (
    <Choice
      label="Which two distributions"
      value={turned.pair}
      options={pairs.map(({ id }) => ({ value: id, label: `at “${id}”` }))}
      onChange={(pair) => turn({ pair })}
    />
  );
}

function KindChoice({ turned }: Pick<KnobProps, 'turned'>) {
  const { turn } = useChapters();
  return (
    <Choice
      label="Divergence"
      value={turned.kind}
      options={KINDS}
      onChange={(kind) => turn({ kind })}
    />
  );
}

interface SliderProps<N extends 'beta' | 'temperature' | 'clip'> {
  label: string;
  values: readonly Turned[N][];
  value: Turned[N];
  text: (value: Turned[N]) => string;
  name: N;
}

/** Over a few values that are worth looking at, since the scale is no even one. */
function Slider<N extends 'beta' | 'temperature' | 'clip'>(props: SliderProps<N>) {
  const { label, values, value, text, name } = props;
  const { turn } = useChapters();
  return (
    <label className={styles.slider}>
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={values.length - 1}
        step={1}
        value={Math.max(0, values.indexOf(value))}
        aria-valuetext={text(value)}
        onChange={(event) => turn({ [name]: values[Number(event.target.value)] })}
      />
      <output className="numeric">{text(value)}</output>
    </label>
  );
}
