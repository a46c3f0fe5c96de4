/** Measures which questions the model solves, and keeps sets of them: a job with progress, and what came of it. */

import { valueAt } from '../../../contract/settings/method-settings.ts';
import type { FilteredItems } from '../../../contract/train/filter.ts';
import { FILTER_FIELDS } from '../../../contract/train/filter-validate.ts';
import { useEngineState } from '../../engine/context.tsx';
import { FieldRow } from '../../fields/FieldRow.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { formatPercent } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { saveJson } from '../../shared/save-json.ts';
import { useTrain, useTraining } from '../context.tsx';
import { formatDuration } from '../words.ts';
import styles from './QuestionsPanel.module.css';
import { SetTable } from './SetTable.tsx';

export function QuestionsPanel() {
  const { questions, dismiss } = useTraining();
  const error = useTrain((s) => s.errors.sets);
  const sets = useTrain((s) => s.questions.sets);
  const shown = useTrain((s) => s.questions.shown);
  const set = sets?.find(({ id }) => id === shown);
  return (
    <Panel
      heading="Measure questions"
      headingId="questions-heading"
      note="The model answers training questions several times: with the picture, and told a true caption instead. What it misses seeing and solves when told is a question of perception; or all are kept with their pass rates, so that a stage can begin with easy ones."
      long
      action={
        <FileButton
          label="Open a set"
          icon="upload"
          accept=".json,application/json"
          onFile={(file) => void questions.takeIn(file)}
        />
      }
    >
      <details className={styles.form}>
        <summary>Which questions, and what is kept</summary>
        <Fields />
      </details>
      <Measuring />
      {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('sets')} />}
      <DamagedSets />
      {sets !== null && sets.length > 0 && (
        <ul className={styles.sets}>
          {sets.map((own) => (
            <SetRow key={own.id} set={own} isShown={own.id === shown} />
          ))}
        </ul>
      )}
      {set !== undefined && <SetTable key={set.id} set={set} />}
    </Panel>
  );
}

function DamagedSets() {
  const { questions } = useTraining();
  const damaged = useTrain((s) => s.questions.damaged);
  return damaged.map((id) => (
    <p key={id} role="status">
      The set {id} that this browser kept cannot be read: its file is damaged, and nothing is drawn
      from it.{' '}
      <button type="button" className="button" onClick={() => void questions.remove(id)}>
        Delete it
      </button>
    </p>
  ));
}

function Fields() {
  const { questions } = useTraining();
  const settings = useTrain((s) => s.questions.settings);
  const drafts = useTrain((s) => s.questions.drafts);
  // Those of the filter stand beside the data in the settings, and under a name of their own in fields.
  const entered = (path: string) => valueAt({ ...settings }, path.replace(/^filter\./, ''));
  return (
    <div className={styles.fields}>
      {FILTER_FIELDS.map((field) => (
        <FieldRow
          key={field.path}
          field={field}
          value={entered(field.path)}
          draft={drafts[field.path]}
          changed={false}
          onChange={(value) => questions.enter(field.path, value)}
          onBack={() => undefined}
        />
      ))}
    </div>
  );
}

function Measuring() {
  const { questions } = useTraining();
  const ready = useEngineState((engine) => engine.phase === 'ready');
  const measuring = useTrain((s) => s.questions.measuring);
  const wrong = useTrain((s) => Object.keys(s.questions.drafts).length > 0);
  const count = useTrain((s) => s.questions.settings.count);
  if (measuring === null)
    return (
      <p>
        <button
          type="button"
          className="button"
          disabled={!ready || wrong}
          onClick={() => void questions.measure()}
        >
          Measure {count} questions
        </button>{' '}
        {!ready && 'The model is not loaded yet.'}
      </p>
    );
  const { done, total, kept, leftMs } = measuring.progress ?? {
    done: 0,
    total: count,
    kept: 0,
    leftMs: null,
  };
  return (
    <div className={styles.measuring} role="status">
      <p>
        {done} of {total} questions, {kept} kept
        {leftMs !== null && done < total && `, about ${formatDuration(leftMs)} left`}
      </p>
      <ProgressBar label="Questions measured" share={done / total} />
      <button type="button" className="button" onClick={() => void questions.end()}>
        End it and keep these
      </button>
    </div>
  );
}

function SetRow({ set, isShown }: { set: FilteredItems; isShown: boolean }) {
  const { questions } = useTraining();
  const { id, name, source, items, lookedAt, model } = set;
  const captions = lookedAt.flatMap(({ captionRate }) => captionRate ?? []);
  const all = meanOf(lookedAt.map(({ passRate }) => passRate));
  return (
    <li className={styles.set}>
      <p>
        <strong>{name}</strong>: {items.length} of {lookedAt.length} kept, by {model.name}; of all
        answers {formatPercent(all)} are right{' '}
        {source === 'pictures' ? 'from the picture' : 'as asked'}
        {captions.length > 0 && `, ${formatPercent(meanOf(captions))} from the caption`}
      </p>
      <span className={styles.buttons}>
        <button
          type="button"
          className="button"
          aria-pressed={isShown}
          onClick={() => questions.show(isShown ? null : id)}
        >
          Look at it
        </button>
        <button type="button" className="button" onClick={() => saveJson(`${name}.json`, set)}>
          Export
        </button>
        <button type="button" className="button" onClick={() => void questions.remove(id)}>
          Delete
        </button>
      </span>
    </li>
  );
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, own) => sum + own, 0) / Math.max(1, values.length);
