/** The three rates of a method, each as a bar, a number, and the fraction with the numbers that it is made of. */

import { PALR_GROUPS, type PalrGroup } from '../../method/palr.ts';
import { formatPercent } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { Term } from '../shared/Term.tsx';
import styles from './LeakageRates.module.css';
import { GROUP_LABELS, METHOD_LABELS, type MethodLeakage, rateInNumbers } from './leakage-view.ts';

export interface LeakageRatesProps {
  leakage: MethodLeakage;
  epsilon: number;
}

export function LeakageRates({ leakage: { name, rates }, epsilon }: LeakageRatesProps) {
  return (
    <Table figures className={styles.table}>
      <caption className="visually-hidden">
        {METHOD_LABELS[name]}: leakage rates by group of tokens
      </caption>
      <thead>
        <tr>
          <th scope="col">Tokens</th>
          <th scope="col">
            <Term id="palr">PALR</Term>
          </th>
          <th scope="col">Σ s·cA / (Σ s·cA + Σ s·cI + ε), nats²</th>
        </tr>
      </thead>
      <tbody>
        {PALR_GROUPS.map((group) => (
          <Row key={group} group={group} rates={rates} epsilon={epsilon} />
        ))}
      </tbody>
    </Table>
  );
}

interface RowProps {
  group: PalrGroup;
  rates: MethodLeakage['rates'];
  epsilon: number;
}

function Row({ group, rates, epsilon }: RowProps) {
  const rate = rates[group];
  const sums = rates.sums[group];
  return (
    <tr>
      <th scope="row">
        {GROUP_LABELS[group]} <span className={styles.count}>({sums.tokens})</span>
      </th>
      <td className={styles.rate}>
        <strong>{rate === null ? '–' : formatPercent(rate)}</strong>
        {rate !== null && sums.answer + sums.image > 0 && (
          <span
            className={styles.bar}
            style={{ '--answer': sums.answer / (sums.answer + sums.image) }}
            aria-hidden="true"
          />
        )}
      </td>
      <td className={styles.numbers}>{rateInNumbers(sums, rate, epsilon)}</td>
    </tr>
  );
}
