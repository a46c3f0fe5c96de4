/** One number of the settings table. */

import { NumberField as Field } from '../../fields/NumberField.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { fitNumber, type LabSettings, SETTINGS } from '../state/settings.ts';

export type NumberName = {
  [K in keyof LabSettings]: LabSettings[K] extends number ? K : never;
}[keyof LabSettings];

export interface NumberFieldProps {
  name: NumberName;
  inline?: boolean;
}

export function NumberField({ name, inline = false }: NumberFieldProps) {
  const session = useSession();
  const setting = SETTINGS[name];
  const value = useLab((s) => s.settings[name]);
  return (
    <Field
      label={<Term id={setting.term}>{setting.label}</Term>}
      value={value}
      bounds={setting}
      fit={(typed) => fitNumber(setting, typed)}
      onChange={(next) => void session.change({ [name]: next })}
      onEnter={() => void session.run()}
      inline={inline}
    />
  );
}
