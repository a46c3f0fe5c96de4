/** Parts of a list of what the browser keeps: its name, what can be done with it, its deletion, and what cannot be read. */

import { type ReactNode, useState } from 'react';
import { Confirm } from './Confirm.tsx';
import { formatBytes } from './format.ts';
import { Icon } from './Icon.tsx';
import styles from './KeptRow.module.css';
import { useDraft } from './use-draft.ts';

export interface KeptNameProps {
  name: string;
  /** Characters. */
  longest: number;
  readOnly?: boolean;
  onRename: (name: string) => void;
}

/** A name that is changed where it stands; an empty one is not taken. */
export function KeptName({ name, longest, readOnly = false, onRename }: KeptNameProps) {
  const draft = useDraft(name, (text) => {
    const wanted = text.trim();
    if (wanted !== '' && wanted !== name) onRename(wanted);
  });
  return (
    <input
      className={styles.name}
      aria-label={`Name of ${name}`}
      maxLength={longest}
      title={`At most ${longest} characters`}
      readOnly={readOnly}
      {...draft}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        else draft.onKeyDown(event);
      }}
    />
  );
}

/** The last cell of a row. */
export function KeptActions({ children }: { children: ReactNode }) {
  return (
    <td data-cell="last">
      <div className={styles.actions}>{children}</div>
    </td>
  );
}

export interface DeleteKeptProps {
  name: string;
  disabled: boolean;
  /** Why it is disabled; it says what the button does else. */
  title?: string;
  /** Id of the list's heading. */
  heading: string;
  /** Answers whether it is gone. */
  remove: () => Promise<boolean>;
  /** What is lost. */
  children: ReactNode;
}

export function DeleteKept(props: DeleteKeptProps) {
  const { name, disabled, title = 'Delete', heading, remove, children } = props;
  const [asking, setAsking] = useState(false);
  const run = async () => {
    // The button that had the focus goes with its row.
    if (await remove()) document.getElementById(heading)?.focus();
  };
  return (
    <>
      <button
        type="button"
        className="button"
        data-shape="square"
        aria-label={`Delete ${name}`}
        title={title}
        disabled={disabled}
        onClick={() => setAsking(true)}
      >
        <Icon name="cross" />
      </button>
      <Confirm
        open={asking}
        title={`Delete ${name}?`}
        safe={{ label: 'Keep it' }}
        action={{ label: 'Delete', run: () => void run() }}
        onClose={() => setAsking(false)}
      >
        {children}
      </Confirm>
    </>
  );
}

interface BrokenOne {
  id: string;
  bytes: number;
  error: { readonly message: string; readonly fix: string };
}

export interface BrokenKeptProps {
  label: string;
  /** "run": what is left of it is deleted. */
  what: string;
  broken: readonly BrokenOne[];
  remove: (id: string) => void;
}

/** What cannot be read takes space all the same. */
export function BrokenKept({ label, what, broken, remove }: BrokenKeptProps) {
  const [asked, setAsked] = useState<string | null>(null);
  if (broken.length === 0) return null;
  return (
    <ul className={styles.broken} aria-label={label}>
      {broken.map(({ id, bytes, error }) => (
        <li key={id}>
          {error.message} {error.fix} It takes {formatBytes(bytes)}.{' '}
          <button type="button" className="button" onClick={() => setAsked(id)}>
            Delete it
          </button>
          <Confirm
            open={asked === id}
            title={`Delete what is left of this ${what}?`}
            safe={{ label: 'Keep it' }}
            action={{ label: 'Delete', run: () => remove(id) }}
            onClose={() => setAsked(null)}
          >
            Its {formatBytes(bytes)} are gone from this browser then, with whatever is whole among
            them.
          </Confirm>
        </li>
      ))}
    </ul>
  );
}
