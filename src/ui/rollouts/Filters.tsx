/** Which rows are shown, in which order, and under which method they are planned. */

import { useEffect, useState } from 'react';
import { ROLLOUT_METHOD_IDS, ROLLOUT_METHODS } from '../../contract/rollouts/rollout-methods.ts';
import {
  faultWords,
  GRADE_CHOICES,
  ROW_FAULTS,
  type RolloutSetRecord,
  type RowFault,
  type RowOrder,
  VALIDITY_CHOICES,
} from '../../contract/rollouts/rollouts.ts';
import { TEACHER_NAMES } from '../../method/types.ts';
import { Choice } from '../fields/Choice.tsx';
import { Select } from '../fields/Select.tsx';
import { TEACHERS } from '../shared/teachers.ts';
import { useDraft } from '../shared/use-draft.ts';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './Filters.module.css';

/** Between the last letter and the search, ms. */
const TYPING_MS = 120;

const METHODS = ROLLOUT_METHOD_IDS.map((value) => ({ value, label: ROLLOUT_METHODS[value].label }));
const VALIDITY = VALIDITY_CHOICES.map((value) => ({ value, label: upper(value) }));
const GRADES = GRADE_CHOICES.map((value) => ({
  value,
  label: { all: 'Any answer', right: 'Right', wrong: 'Wrong', ungraded: 'Not graded' }[value],
}));
const ANY_FAULT = 'any';
const FAULTS: readonly { value: RowFault | typeof ANY_FAULT; label: string }[] = [
  { value: ANY_FAULT, label: 'Any failure' },
  ...ROW_FAULTS.map((value) => ({ value, label: faultWords(value) })),
];

export function Filters({ record }: { record: RolloutSetRecord }) {
  const { ask } = useRollouts();
  const query = useRolloutsState((s) => s.query);
  const orders: readonly { value: RowOrder; label: string }[] = [
    { value: 'file', label: 'Order of the file' },
    { value: 'step', label: 'Step' },
    { value: 'tokens', label: 'Tokens' },
    { value: 'validity', label: 'First failure' },
    ...TEACHER_NAMES.map((name) => ({
      value: `teacher:${name}` as const,
      label: `${TEACHERS[name].label}’s tokens`,
    })),
    ...record.numbers.map((name) => ({ value: `number:${name}` as const, label: name })),
  ];
  return (
    <section className={styles.filters} aria-label="Filters">
      <SearchField />
      <Select
        look="bar"
        label="Method"
        value={query.method}
        options={METHODS}
        onChange={(method) => void ask({ method })}
      />
      <Choice
        label="Validity"
        value={query.validity}
        options={VALIDITY}
        onChange={(validity) => void ask({ validity })}
      />
      <Select
        look="bar"
        label="First failure"
        value={query.fault ?? ANY_FAULT}
        options={FAULTS}
        onChange={(fault) => void ask({ fault: fault === ANY_FAULT ? null : fault })}
      />
      <Select
        look="bar"
        label="Answers"
        value={query.grade}
        options={GRADES}
        onChange={(grade) => void ask({ grade })}
      />
      <Steps />
      <span className={styles.order}>
        <Select
          look="bar"
          label="Sort by"
          value={query.order}
          options={orders}
          onChange={(order) => void ask({ order })}
        />
        <button
          type="button"
          className="button"
          aria-pressed={query.descending}
          onClick={() => void ask({ descending: !query.descending })}
        >
          {query.descending ? 'Largest first' : 'Smallest first'}
        </button>
      </span>
    </section>
  );
}

function SearchField() {
  const { ask } = useRollouts();
  const asked = useRolloutsState((s) => s.query.text);
  const [text, setText] = useState(asked);
  // Another set begins with no search.
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    if (text === asked) return;
    const timer = setTimeout(() => void ask({ text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [ask, text, asked]);
  return (
    <input
      type="search"
      className={`input ${styles.search}`}
      aria-label="Search the completions"
      placeholder="Search the completions"
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

function Steps() {
  const { ask } = useRollouts();
  const steps = useRolloutsState((s) => s.query.steps);
  const from = useDraft(steps === null ? '' : String(steps.from), (text) => change(text, true));
  const to = useDraft(
    steps === null || steps.to === Number.MAX_SAFE_INTEGER ? '' : String(steps.to),
    (text) => change(text, false),
  );
  function change(text: string, first: boolean) {
    const value = text.trim() === '' ? null : Number(text);
    if (value !== null && !Number.isFinite(value)) return;
    const now = steps ?? { from: 0, to: Number.MAX_SAFE_INTEGER };
    const next = first
      ? { ...now, from: value ?? 0 }
      : { ...now, to: value ?? Number.MAX_SAFE_INTEGER };
    const all = next.from === 0 && next.to === Number.MAX_SAFE_INTEGER;
    void ask({ steps: all ? null : next });
  }
  return (
    <span className={styles.steps}>
      Steps
      <input className="input" aria-label="From step" inputMode="numeric" {...from} />
      to
      <input className="input" aria-label="To step" inputMode="numeric" {...to} />
    </span>
  );
}

function upper(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
