/** The current token in its group: who gives it which probability, and the terms that follow, with their numbers. */

import type { GroupRollout, GroupTermSettings } from '../../contract/trace/group.ts';
import { formatNats, formatPercent, formatPlain } from '../shared/format.ts';
import { Term } from '../shared/Term.tsx';
import { signed } from './group-facts.ts';
import styles from './TokenFigures.module.css';

export interface GroupFiguresProps {
  rollout: GroupRollout;
  index: number;
  /** ε of the ratio, and β of the KL. */
  terms: Pick<GroupTermSettings, 'ratioClip' | 'klCoefficient'>;
}

export function GroupFigures({ rollout, index, terms }: GroupFiguresProps) {
  const { ratioClip: clip, klCoefficient: beta } = terms;
  const token = rollout.tokens[index];
  if (token === undefined) return null;
  const { advantage, share } = rollout;
  const { policy, sampling, base, ratio, clipped, kl, loss, slope } = token;
  const gain = beta * (kl ?? 0) - loss;
  return (
    <div className={styles.figures}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Who gives the token</th>
            <th scope="col">p</th>
            <th scope="col">log p</th>
          </tr>
        </thead>
        <tbody>
          <Row label="When it was sampled" logProb={sampling} />
          <Row label="The student now" logProb={policy} />
          {base !== null && <Row label="The frozen base" logProb={base} />}
        </tbody>
      </table>
      <dl className={styles.terms}>
        <dt>
          <Term id="advantage">Advantage</Term>
        </dt>
        <dd>{advantage === 0 ? '0' : signed(advantage)}</dd>
        <dt>
          <Term id="policyRatio">Ratio</Term>
        </dt>
        <dd>
          exp({formatNats(policy)} − ({formatNats(sampling)})) = {formatPlain(ratio)}, counted from{' '}
          {formatPlain(Math.max(0, 1 - clip))} to {formatPlain(1 + clip)}
        </dd>
        <dt>Clipped</dt>
        <dd>
          {clipped
            ? 'yes: the advantage has no gradient left here'
            : 'no: the advantage has its gradient'}
        </dd>
        <dt>Gain</dt>
        <dd>min(r·A, clip(r)·A) = {formatNats(gain)}</dd>
        <dt>
          <Term id="klToBase">KL to the base</Term>
        </dt>
        <dd>{kl === null ? 'not read: its weight is 0' : `${formatNats(kl)} nats`}</dd>
        <dt>Loss</dt>
        <dd>
          −gain + {formatPlain(beta)}·KL = {formatNats(loss)} nats, with weight {formatPlain(share)}{' '}
          in the group
        </dd>
        <dt>Slope</dt>
        <dd>
          ∂loss/∂log p = {formatNats(slope)}:{' '}
          {slope === 0 ? 'not pushed' : slope < 0 ? 'made likelier' : 'made less likely'}
        </dd>
      </dl>
    </div>
  );
}

const Row = ({ label, logProb }: { label: string; logProb: number }) => (
  <tr>
    <th scope="row">{label}</th>
    <td>{formatPercent(Math.exp(logProb))}</td>
    <td>{formatNats(logProb)}</td>
  </tr>
);
