/** The page of a file that left the playground: one rollout, or several to be opened one by one. */

import { useState } from 'react';
import { Table } from '../shared/Table.tsx';
import type { EmbeddedDocument, EmbeddedTable } from './document.ts';
import styles from './EmbeddedPage.module.css';
import type { EmbeddedPlace } from './hash.ts';
import { RolloutView } from './RolloutView.tsx';

export interface EmbeddedPageProps {
  document: EmbeddedDocument;
  place: EmbeddedPlace;
}

export function EmbeddedPage({ document, place }: EmbeddedPageProps) {
  const { title, lead, tables, rollouts, made, address, cite } = document;
  const first = rollouts.find(({ id }) => id === place.rollout) ?? rollouts[0];
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set([first.id]));
  const single = rollouts.length === 1 && tables.length === 0;
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>{title}</h1>
      {lead.map((sentence) => (
        <p key={sentence} className={styles.lead}>
          {sentence}
        </p>
      ))}
      {tables.map((table) => (
        <Figures key={table.caption} table={table} />
      ))}
      {single ? (
        <RolloutView rollout={first} token={place.token} />
      ) : (
        rollouts.map((rollout) => (
          <details
            key={rollout.id}
            id={`rollout-${rollout.id}`}
            className={styles.one}
            open={rollout.id === first.id}
            onToggle={({ currentTarget: { open } }) =>
              open && setOpened((were) => new Set([...were, rollout.id]))
            }
          >
            <summary>
              <h2>{rollout.title}</h2>
            </summary>
            {/* Drawn when it is first opened: there may be very many. */}
            {opened.has(rollout.id) && (
              <RolloutView rollout={rollout} token={rollout === first ? place.token : null} />
            )}
          </details>
        ))
      )}
      <footer className={styles.foot}>
        <p>
          Made on {made} with{' '}
          {address === null ? (
            'the ViGOS Playground'
          ) : (
            <a href={address} target="_blank" rel="noreferrer">
              the ViGOS Playground, where it can be turned
            </a>
          )}
          . {cite}
        </p>
      </footer>
    </main>
  );
}

function Figures({ table: { caption, head, rows } }: { table: EmbeddedTable }) {
  return (
    <Table figures>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells], at) => (
          <tr key={at}>
            <th scope="row">{name}</th>
            {cells.map((cell, i) => (
              <td key={head[i + 1]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
