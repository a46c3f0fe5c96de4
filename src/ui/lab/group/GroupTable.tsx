/** The group side by side: each rollout's reward in its parts, its advantage, and what its tokens come to. */

import type { GroupReading, GroupRollout } from '../../../contract/trace/group.ts';
import { answerText, signed } from '../../rollout/group-facts.ts';
import { formatNats, formatPercent, formatPlain } from '../../shared/format.ts';
import { Table } from '../../shared/Table.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import styles from './GroupStage.module.css';

export function GroupTable({ reading, at }: { reading: GroupReading; at: number }) {
  return (
    <Table figures className={styles.table}>
      <caption className="visually-hidden">The rollouts of the group side by side</caption>
      <thead>
        <tr>
          <th scope="col">Rollout</th>
          <th scope="col">Correct</th>
          <th scope="col">Form</th>
          <th scope="col">
            <Term id="reward">Reward</Term>
          </th>
          <th scope="col">
            <Term id="advantage">Advantage</Term>
          </th>
          <th scope="col">Tokens</th>
          <th scope="col">
            <Term id="policyRatio">Ratios</Term>
          </th>
          <th scope="col">Clipped</th>
          <th scope="col">KL to the base, nats</th>
          <th scope="col">Loss, nats</th>
        </tr>
      </thead>
      <tbody>
        {reading.rollouts.map((rollout, i) => (
          <Row key={i} number={i} rollout={rollout} shown={i === at} />
        ))}
      </tbody>
    </Table>
  );
}

interface RowProps {
  number: number;
  rollout: GroupRollout;
  shown: boolean;
}

function Row({ number, rollout, shown }: RowProps) {
  const session = useSession();
  const share = useLab((s) => s.settings.formatShare);
  const { correct, valid, reward, advantage, tokens } = rollout;
  const ratios = tokens.map(({ ratio }) => ratio);
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map(formatPlain);
  const kls = tokens.flatMap(({ kl }) => kl ?? []);
  const loss = tokens.reduce((sum, own) => sum + own.loss, 0) * rollout.share;
  return (
    <tr data-shown={shown || undefined}>
      <th scope="row">
        <button
          type="button"
          className={styles.pick}
          aria-pressed={shown}
          onClick={() => void session.pick(number)}
        >
          {number + 1} {answerText(rollout)}
        </button>
      </th>
      <td>{formatPercent(correct ? 1 - share : 0)}</td>
      <td>{formatPercent(valid ? share : 0)}</td>
      <td>{formatPercent(reward)}</td>
      <td>{advantage === 0 ? '0' : signed(advantage)}</td>
      <td>{tokens.length}</td>
      <td>{low === high ? low : `${low} to ${high}`}</td>
      <td>{tokens.filter(({ clipped }) => clipped).length}</td>
      <td>
        {kls.length === 0
          ? 'not read'
          : formatNats(kls.reduce((sum, kl) => sum + kl, 0) / kls.length)}
      </td>
      <td>{formatNats(loss)}</td>
    </tr>
  );
}
