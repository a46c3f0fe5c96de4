/** Everything that decides a run, in groups, beside the preset it starts from. */

import { useId } from 'react';
import { RECIPES, recipeOf } from '../../../contract/train/recipes.ts';
import { settingsDifferences } from '../../../contract/train/train-differences.ts';
import { fieldsOf } from '../../../contract/train/train-fields.ts';
import { TRAIN_PRESETS } from '../../../contract/train/train-settings.ts';
import { useEngineState } from '../../engine/context.tsx';
import { ModelChoice } from '../../engine/ModelChoice.tsx';
import { Choice } from '../../fields/Choice.tsx';
import { Select } from '../../fields/Select.tsx';
import { Help } from '../../shared/Help.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { DrawsFrom } from '../questions/DrawsFrom.tsx';
import { SchedulePart } from '../schedule/SchedulePart.tsx';
import { formChanges, withoutChanges, withPreset, withRecipe } from '../state/form.ts';
import { FIELD_GROUPS, type FieldGroup } from '../state/groups.ts';
import { EstimateNote } from './EstimateNote.tsx';
import { SettingRow } from './SettingRow.tsx';
import styles from './TrainForm.module.css';

export function TrainForm() {
  const form = useTrain((s) => s.form);
  const changed = new Set(formChanges(form));
  const there = new Set(fieldsOf(form.settings).map(({ path }) => path));
  return (
    <form
      className={styles.form}
      aria-label="Settings of the next run"
      onSubmit={(event) => event.preventDefault()}
    >
      <ModelField />
      <SchedulePart />
      <RecipeChoice />
      <DrawsFrom />
      {FIELD_GROUPS.map((group) => (
        <Group key={group.id} group={group} there={there} changed={changed} />
      ))}
      <AgainstRun />
      <EstimateNote />
    </form>
  );
}

/** The model that is trained. */
function ModelField() {
  const ability = useEngineState((engine) => engine.model?.abilities.canTrain ?? null);
  if (ability === null) return null;
  return (
    <div className={styles.model}>
      <ModelChoice />
      {!ability.can && <p role="status">{ability.reason}</p>}
    </div>
  );
}

/** What the next run would do otherwise than the one on the page. */
function AgainstRun() {
  const run = useTrain((s) => s.run);
  const settings = useTrain((s) => s.form.settings);
  if (run === null) return null;
  const lines = settingsDifferences(settings, run.settings);
  return (
    <div className={styles.against}>
      <p>
        These settings are for a new run; “{run.name}” keeps its own
        {lines.length === 0 ? ', which are the same.' : '. The new run would have:'}
      </p>
      {lines.length > 0 && (
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface GroupProps {
  group: FieldGroup;
  /** Paths that the settings have. */
  there: ReadonlySet<string>;
  changed: ReadonlySet<string>;
}

function Group({ group: { id, label, open, fields }, there, changed }: GroupProps) {
  const drafts = useTrain((s) => s.form.drafts);
  const shown = fields.filter(({ path }) => there.has(path));
  if (shown.length === 0) return null;
  const wrong = shown.filter(({ path }) => drafts[path] !== undefined).length;
  const differing = shown.filter(({ path }) => changed.has(path)).length;
  const rows = (
    <div className={styles.fields}>
      {shown.map((field) => (
        <SettingRow key={field.path} field={field} changed={changed.has(field.path)} />
      ))}
    </div>
  );
  if (open) return rows;
  return (
    <details className={styles.group} data-group={id}>
      <summary className={styles.summary}>
        {label}
        <span className={styles.count}>
          {wrong > 0
            ? `${wrong} out of bounds`
            : differing > 0
              ? `${differing} changed`
              : `${shown.length}`}
        </span>
      </summary>
      {rows}
    </details>
  );
}

function RecipeChoice() {
  const session = useTraining();
  const recipe = useTrain((s) => s.form.settings.recipe);
  const preset = useTrain((s) => s.form.preset);
  const changes = useTrain((s) => formChanges(s.form).length);
  const id = useId();
  const { description } = recipeOf(recipe);
  const values = TRAIN_PRESETS.find(({ name }) => name === preset);
  return (
    <div className={styles.recipe}>
      <div>
        <span className="label">
          <label htmlFor={id}>Recipe</label>
        </span>
        <Select
          id={id}
          describedBy={`${id}-text`}
          value={recipe}
          options={RECIPES.map((row) => ({ value: row.id, label: row.label }))}
          onChange={(chosen) => session.change((form) => withRecipe(form, chosen))}
        />
        <p id={`${id}-text`} className={styles.text}>
          {description}
        </p>
      </div>
      <div className={styles.preset}>
        <Help entry={{ title: 'Preset', text: values?.description ?? '' }}>Preset</Help>
        <Choice
          label="Preset"
          value={preset}
          options={TRAIN_PRESETS.map(({ name, label }) => ({ value: name, label }))}
          onChange={(name) => session.change((form) => withPreset(form, name))}
        />
        {changes > 0 && (
          <button type="button" className="button" onClick={() => session.change(withoutChanges)}>
            Undo {changes} {changes === 1 ? 'change' : 'changes'}
          </button>
        )}
      </div>
    </div>
  );
}
