/** One setting of the next run, in the form's state. */

import type { SettingField } from '../../../contract/settings/fields.ts';
import { SAMPLING_FIELDS } from '../../../contract/settings/sampling-bounds.ts';
import { readSetting } from '../../../contract/train/train-fields.ts';
import { useEngineState } from '../../engine/context.tsx';
import { FieldRow } from '../../fields/FieldRow.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { withEntry, withoutChange } from '../state/form.ts';

export function SettingRow({ field, changed }: { field: SettingField; changed: boolean }) {
  const { path } = field;
  const session = useTraining();
  const value = useTrain((s) => readSetting(s.form.settings, path));
  const draft = useTrain((s) => s.form.drafts[path]);
  const note = useRoom(path, value);
  return (
    <FieldRow
      field={field}
      value={value}
      draft={draft}
      changed={changed}
      note={note}
      onChange={(next) => session.change((form) => withEntry(form, path, next))}
      onBack={() => session.change((form) => withoutChange(form, path))}
    />
  );
}

/** Where a rollout of this length leaves no room for its prompt: each run of the loaded model would be refused. */
function useRoom(path: string, value: unknown): string | undefined {
  const room = useEngineState((engine) => engine.model?.contextLength ?? null);
  if (path !== SAMPLING_FIELDS.maxNewTokens.path || room === null || !(Number(value) >= room))
    return undefined;
  return `The loaded model has ${room} positions, the prompt’s included: choose a smaller length, or the run is refused.`;
}
