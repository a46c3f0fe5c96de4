/** Where the model is: a hub, this computer's disk, or an address; and what is loaded now. */

import { type ReactNode, useId } from 'react';
import { BuiltInButton } from '../engine/BuiltInButton.tsx';
import { CancelLoading } from '../engine/CancelLoading.tsx';
import { useEngineState } from '../engine/context.tsx';
import { Choice } from '../fields/Choice.tsx';
import { FolderButton } from '../shared/FolderButton.tsx';
import { formatBytes } from '../shared/format.ts';
import { useModels, useModelsState } from './context.ts';
import styles from './ModelsPage.module.css';
import type { FormField, ModelsState } from './state.ts';
import { inWords } from './words.ts';

const PLACES: readonly { value: ModelsState['place']; label: string }[] = [
  { value: 'hub', label: 'Hub' },
  { value: 'disk', label: 'Disk' },
  { value: 'address', label: 'Address' },
];

export function PlaceForm() {
  const { choosePlace } = useModels();
  const place = useModelsState((s) => s.place);
  return (
    <div className={styles.stack}>
      <Loaded />
      <div className={styles.form}>
        <h2>Open another</h2>
        <p className={styles.soft}>
          A Qwen2-VL, Qwen2.5-VL or Qwen3-VL, as safetensors or ONNX graphs, or a Qwen3.5 as graphs.
          You see what it is and needs before anything of its weights is read.
        </p>
        <Choice label="Where the model is" value={place} options={PLACES} onChange={choosePlace} />
        {place === 'hub' && <HubForm />}
        {place === 'disk' && <DiskForm />}
        {place === 'address' && <AddressForm />}
      </div>
    </div>
  );
}

/** The model that runs, and the way back to the built-in one. */
function Loaded() {
  const { model, ownModel, phase, training } = useEngineState((s) => s);
  return (
    <div className={styles.form}>
      <h2>Loaded now</h2>
      {model === null ? (
        <p className={styles.soft}>{phase === 'failed' ? 'None.' : 'Loading …'}</p>
      ) : (
        <p>
          <strong>{model.name}</strong>, a {model.family} of {inWords(model.parameters)} weights,{' '}
          {formatBytes(model.bytes)}.{' '}
          {[model.abilities.canScore, model.abilities.canTrain].map(
            (ability) =>
              !ability.can && (
                <span key={ability.reason} className={styles.soft}>
                  {ability.reason}{' '}
                </span>
              ),
          )}
        </p>
      )}
      {ownModel !== null && phase !== 'loading' && (
        <div className={styles.buttons}>
          <BuiltInButton disabled={training} />
        </div>
      )}
      {training && <p className={styles.soft}>It can be changed when no run is training.</p>}
      {model === null && phase === 'loading' && <CancelLoading />}
    </div>
  );
}

interface FieldProps {
  field: FormField;
  label: string;
  placeholder?: string;
  hint?: string;
  kind?: 'text' | 'url' | 'password';
}

function Field({ field, label, placeholder, hint, kind = 'text' }: FieldProps) {
  const id = useId();
  const { fill } = useModels();
  const value = useModelsState((s) => s[field]);
  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        type={kind}
        value={value}
        placeholder={placeholder}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => fill(field, event.target.value)}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Fields that name a place elsewhere, the button that looks there, and who is asked then. */
function LookForm({ host, files = '', children }: AskedProps & { children: ReactNode }) {
  const { lookAtPlace } = useModels();
  const busy = useModelsState((s) => s.looking !== null || s.fetching !== null);
  return (
    <form
      className={styles.fields}
      onSubmit={(event) => {
        event.preventDefault();
        void lookAtPlace();
      }}
    >
      {children}
      <div className={styles.buttons}>
        <button type="submit" className="button" data-kind="primary" disabled={busy}>
          Look at it
        </button>
      </div>
      <Asked host={host} files={files} />
    </form>
  );
}

function HubForm() {
  const hub = useModelsState((s) => s.hub);
  const servers = hub === 'https://huggingface.co' ? ' and its file servers (*.hf.co)' : '';
  return (
    <LookForm host={hostOf(hub)} files={servers}>
      <Field
        field="text"
        label="Name, or the address of its page"
        placeholder="owner/name"
        hint="owner/name@revision works too."
      />
      <details className={styles.more}>
        <summary>Revision, token, another hub</summary>
        <div className={styles.fields}>
          <Field field="revision" label="Revision" placeholder="main" />
          <Field
            field="token"
            kind="password"
            label="Access token"
            hint="For private models. It stays in this tab’s memory, and is sent to the hub alone."
          />
          <Field
            field="hub"
            kind="url"
            label="Base address of the hub"
            hint="A mirror or a server on this computer that answers as the Hugging Face Hub does."
          />
        </div>
      </details>
    </LookForm>
  );
}

function DiskForm() {
  const { lookAt } = useModels();
  const busy = useModelsState((s) => s.looking !== null || s.fetching !== null);
  return (
    <div className={styles.fields}>
      <div className={styles.buttons}>
        <FolderButton
          label="Choose a folder"
          disabled={busy}
          onFolder={({ name, files }) => void lookAt({ kind: 'folder', name, files })}
        />
      </div>
      <p className={styles.hint}>
        Or drop the folder anywhere on this page. It is read where it lies: nothing is copied, and
        nothing leaves this computer.
      </p>
    </div>
  );
}

function AddressForm() {
  const address = useModelsState((s) => s.address);
  return (
    <LookForm host={hostOf(address)}>
      <Field
        field="address"
        kind="url"
        label="Address of the folder with config.json"
        placeholder="http://localhost:8080/my-model/"
        hint="Its host has to let other sites read its files (CORS)."
      />
    </LookForm>
  );
}

interface AskedProps {
  host: string | null;
  /** Who else is asked, after its name. */
  files?: string;
}

/** Who is asked, and that nothing else leaves. */
function Asked({ host, files }: AskedProps) {
  return (
    <p className={styles.hint}>
      {host === null ? 'Only the host that you name is asked' : `Asked: ${host}${files}`}, for the
      list of its files and for those you open. Pictures, questions and rollouts never leave this
      tab.
    </p>
  );
}

function hostOf(address: string): string | null {
  try {
    return new URL(address).host || null;
  } catch {
    return null;
  }
}
