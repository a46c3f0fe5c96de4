/** The page of a file that left the playground: one rollout, or several to be opened one by one. */

import { useState } from 'react';
import { Table } from '../shared/Table.tsx';
import type { EmbeddedDocument, EmbeddedRollout, EmbeddedRow, EmbeddedTable } from './document.ts';
import styles from './EmbeddedPage.module.css';
import type { EmbeddedPlace } from './hash.ts';
import { RolloutView } from './RolloutView.tsx';
import { RowView } from './RowView.tsx';

export interface EmbeddedPageProps {
  document: EmbeddedDocument;
  place: EmbeddedPlace;
}

export function EmbeddedPage({ document, place }: EmbeddedPageProps) {
  const { title, lead, tables, rollouts, rows = [], made, address, cite } = document;
  const all = [...rollouts, ...rows];
  const first = all.find(({ id }) => id === place.rollout) ?? all[0];
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set([first.id]));
  const single = all.length === 1 && tables.length === 0;
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
        <One rollout={first} token={place.token} />
      ) : (
        all.map((rollout) => (
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
              <One rollout={rollout} token={rollout === first ? place.token : null} />
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

function One({ rollout, token }: { rollout: EmbeddedRollout | EmbeddedRow; token: number | null }) {
  return 'trace' in rollout ? (
    <RolloutView rollout={rollout} token={token} />
  ) : (
    <RowView row={rollout} token={token} />
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
