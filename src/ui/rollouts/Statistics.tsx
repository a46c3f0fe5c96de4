/** What the rollouts that are shown have in common: figures, bars, and curves over the steps. */

import { memo, useCallback, useDeferredValue, useMemo, useState } from 'react';
import {
  faultWords,
  type RolloutSetRecord,
  type RolloutStatistics,
} from '../../contract/rollouts/rollouts.ts';
import { ChartCard } from '../charts/ChartCard.tsx';
import type { ChartText } from '../charts/chart-text.ts';
import type { ChartColumns, StepRange } from '../charts/columns.ts';
import { formatPercent, formatPlain } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { TEACHERS, type TeacherMark } from '../shared/teachers.ts';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './Statistics.module.css';

export function Statistics({ record }: { record: RolloutSetRecord }) {
  // Whoever filters waits for the list; what its rows have in common is drawn after it.
  const statistics = useDeferredValue(useRolloutsState((s) => s.answer?.statistics ?? null));
  return (
    <Panel
      heading={record.name}
      headingId="set-heading"
      long
      note={`${record.shape === null ? 'Mapped by hand' : `Read as ${record.shape}`}. ${tokenWords(record)}`}
    >
      <Skipped record={record} />
      {statistics !== null && <Shown statistics={statistics} />}
    </Panel>
  );
}

const Shown = memo(function Shown({ statistics }: { statistics: RolloutStatistics }) {
  return (
    <>
      <Figures statistics={statistics} />
      {statistics.rows > 0 && (
        <div className={styles.cards}>
          <StepCharts statistics={statistics} />
          <Lengths statistics={statistics} />
          <Bars
            heading="First failures"
            nothing="None: every rollout that is shown has the right form."
            bars={statistics.faults.map(({ fault, count }) => ({
              id: fault,
              label: faultWords(fault),
              count,
            }))}
            of={statistics.rows}
          />
          <Bars
            heading="Tokens by teacher"
            nothing="Nobody teaches any of them."
            bars={teacherBars(statistics)}
            of={statistics.tokens}
          />
          <Bars
            heading="Tokens by segment"
            nothing="There are no tokens."
            bars={statistics.segments
              .filter(({ tokens }) => tokens > 0)
              .map(({ segment, tokens }) => ({ id: segment, label: segment, count: tokens }))}
            of={statistics.tokens}
          />
        </div>
      )}
    </>
  );
});

/** Whose tokens are counted, and what was read otherwise than it looks. */
function tokenWords({ rows, tokenizer, ownTokens, foreignIds, asRead }: RolloutSetRecord): string {
  const own =
    ownTokens === 0
      ? `Tokens are the texts’ by the tokenizer of ${tokenizer}`
      : ownTokens === rows
        ? 'Tokens are the file’s own'
        : `Tokens are the file’s own in ${count(ownTokens)} rollouts, else the texts’ by the tokenizer of ${tokenizer}`;
  const other =
    foreignIds === 0
      ? ''
      : ` ${count(foreignIds)} have token ids of another tokenizer, which were held to their texts and not taken.`;
  const read =
    asRead === 0
      ? ''
      : ` In ${count(asRead)} something was read as what it is, or added: a header, padding, the prefill, the end; each says what.`;
  return `${own}.${other}${read}`;
}

function Skipped({ record: { skipped } }: { record: RolloutSetRecord }) {
  if (skipped.total === 0) return null;
  return (
    <details className={styles.skipped}>
      <summary>
        {count(skipped.total)} {skipped.total === 1 ? 'line was' : 'lines were'} skipped
      </summary>
      <ul>
        {skipped.reasons.map(({ reason, count: some, lines }) => (
          <li key={reason}>
            {reason}: {count(some)} (line {lines.join(', ')}
            {some > lines.length ? ' …' : ''})
          </li>
        ))}
      </ul>
    </details>
  );
}

function Figures({ statistics }: { statistics: RolloutStatistics }) {
  const { rows, valid, graded, right, tokens, ended, splitTags, joinedOpeners, lengths } =
    statistics;
  const share = (some: number, of = rows) => (of === 0 ? '–' : formatPercent(some / of));
  const figures = [
    { label: 'rollouts', value: count(rows) },
    { label: 'valid', value: share(valid) },
    { label: `right, of ${count(graded)} with a reference`, value: share(right, graded) },
    { label: 'tokens', value: count(tokens) },
    { label: 'tokens a rollout, median', value: formatPlain(lengths.median) },
    { label: 'with an end', value: share(ended) },
    { label: 'with a tag split over tokens', value: share(splitTags) },
    { label: 'with text in the token that opens </description>', value: share(joinedOpeners) },
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="numeric">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Bar {
  readonly id: string;
  readonly label: string;
  readonly count: number;
  readonly teacher?: TeacherMark;
}

interface BarsProps {
  heading: string;
  nothing: string;
  bars: readonly Bar[];
  of: number;
}

function Bars({ heading, nothing, bars, of }: BarsProps) {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <section className={styles.card} aria-label={heading}>
      <h4>{heading}</h4>
      {bars.length === 0 ? (
        <p className={styles.small}>{nothing}</p>
      ) : (
        <ul className={styles.bars}>
          {bars.map(({ id, label, count: some, teacher }) => (
            <li key={id} data-teacher={teacher}>
              <span>{label}</span>
              <span className="numeric">
                {count(some)} ({of === 0 ? '–' : formatPercent(some / of)})
              </span>
              <span className={styles.track} aria-hidden="true">
                <span className={styles.fill} style={{ width: `${(100 * some) / most}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function teacherBars({ teachers, tokens }: RolloutStatistics): Bar[] {
  const bars = teachers.map(({ teacher, tokens: some }) => ({
    id: teacher,
    label: TEACHERS[teacher].label,
    count: some,
    teacher,
  }));
  const taught = teachers.reduce((sum, each) => sum + each.tokens, 0);
  const nobody = { id: 'nobody', label: TEACHERS.nobody.label, count: tokens - taught };
  return tokens > taught ? [...bars, { ...nobody, teacher: 'nobody' }] : bars;
}

function Lengths({ statistics: { lengths, rows } }: { statistics: RolloutStatistics }) {
  const { counts, width, mean, median, most } = lengths;
  const tallest = Math.max(1, ...counts);
  const words = `Tokens a rollout, of ${rows} rollouts: mean ${formatPlain(mean)}, median ${formatPlain(median)}, most ${most}`;
  return (
    <section className={styles.card} aria-label="Lengths">
      <h4>Lengths</h4>
      <p className={styles.small}>
        mean {formatPlain(mean)}, median {formatPlain(median)}, most {most} tokens
      </p>
      <div className={styles.histogram} role="img" aria-label={words}>
        {counts.map((some, i) => (
          <span
            key={i}
            style={{ height: `${(100 * some) / tallest}%` }}
            title={`${i * width} to ${(i + 1) * width - 1} tokens: ${count(some)}`}
          />
        ))}
      </div>
      <p className={`${styles.ends} numeric`}>
        <span>0</span>
        <span>{counts.length * width}</span>
      </p>
    </section>
  );
}

const VALID: ChartText = {
  id: 'valid',
  title: 'Valid and right by step',
  unit: '',
  ownUnit: true,
  sentence:
    'Shares of the rollouts of each step that have the right form, and whose answer is right.',
  format: formatPercent,
  range: [0, 1],
};
const TOKENS: ChartText = {
  id: 'tokens',
  title: 'Length by step',
  unit: 'tokens',
  sentence: 'Mean number of tokens of the rollouts of each step.',
  format: formatPlain,
};

function StepCharts({ statistics: { steps } }: { statistics: RolloutStatistics }) {
  const { ask } = useRollouts();
  const [asked, setAsked] = useState(0);
  const onRange = useCallback(
    (range: StepRange | null) => {
      setAsked((n) => n + 1);
      void ask({ steps: range });
    },
    [ask],
  );
  const valid = useMemo(() => () => validColumns(steps), [steps]);
  const tokens = useMemo(() => () => tokenColumns(steps), [steps]);
  if (steps.length < 2) return null;
  const more = { severalRuns: false, nothing: false, onRange };
  return (
    <>
      <ChartCard key={`valid ${asked}`} chart={VALID} draw={valid} {...more} />
      <ChartCard key={`tokens ${asked}`} chart={TOKENS} draw={tokens} {...more} />
    </>
  );
}

type Steps = RolloutStatistics['steps'];

const line = (
  lineId: string,
  label: string,
  values: readonly (number | null)[],
  dash: number[],
) => ({
  runId: 'set',
  runName: '',
  runIndex: 0,
  lineId,
  label,
  values,
  dash,
});

function validColumns(steps: Steps): ChartColumns {
  const right = steps.map((at) => (at.graded === 0 ? null : at.right / at.graded));
  const valid = steps.map((at) => at.valid / at.rows);
  return {
    steps: steps.map(({ step }) => step),
    lines: [
      line('valid', 'valid', valid, []),
      ...(right.some((value) => value !== null) ? [line('right', 'right', right, [6, 3])] : []),
    ],
  };
}

function tokenColumns(steps: Steps): ChartColumns {
  const mean = steps.map((at) => at.tokens / at.rows);
  return { steps: steps.map(({ step }) => step), lines: [line('tokens', 'tokens', mean, [])] };
}

const count = (n: number) => n.toLocaleString('en');
