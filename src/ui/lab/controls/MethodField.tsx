/** One setting of the method; what is typed settles for a moment before the rollout is scored again. */

import { useEffect, useRef, useState } from 'react';
import type { SettingField } from '../../../contract/settings/fields.ts';
import { valueAt } from '../../../contract/settings/method-settings.ts';
import { FieldRow } from '../../fields/FieldRow.tsx';
import { useLab, useSession } from '../context.tsx';
import { enteredValue } from '../state/method.ts';
import { namedValue } from '../state/method-form.ts';
import { whyIdle } from '../state/why-idle.ts';

const SETTLE_MS = 400;

export function MethodField({ field }: { field: SettingField }) {
  const { path } = field;
  const session = useSession();
  const method = useLab((s) => s.settings.method);
  const [text, setText] = useState<string | null>(null);
  const published = namedValue(method, path);
  const value = valueAt({ method }, path);
  const enter = (entry: unknown) => {
    const { methods } = enteredValue(session.store.getState().settings, field, entry);
    if (methods === null) return;
    setText(null);
    void session.change(methods);
  };
  const settle = useRef(() => {});
  settle.current = () => {
    if (text !== null) enter(text);
  };
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => settle.current(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // A pop-up that is closed loses nothing.
  useEffect(() => () => settle.current(), []);
  const error = text === null ? null : enteredValue({ method, other: null }, field, text).error;
  return (
    <FieldRow
      field={field}
      value={text ?? value}
      draft={text === null || error === null ? undefined : { text, error }}
      changed={published !== undefined && published !== value}
      why={whyIdle(method, path)}
      onChange={(entry) =>
        field.kind === 'number' && typeof entry === 'string' ? setText(entry) : enter(entry)
      }
      onBack={() => enter(published)}
    />
  );
}
