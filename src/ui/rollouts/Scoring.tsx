/** Rollouts under the loaded model: what is scored, how far it is, and what was scored before. */

import { useEffect, useState } from 'react';
import { ROLLOUT_METHODS } from '../../contract/rollouts/rollout-methods.ts';
import type { ScoringRecord } from '../../contract/rollouts/rollout-scores.ts';
import type { RolloutSetRecord } from '../../contract/rollouts/rollouts.ts';
import { PALR_DEFAULTS } from '../../method/palr.ts';
import { useEngineState } from '../engine/context.tsx';
import { Choice } from '../fields/Choice.tsx';
import { Select } from '../fields/Select.tsx';
import { Switch } from '../fields/Switch.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { DeleteKept } from '../shared/KeptRow.tsx';
import { KeptItem, KeptOpener } from '../shared/KeptSets.tsx';
import { Panel } from '../shared/Panel.tsx';
import { ProgressBar } from '../shared/ProgressBar.tsx';
import { BASE } from '../shared/students.ts';
import { useRollouts, useRolloutsState } from './context.ts';
import { Scores } from './Scores.tsx';
import styles from './Scoring.module.css';
import { leftWords } from './words.ts';

/** How many rollouts are scored, evenly over the list where there are more. */
const AMOUNTS = [
  { value: '100', label: '100' },
  { value: '1000', label: '1,000' },
  { value: 'all', label: 'All shown' },
] as const;
type Amount = (typeof AMOUNTS)[number]['value'];

const HEADING = 'scoring-heading';

export function Scoring({ record }: { record: RolloutSetRecord }) {
  const { dismiss } = useRollouts();
  const scoring = useRolloutsState((s) => s.scoring);
  const scores = useRolloutsState((s) => s.scores);
  const error = useRolloutsState((s) => s.errors.scores);
  return (
    <Panel
      heading="Under a model’s teachers"
      headingId={HEADING}
      focusable
      long
      note="A model reads each rollout as student and as every teacher: divergences, clips and PALR, token by token."
    >
      {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('scores')} />}
      {scoring === null ? <Form record={record} /> : <UnderWay />}
      <Kept />
      {scores !== null && <Scores scores={scores} set={record} />}
    </Panel>
  );
}

function Form({ record }: { record: RolloutSetRecord }) {
  const { beginScoring, givePictures, listStudents } = useRollouts();
  const model = useEngineState((s) => s.model);
  const count = useRolloutsState((s) => s.answer?.count ?? 0);
  const method = useRolloutsState((s) => s.query.method);
  const pictures = useRolloutsState((s) => s.pictures);
  const students = useRolloutsState((s) => s.students);
  const [key, setKey] = useState(BASE.key);
  const student = students.find((one) => one.key === key) ?? BASE;
  useEffect(() => {
    if (model !== null) void listStudents();
  }, [model, listStudents]);
  const [amount, setAmount] = useState<Amount>('100');
  const [leakage, setLeakage] = useState(false);
  const [writer, setWriter] = useState(record.models?.join(', ') ?? '');
  const most = amount === 'all' ? null : Number(amount);
  const scored = most === null ? count : Math.min(most, count);
  const why =
    model === null
      ? 'Load a model first (top right).'
      : count === 0
        ? 'The list shows no rollout.'
        : undefined;
  return (
    <div className={styles.form}>
      <div className={styles.row}>
        <Choice label="How many" value={amount} options={AMOUNTS} onChange={setAmount} />
        <span className={styles.switch}>
          <Switch checked={leakage} onChange={setLeakage} labelledBy="scoring-palr" />
          <span id="scoring-palr">PALR too (some five times as long)</span>
        </span>
        {students.length > 1 && (
          <Select
            label="Scored by"
            look="bar"
            value={student.key}
            options={students.map(({ key: value, label }) => ({ value, label }))}
            onChange={setKey}
          />
        )}
        <label className={styles.writer}>
          <span>Written by</span>
          <input
            className="input"
            value={writer}
            placeholder="the file does not say"
            onChange={(event) => setWriter(event.target.value)}
          />
        </label>
      </div>
      <div className={styles.row}>
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={why !== undefined}
          title={why}
          onClick={() =>
            void beginScoring(most, {
              writer,
              leakage: leakage ? PALR_DEFAULTS : null,
              student: student.choice,
            })
          }
        >
          Score {scored.toLocaleString('en')} rollouts
        </button>
        <FileButton
          accept="image/*,.zip"
          label={pictures.length === 0 ? 'Give their pictures' : 'Other pictures'}
          icon="image"
          onFiles={givePictures}
        />
        <p className={styles.small}>
          Of those in the list{amount === 'all' || count <= (most ?? 0) ? '' : ', evenly over it'},
          under {ROLLOUT_METHODS[method].label}, by{' '}
          {model === null
            ? 'a model that is yet to be loaded'
            : student === BASE
              ? model.name
              : `“${student.label}”, with ${model.name} as its teachers`}
          .{' '}
          {pictures.length === 0
            ? 'Pictures that rows only name are given as files or a zip.'
            : `${pictures.length === 1 ? pictures[0].name : `${pictures.length} files`} given.`}
        </p>
      </div>
    </div>
  );
}

function UnderWay() {
  const { pauseScoring } = useRollouts();
  const scoring = useRolloutsState((s) => s.scoring);
  const progress = scoring?.progress ?? null;
  return (
    <div className={styles.form}>
      <ProgressBar
        label="Scoring"
        share={progress === null ? null : progress.done / Math.max(1, progress.total)}
      />
      <div className={styles.row}>
        <p className={`${styles.small} numeric`} role="status">
          {progress === null
            ? 'Waiting for its turn'
            : `${count(progress.done)} of ${count(progress.total)} rollouts${progress.lacking > 0 ? `, ${count(progress.lacking)} lack something` : ''}${progress.leftMs === null ? '' : `, ${leftWords(progress.leftMs / 1000)}`}`}
        </p>
        <button type="button" className="button" onClick={pauseScoring}>
          Pause
        </button>
      </div>
    </div>
  );
}

/** Scorings of this set, of which one is looked at. */
function Kept() {
  const scorings = useRolloutsState((s) => s.scorings);
  if (scorings === null || scorings.length === 0) return null;
  return (
    <ul className={styles.kept} aria-label="Scored before">
      {scorings.map((record) => (
        <ScoringRow key={record.id} record={record} />
      ))}
    </ul>
  );
}

function ScoringRow({ record }: { record: ScoringRecord }) {
  const { openScores, goOnScoring, removeScores } = useRollouts();
  const shown = useRolloutsState((s) => s.scores?.record.id === record.id);
  const scoring = useRolloutsState((s) => s.scoring);
  const ready = useEngineState((s) => s.model !== null);
  const running = scoring?.scoringId === record.id;
  const name = scoringName(record);
  return (
    <KeptItem shown={shown}>
      <KeptOpener
        name={name}
        facts={`${count(record.done)} of ${count(record.rows)} rollouts, ${new Date(record.updatedAt).toLocaleString()}`}
        shown={shown}
        onOpen={() => void openScores(record.id)}
      />
      {record.state !== 'done' && !running && (
        <button
          type="button"
          className="button"
          disabled={!ready || scoring !== null}
          title={ready ? undefined : 'Load the model that scored them first.'}
          onClick={() => void goOnScoring(record.id)}
        >
          Go on
        </button>
      )}
      {!running && (
        <DeleteKept
          name={`the scores of ${name}`}
          disabled={false}
          heading={HEADING}
          remove={() => removeScores(record.id)}
        >
          The rollouts stay; {name} would have to score them anew.
        </DeleteKept>
      )}
    </KeptItem>
  );
}

const scoringName = ({ model, method }: ScoringRecord): string =>
  `${model.student?.label ?? model.name}, ${ROLLOUT_METHODS[method].label}`;

const count = (n: number) => n.toLocaleString('en');
