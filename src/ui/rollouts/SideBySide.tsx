/** The rollouts of the list beside those of another file or of other steps: what changed. */

import { useState } from 'react';
import { faultWords, type RolloutSetRecord, type Side } from '../../contract/rollouts/rollouts.ts';
import { type Interval, wilsonInterval } from '../../method/estimates.ts';
import { Select } from '../fields/Select.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { formatNats, formatPercent, formatPlain } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { Table } from '../shared/Table.tsx';
import { TEACHERS } from '../shared/teachers.ts';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './Scores.module.css';
import form from './Scoring.module.css';

export function SideBySide({ record }: { record: RolloutSetRecord }) {
  const { compare, dismiss } = useRollouts();
  const sets = useRolloutsState((s) => s.shelf?.sets) ?? [];
  const error = useRolloutsState((s) => s.errors.beside);
  const found = useRolloutsState((s) => s.beside);
  const [setId, setSetId] = useState(record.id);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const bound = (text: string, none: number) => (text.trim() === '' ? none : Number(text));
  const steps = { from: bound(from, 0), to: bound(to, Number.MAX_SAFE_INTEGER) };
  const anySteps = from.trim() !== '' || to.trim() !== '';
  const why =
    setId === record.id && !anySteps
      ? 'Choose another file, or steps of this one.'
      : Number.isNaN(steps.from) || Number.isNaN(steps.to)
        ? 'Steps are numbers.'
        : undefined;
  return (
    <Panel
      heading="Side by side"
      headingId="beside-heading"
      long
      note="What the list shows, beside another file or other steps: what changed in validity, lengths, divergence and answers. The other side is filtered by validity and by right or wrong as the list is, and by nothing else: a search or another filter counts for the list alone."
    >
      {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('beside')} />}
      <div className={form.row}>
        <Select
          look="bar"
          label="Beside"
          value={setId}
          options={sets.map(({ id, name }) => ({
            value: id,
            label: id === record.id ? `${name} (this file)` : name,
          }))}
          onChange={setSetId}
        />
        <span className={form.switch}>
          Steps
          <input
            className={`input ${form.step}`}
            aria-label="Other side, from step"
            inputMode="numeric"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          to
          <input
            className={`input ${form.step}`}
            aria-label="Other side, to step"
            inputMode="numeric"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </span>
        <button
          type="button"
          className="button"
          disabled={why !== undefined}
          title={why}
          onClick={() => void compare(setId, anySteps ? steps : null)}
        >
          Compare
        </button>
      </div>
      {found !== null && (
        <Compared first={found.first} second={found.second} answers={found.answers} />
      )}
    </Panel>
  );
}

interface Row {
  readonly label: string;
  readonly cells: readonly [string, string];
  readonly change: string;
}

type Beside = NonNullable<ReturnType<typeof useBeside>>;
const useBeside = () => useRolloutsState((s) => s.beside);

function Compared({ first, second, answers }: Beside) {
  const rows = [...formRows(first, second), ...scoreRows(first, second)];
  const models = new Set([first.scores?.model, second.scores?.model].filter(Boolean));
  return (
    <div className={styles.stack}>
      <Table figures>
        <caption>Shares with their 95 % interval (Wilson), each rollout counted once</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Figure</span>
            </th>
            <th scope="col">In the list: {first.name}</th>
            <th scope="col">Beside: {second.name}</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, cells, change }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{cells[0]}</td>
              <td>{cells[1]}</td>
              <td>{change}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {models.size > 1 && (
        <p className={styles.lacks}>
          The divergences are of two models ({[...models].join(', ')}), so their change is theirs
          too.
        </p>
      )}
      <p>
        {answers === null
          ? 'No example with a graded answer is on both sides, told by id, or by question and picture.'
          : `Of ${count(answers.examples)} examples that both sides answer, ${count(answers.better)} are right more often beside, ${count(answers.worse)} less often, ${count(answers.same)} as often.`}
      </p>
    </div>
  );
}

function formRows(first: Side, second: Side): Row[] {
  const sides = [first.statistics, second.statistics] as const;
  const [one, other] = sides;
  const shareRow = (label: string, some: (of: Side['statistics']) => number, all = rowsIn) =>
    shares(label, [some(one), all(one)], [some(other), all(other)]);
  const faults = [...new Set(sides.flatMap((of) => of.faults.map(({ fault }) => fault)))];
  const teachers = [...new Set(sides.flatMap((of) => of.teachers.map(({ teacher }) => teacher)))];
  return [
    {
      label: 'Rollouts',
      cells: [count(one.rows), count(other.rows)],
      change: '',
    },
    shareRow('Valid', (of) => of.valid),
    shareRow(
      'Right, of those with a reference',
      (of) => of.right,
      (of) => of.graded,
    ),
    plain('Tokens a rollout, mean', one.lengths.mean, other.lengths.mean),
    plain('Tokens a rollout, median', one.lengths.median, other.lengths.median),
    shareRow('With an end', (of) => of.ended),
    ...faults.map((fault) =>
      shareRow(
        `First failure: ${faultWords(fault)}`,
        (of) => of.faults.find((own) => own.fault === fault)?.count ?? 0,
      ),
    ),
    ...teachers.map((teacher) => {
      const share = ({ teachers: own, tokens }: Side['statistics']) =>
        tokens === 0 ? null : (own.find((each) => each.teacher === teacher)?.tokens ?? 0) / tokens;
      return bare(`Tokens of ${TEACHERS[teacher].label}`, share(one), share(other));
    }),
  ];
}

function scoreRows({ scores: one }: Side, { scores: other }: Side): Row[] {
  if (one === null || other === null)
    return [
      {
        label: 'Divergence, nats a token',
        cells: [
          one === null ? 'not scored' : nats(one.all.divergence),
          other === null ? 'not scored' : nats(other.all.divergence),
        ],
        change: '',
      },
    ];
  const teachers = [...new Set([...one.groups, ...other.groups].map(({ teacher }) => teacher))];
  const meanOf = (groups: typeof one.groups, teacher: (typeof teachers)[number]) => {
    const own = groups.filter((group) => group.teacher === teacher);
    const tokens = own.reduce((sum, group) => sum + group.tokens, 0);
    return tokens === 0
      ? null
      : own.reduce((sum, group) => sum + group.tokens * group.divergence, 0) / tokens;
  };
  return [
    natsRow('Divergence, nats a token', one.all.divergence, other.all.divergence),
    ...teachers.map((teacher) =>
      natsRow(
        `Divergence of ${TEACHERS[teacher].label}`,
        meanOf(one.groups, teacher),
        meanOf(other.groups, teacher),
      ),
    ),
    bare('Clipped, of supervised tokens', one.all.clipped, other.all.clipped),
  ];
}

const rowsIn = ({ rows }: Side['statistics']) => rows;
const signed = (text: string, change: number) => (change > 0 ? `+${text}` : text);
/** Of a change of shares. */
const points = (change: number) => `${formatPlain(100 * change)} points`;
const nats = (value: number) => formatNats(value);

type Counted = readonly [some: number, of: number];

function shares(label: string, one: Counted, other: Counted): Row {
  const words = ([some, of]: Counted) =>
    of === 0 ? '–' : `${formatPercent(some / of)} (${within(wilsonInterval(some, of))})`;
  const both = one[1] > 0 && other[1] > 0;
  const change = other[0] / other[1] - one[0] / one[1];
  return {
    label,
    cells: [words(one), words(other)],
    change: both ? signed(points(change), change) : '',
  };
}

const within = ({ low, high }: Interval) => `${formatPercent(low)} to ${formatPercent(high)}`;

function bare(label: string, one: number | null, other: number | null): Row {
  const words = (share: number | null) => (share === null ? '–' : formatPercent(share));
  const change = one === null || other === null ? null : other - one;
  return {
    label,
    cells: [words(one), words(other)],
    change: change === null ? '' : signed(points(change), change),
  };
}

function plain(label: string, one: number, other: number): Row {
  const change = other - one;
  return {
    label,
    cells: [formatPlain(one), formatPlain(other)],
    change: signed(formatPlain(change), change),
  };
}

function natsRow(label: string, one: number | null, other: number | null): Row {
  const words = (value: number | null) => (value === null ? '–' : nats(value));
  const change = one === null || other === null ? null : other - one;
  return {
    label,
    cells: [words(one), words(other)],
    change: change === null ? '' : signed(formatPlain(change), change),
  };
}

const count = (n: number) => n.toLocaleString('en');
