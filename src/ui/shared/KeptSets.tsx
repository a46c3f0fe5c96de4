/** A list of what was imported and is kept: each a row that can be looked at and deleted, and what cannot be read. */

import type { ReactNode } from 'react';
import type { KeptSets as Shelf } from '../../contract/data/kept-sets.ts';
import { formatBytes } from './format.ts';
import { BrokenKept } from './KeptRow.tsx';
import styles from './KeptSets.module.css';

export interface KeptSetsProps<R extends { readonly bytes: number }> {
  /** Id of the heading, which has the focus when a row went. */
  headingId: string;
  shelf: Shelf<R>;
  /** Of what cannot be read. */
  remove: (id: string) => void;
  children: (record: R) => ReactNode;
}

export function KeptSets<R extends { readonly bytes: number }>(props: KeptSetsProps<R>) {
  const { headingId, shelf, remove, children } = props;
  const { sets, damaged, lasting } = shelf;
  return (
    <>
      {sets.length > 0 && (
        <section className={styles.sets} aria-labelledby={headingId}>
          <h3 id={headingId} tabIndex={-1}>
            Imported
          </h3>
          <p className={`${styles.facts} numeric`}>
            {sets.length === 1 ? 'One set' : `${sets.length} sets`},{' '}
            {formatBytes(sets.reduce((sum, { bytes }) => sum + bytes, 0))}.
            {lasting
              ? ''
              : ' This browser keeps no files for this site: they are gone with the tab.'}
          </p>
          <ul className={styles.list}>{sets.map(children)}</ul>
        </section>
      )}
      <BrokenKept label="Sets that cannot be read" what="set" broken={damaged} remove={remove} />
    </>
  );
}

export interface KeptItemProps {
  shown: boolean;
  children: ReactNode;
}

/** What it is, and then what can be done with it. */
export function KeptItem({ shown, children }: KeptItemProps) {
  return (
    <li className={styles.item} data-shown={shown || undefined}>
      {children}
    </li>
  );
}

/** A name that is not a button itself, over the facts. */
export function KeptAbout({ name, facts }: { name: ReactNode; facts: ReactNode }) {
  return (
    <div className={styles.about}>
      {name}
      <span className={`${styles.facts} numeric`}>{facts}</span>
    </div>
  );
}

export interface KeptOpenerProps {
  name: string;
  facts: ReactNode;
  shown: boolean;
  onOpen: () => void;
}

/** Name and facts as one button, which opens it. */
export function KeptOpener({ name, facts, shown, onOpen }: KeptOpenerProps) {
  return (
    <button
      type="button"
      className={styles.open}
      aria-current={shown ? 'true' : undefined}
      onClick={onOpen}
    >
      <span className={styles.name}>{name}</span>
      <span className={`${styles.facts} numeric`}>{facts}</span>
    </button>
  );
}
