/** What is asked, of whom, and the button that starts it. */

import { useEffect, useId } from 'react';
import {
  EVALUATION_MEASURES,
  EVALUATION_PRESETS,
  FACT_SETTINGS,
  hasGroups,
  mayHaveGroups,
  WORLD_SETS,
} from '../../../contract/evaluation/evaluation-settings.ts';
import { builtInModel } from '../../../contract/models/built-in-models.ts';
import { EVALUATION_BOUNDS } from '../../../contract/settings/evaluation-bounds.ts';
import { fieldName } from '../../../contract/settings/fields.ts';
import {
  type NumberBounds,
  SAMPLING_BOUNDS,
  SAMPLING_FIELDS,
} from '../../../contract/settings/sampling-bounds.ts';
import { SEEING_BOUNDS, SEEING_NAMES, seeingInWords } from '../../../contract/settings/seeing.ts';
import { SEEING } from '../../../contract/settings/world-rows.ts';
import { CLEAR, dimmed } from '../../../world/seeing.ts';
import { useEngineState } from '../../engine/context.tsx';
import { CheckGroup } from '../../fields/CheckGroup.tsx';
import { NumberField } from '../../fields/NumberField.tsx';
import { Select } from '../../fields/Select.tsx';
import { takeOfferedData } from '../../shared/data-offers.ts';
import { FileButton } from '../../shared/FileButton.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { candidatesOf } from '../../shared/students.ts';
import { useDraft } from '../../shared/use-draft.ts';
import { useEvaluation, useEvaluationState } from '../context.ts';
import { presetOf, responsesOf } from '../state/state.ts';
import { Running } from './Running.tsx';
import styles from './Setup.module.css';

export function Setup() {
  return (
    <div className={styles.setup}>
      <header>
        <h2>Does it look?</h2>
        <p className={styles.why}>
          Does the model believe its eyes where the prior is wrong, is a wrong answer a failure of
          seeing or of thinking, and how much of the supervision comes from the answer instead of
          the picture? Every figure comes with its interval and the items behind it.
        </p>
      </header>
      <Presets />
      <Start />
      <Running />
      <Who />
      <What />
    </div>
  );
}

function Presets() {
  const { usePreset } = useEvaluation();
  const current = useEvaluationState((s) => presetOf(s.settings));
  return (
    <fieldset className={styles.group}>
      <legend>Preset</legend>
      {EVALUATION_PRESETS.map(({ id, label, sentence }) => (
        <label key={id} className={styles.preset} data-on={current === id || undefined}>
          <input
            type="radio"
            name="evaluation-preset"
            checked={current === id}
            onChange={() => usePreset(id)}
          />
          <span>
            <strong>{label}</strong>
            <span className={styles.sentence}>{sentence}</span>
          </span>
        </label>
      ))}
      {current === null && <p className={styles.sentence}>The values below are your own.</p>}
    </fieldset>
  );
}

function Who() {
  const { choose, addFile } = useEvaluation();
  const chosen = useEvaluationState((s) => s.chosen);
  const runs = useEvaluationState((s) => s.runs);
  const fromFiles = useEvaluationState((s) => s.fromFiles);
  const model = useEngineState((s) => s.model?.name ?? null);
  const candidates = candidatesOf({ runs, fromFiles });
  const builtIn = builtInModel(model);
  return (
    <div className={styles.group}>
      <CheckGroup
        label="Who is asked"
        options={candidates.map(({ key, label, choice }) => ({
          key,
          value: key,
          label: choice === null && model !== null ? model : label,
        }))}
        chosen={new Set(chosen)}
        onChange={choose}
      />
      {builtIn !== undefined && (
        <p className={styles.sentence}>
          {builtIn.name}: {builtIn.title}. {builtIn.planted}
        </p>
      )}
      <FileButton
        accept=".zip,application/zip"
        label="Add an adapter or a run"
        icon="upload"
        onFile={addFile}
      />
      <p className={styles.sentence}>
        Steps of kept runs stand here by themselves. Another model is opened on the Models page;
        results of models that were asked before stay, to be compared.
      </p>
    </div>
  );
}

function What() {
  const { change, takeSet, takeData, listData } = useEvaluation();
  const ready = useEngineState((engine) => engine.phase === 'ready');
  const data = useEvaluationState((s) => s.data);
  const settings = useEvaluationState((s) => s.settings);
  const { set, measures, facts, responses, leakage, teachers, sampling, grading } = settings;
  const groups = mayHaveGroups(set);
  const setId = useId();
  const palr = measures.includes('palr');
  const own = WORLD_SETS.find(({ name }) => name === set.name);
  useEffect(() => {
    const offered = takeOfferedData('evaluate');
    if (offered !== null) takeData(offered);
  }, [takeData]);
  useEffect(() => {
    if (ready) void listData();
  }, [ready, listData]);
  const kept =
    set.name === 'file' ? data?.find((one) => one.fingerprint === set.fingerprint) : undefined;
  return (
    <div className={styles.group}>
      <label className={styles.label} htmlFor={setId}>
        Set
      </label>
      <Select
        id={setId}
        value={kept?.id ?? set.name}
        options={[
          ...WORLD_SETS.map(({ name, label }) => ({ value: name as string, label })),
          ...(data ?? []).map(({ id, name }) => ({ value: id, label: `Data: ${name}` })),
          ...(set.name === 'file' && kept === undefined
            ? [{ value: 'file', label: set.file }]
            : []),
        ]}
        onChange={(value) => {
          const record = data?.find(({ id }) => id === value);
          const world = WORLD_SETS.find(({ name }) => name === value);
          if (record !== undefined) takeData(record);
          else if (world !== undefined) {
            const count = set.name === 'file' ? 100 : set.count;
            const back = set.name === 'file' ? ({ grading: 'exact' } as const) : {};
            change({ set: { name: world.name, count }, ...back });
          }
        }}
      />
      <FileButton
        accept=".zip,.jsonl,.parquet,.csv,application/zip"
        label="Your own file"
        icon="upload"
        onFile={takeSet}
      />
      <p className={styles.sentence}>
        {own?.sentence ??
          'A set of your own. The Data page shows a file before it is imported and passes over what is no question; chosen here, it is asked as it is and kept among the sets of Data. Its answers are graded by a mathematical match unless you choose another.'}
      </p>
      <div className={styles.fields}>
        <Field
          label={!groups ? 'pictures' : hasGroups(set) ? 'groups' : 'pictures or groups'}
          value={set.count}
          bounds={EVALUATION_BOUNDS.count}
          onChange={(count) => change({ set: { ...set, count } })}
        />
      </div>
      <CheckGroup
        label="Measures"
        options={EVALUATION_MEASURES.map(({ id, label, sentence }) => ({
          key: id,
          value: id,
          label,
          hint: sentence,
          disabled: (id === 'vilp' || id === 'teachers') && !groups,
        }))}
        chosen={new Set(measures)}
        onChange={(wanted) => change({ measures: wanted })}
      />
      {groups && (
        <CheckGroup
          label="Settings"
          options={FACT_SETTINGS.map((fact) => ({
            key: fact,
            value: fact,
            label: fact === 'F' ? 'F, with the fact sentence' : 'P, without it',
          }))}
          chosen={new Set(facts)}
          onChange={(wanted) => change({ facts: wanted })}
        />
      )}
      <div className={styles.fields}>
        <Field
          label="Responses each, k"
          value={responses}
          bounds={EVALUATION_BOUNDS.responses}
          onChange={(value) => change({ responses: value })}
        />
        <Seeds />
        {teachers !== undefined && groups && (
          <Field
            label="Groups for teachers"
            value={teachers.groups}
            bounds={EVALUATION_BOUNDS.teacherGroups}
            onChange={(count) => change({ teachers: { groups: count } })}
          />
        )}
        {palr && (
          <Field
            label="Rollouts for PALR"
            value={leakage.rollouts}
            bounds={EVALUATION_BOUNDS.rollouts}
            onChange={(rollouts) => change({ leakage: { ...leakage, rollouts } })}
          />
        )}
        {palr && (
          <Field
            label="Wrong answers, K"
            value={leakage.wrongAnswers}
            bounds={EVALUATION_BOUNDS.wrongAnswers}
            onChange={(wrongAnswers) => change({ leakage: { ...leakage, wrongAnswers } })}
          />
        )}
        {palr && (
          <Field
            label="ε of PALR"
            value={leakage.epsilon}
            bounds={EVALUATION_BOUNDS.epsilon}
            onChange={(epsilon) => change({ leakage: { ...leakage, epsilon } })}
          />
        )}
      </div>
      {set.name !== 'file' && <SeeingFields />}
      <details className={styles.details}>
        <summary>
          Sampling: temperature {sampling.temperature}, top-p {sampling.topP}, top-k {sampling.topK}
        </summary>
        <div className={styles.fields}>
          {SAMPLED.map((name) => (
            <Field
              key={name}
              label={fieldName(SAMPLING_FIELDS[name])}
              value={sampling[name]}
              bounds={SAMPLING_BOUNDS[name]}
              onChange={(value) => change({ sampling: { ...sampling, [name]: value } })}
            />
          ))}
        </div>
        <Select
          look="row"
          value={grading}
          options={[
            { value: 'exact', label: 'graded by exact match' },
            { value: 'mathematical', label: 'graded by mathematical match' },
          ]}
          onChange={(value) => change({ grading: value })}
        />
      </details>
    </div>
  );
}

/** How well the pictures of a set of the world can be seen. */
function SeeingFields() {
  const { change } = useEvaluation();
  const seeing = useEvaluationState((s) => s.settings.seeing) ?? CLEAR;
  const less = seeingInWords(seeing);
  return (
    <details className={styles.details}>
      <summary>
        Seeing: {less.length === 0 ? 'pictures as they are drawn' : less.join(', ')}
      </summary>
      <div className={styles.fields}>
        {SEEING_NAMES.map((name) => (
          <Field
            key={name}
            label={SEEING[name].field.label}
            value={seeing[name]}
            bounds={SEEING_BOUNDS[name]}
            onChange={(value) => {
              change({ seeing: dimmed({ ...seeing, [name]: value }) ?? undefined });
            }}
          />
        ))}
      </div>
      {SEEING_NAMES.map((name) => (
        <p key={name} className={styles.sentence}>
          {SEEING[name].field.label}: {SEEING[name].field.sentence}
        </p>
      ))}
    </details>
  );
}

const SAMPLED = ['temperature', 'topP', 'topK', 'maxNewTokens'] as const;

interface FieldProps {
  label: string;
  value: number;
  bounds: NumberBounds;
  onChange: (value: number) => void;
}

function Field({ label, value, bounds, onChange }: FieldProps) {
  const { min, max, integer, least = 0 } = bounds;
  return (
    <NumberField
      label={label}
      value={value}
      bounds={{ min, max, step: integer ? 1 : 0.1 }}
      fit={(typed) => {
        const within = Math.min(max, Math.max(min, integer ? Math.round(typed) : typed));
        return within !== 0 && within < least ? least : within;
      }}
      onChange={onChange}
      onEnter={() => undefined}
    />
  );
}

function Seeds() {
  const { change } = useEvaluation();
  const seeds = useEvaluationState((s) => s.settings.seeds);
  const id = useId();
  const draft = useDraft(seeds.join(', '), (text) => {
    const wanted = text.split(/[\s,;]+/).filter((word) => word !== '');
    change({ seeds: wanted.map(Number) });
  });
  return (
    <div className={styles.seeds}>
      <label className={styles.label} htmlFor={id}>
        Seeds
      </label>
      <input id={id} className="input" type="text" inputMode="numeric" {...draft} />
    </div>
  );
}

function Start() {
  const { start, pause } = useEvaluation();
  const settings = useEvaluationState((s) => s.settings);
  const chosen = useEvaluationState((s) => s.chosen.length);
  const running = useEvaluationState((s) => s.running !== null);
  const ready = useEngineState((s) => s.phase === 'ready');
  const answers = responsesOf(settings);
  const why = !ready ? 'The model is not loaded yet.' : chosen === 0 ? 'Nobody is asked.' : null;
  return (
    <div className={styles.start}>
      <button
        type="button"
        className="button"
        data-kind="primary"
        disabled={why !== null}
        title={why ?? undefined}
        onClick={start}
      >
        <Icon name="run" />
        {running ? 'Add to the queue' : 'Evaluate'}
      </button>
      <button type="button" className="button" disabled={!running} onClick={pause}>
        <Icon name="pause" />
        Pause
      </button>
      <p className={styles.sentence}>
        {why ??
          `${answers.toLocaleString('en')} answers${chosen > 1 ? ` of each of ${chosen}` : ''}${
            settings.measures.includes('palr')
              ? `, PALR of up to ${settings.leakage.rollouts.toLocaleString('en')} rollouts`
              : ''
          }${
            settings.teachers !== undefined && hasGroups(settings.set)
              ? `, teachers on ${Math.min(settings.teachers.groups, settings.set.count).toLocaleString('en')} groups`
              : ''
          }.`}
      </p>
    </div>
  );
}
