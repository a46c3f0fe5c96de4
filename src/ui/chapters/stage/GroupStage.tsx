/** A group of answers to one question, their rewards, and what the group's advantages make of them. */

import { groupAdvantages, stagedReward } from '../../../method/rewards.ts';
import { formatPlain } from '../../shared/format.ts';
import { Table } from '../../shared/Table.tsx';
import { TableHead } from '../../shared/TableHead.tsx';
import { useChapters, useChaptersState } from '../context.ts';
import styles from './Stage.module.css';

export function GroupStage({ allRight = false }: { allRight?: boolean }) {
  const { turn } = useChapters();
  const turned = useChaptersState((s) => s.turned.group);
  const group = allRight ? turned.map(() => ({ correct: true, format: true })) : turned;
  const rewards = group.map((answer) => stagedReward(answer));
  const advantages = groupAdvantages(rewards);
  const change = (i: number, answer: Partial<(typeof group)[number]>) =>
    turn({ group: group.map((one, at) => (at === i ? { ...one, ...answer } : one)) });
  return (
    <div className={styles.part}>
      <Table figures className={styles.table}>
        <caption>Five answers to one question</caption>
        <TableHead columns={['Answer', 'Right', 'Form', 'Reward', 'Advantage']} />
        <tbody>
          {group.map((answer, i) => (
            <tr key={ORDER[i]}>
              <th scope="row">{ORDER[i]}</th>
              {(['correct', 'format'] as const).map((what) => (
                <td key={what}>
                  <input
                    type="checkbox"
                    className={styles.check}
                    aria-label={`${ORDER[i]} answer: ${what === 'correct' ? 'right' : 'in the form'}`}
                    checked={answer[what]}
                    disabled={allRight}
                    onChange={(event) => change(i, { [what]: event.target.checked })}
                  />
                </td>
              ))}
              <td>{formatPlain(rewards[i])}</td>
              <td>{formatPlain(advantages[i])}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

const ORDER = ['First', 'Second', 'Third', 'Fourth', 'Fifth'] as const;
