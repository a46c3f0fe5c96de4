/** One setting of the next run, in the form's state. */

import type { SettingField } from '../../../contract/fields.ts';
import { readSetting } from '../../../contract/train-fields.ts';
import { FieldRow } from '../../fields/FieldRow.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { withEntry, withoutChange } from '../state/form.ts';

export function SettingRow({ field, changed }: { field: SettingField; changed: boolean }) {
  const { path } = field;
  const session = useTraining();
  const value = useTrain((s) => readSetting(s.form.settings, path));
  const draft = useTrain((s) => s.form.drafts[path]);
  return (
    <FieldRow
      field={field}
      value={value}
      draft={draft}
      changed={changed}
      onChange={(next) => session.change((form) => withEntry(form, path, next))}
      onBack={() => session.change((form) => withoutChange(form, path))}
    />
  );
}
