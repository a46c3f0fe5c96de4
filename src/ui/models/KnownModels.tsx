/** Published models of the families that open here, with what of them runs on this device and why the rest does not. */

import { KNOWN_MODELS } from '../../contract/models/known-models.ts';
import { Panel } from '../shared/Panel.tsx';
import { Table } from '../shared/Table.tsx';
import { TableHead } from '../shared/TableHead.tsx';
import { useModels, useModelsState } from './context.ts';
import styles from './Found.module.css';
import { KIND_NAMES } from './words.ts';

export function KnownModels() {
  const { lookAtKnown } = useModels();
  const known = useModelsState((s) => s.known);
  const busy = useModelsState((s) => s.looking !== null || s.fetching !== null);
  return (
    <Panel
      heading="Known models"
      headingId="known-heading"
      note="Sizes of autumn 2026, some reckoned from the number of weights; a look shows today’s. No host is asked before it."
    >
      <Table figures stacks className={styles.table}>
        <TableHead
          columns={['Repository', 'Family', 'Weights', 'Smallest first', 'Fits this device']}
          unseen="Look"
        />
        <tbody>
          {KNOWN_MODELS.map(({ repo, family, billions, kinds, note }) => (
            <tr key={repo}>
              <th scope="row" className={styles.repo}>
                {repo}
              </th>
              <td data-label="Family">{family}</td>
              <td data-label="Weights">{billions} billion</td>
              <td>
                {kinds.map((one) => `${KIND_NAMES[one.kind]} ${one.gigabytes} GB`).join(', ')}
              </td>
              <td className={styles.verdict}>
                {said(known?.find((one) => one.repo === repo)?.says)}
                {note !== '' && <span className={styles.note}>{note}</span>}
              </td>
              <td>
                <button
                  type="button"
                  className="button"
                  disabled={busy}
                  aria-label={`Look at ${repo}`}
                  onClick={() => void lookAtKnown(repo)}
                >
                  Look
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

const said = (says: string | undefined) => says ?? '…';
