/** The current token's figures: both sides' view of it, and the divergences between them. */

import type { TokenTrace, Trace } from '../../../engine/trace.ts';
import type { MethodConfig } from '../../../method/types.ts';
import { formatNats, formatPercent } from '../../shared/format.ts';
import type { TermId } from '../../shared/glossary.ts';
import { Term } from '../../shared/Term.tsx';
import { hasNoGradient, usedDivergence } from '../rollout/view.ts';
import styles from './Figures.module.css';

const nats = (value: number | null) => (value === null ? '–' : formatNats(value));

export function Figures({ trace, token }: { trace: Trace; token: TokenTrace }) {
  const { method } = trace;
  const kind = token.teacher === null ? null : method.divergence[token.teacher].kind;
  const noGradient = hasNoGradient(token, method);
  const entryClip = token.clipped && method.clip.kind === 'entry';
  const temperature = method.temperature === 1 ? '' : `, at temperature ${method.temperature}`;
  return (
    <div className={styles.figures}>
      <table className={styles.sides}>
        <thead>
          <tr>
            <td />
            <th scope="col">
              <Term id="student">Student</Term>
            </th>
            <th scope="col">
              <Term id="teacher">Teacher</Term>
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">
              <Term id="probability">Probability</Term>
            </th>
            <td>{formatPercent(Math.exp(token.studentLogProb))}</td>
            <td>
              {token.teacherLogProb === null ? '–' : formatPercent(Math.exp(token.teacherLogProb))}
            </td>
          </tr>
          <tr>
            <th scope="row">
              <Term id="logProb">Log-prob., nats</Term>
            </th>
            <td>{nats(token.studentLogProb)}</td>
            <td>{nats(token.teacherLogProb)}</td>
          </tr>
          <tr>
            <th scope="row">
              <Term
                id="entropy"
                here={`student ${nats(token.studentEntropy)} nats, teacher ${nats(token.teacherEntropy)}; ln V = ${formatNats(Math.log(trace.model.vocabSize))} nats.`}
              >
                Entropy, nats
              </Term>
            </th>
            <td>{nats(token.studentEntropy)}</td>
            <td>{nats(token.teacherEntropy)}</td>
          </tr>
        </tbody>
      </table>
      <dl className={styles.divergences} data-teacher={token.teacher ?? 'nobody'}>
        <Figure
          term="forwardKl"
          label="Forward KL"
          value={token.forwardKl}
          used={kind === 'forward-kl'}
        />
        <Figure
          term="reverseKl"
          label="Reverse KL"
          value={token.reverseKl}
          used={kind === 'reverse-kl'}
        />
        <Figure
          term="loss"
          label="Loss"
          value={token.loss}
          used={false}
          clipped={noGradient}
          here={lossInNumbers(token, method)}
        />
      </dl>
      {token.teacher !== null && (
        <p className={styles.note}>
          {noGradient && (
            <>
              <Term id="clip" here={clipInNumbers(token, method)}>
                Clipped: no gradient.
              </Term>{' '}
              The divergence is above the cap of {method.clip.kind === 'token' && method.clip.value}{' '}
              nats.{' '}
            </>
          )}
          {entryClip && 'Some vocabulary entries are clipped before the sum. '}
          {kind === 'jsd' && (
            <>
              The loss is the <Term id="jsd">Jensen-Shannon divergence</Term>.{' '}
            </>
          )}
          This teacher’s tokens count with{' '}
          <Term id="lambda" here={lossInNumbers(token, method)}>
            weight λ
          </Term>{' '}
          = {method.lambdas[token.teacher]}
          {temperature}.
        </p>
      )}
    </div>
  );
}

/** Undefined where the clip of whole tokens has no part in it. */
function clipInNumbers(token: TokenTrace, method: MethodConfig): string | undefined {
  const used = usedDivergence(token, method);
  if (used === null || method.clip.kind !== 'token') return undefined;
  return `min(${formatNats(used)}, ${method.clip.value}) = ${nats(token.loss)} nats.`;
}

function lossInNumbers(token: TokenTrace, method: MethodConfig): string | undefined {
  if (token.teacher === null || token.loss === null) return undefined;
  const weight = method.lambdas[token.teacher];
  return `λ ℓ = ${weight} × ${formatNats(token.loss)} = ${formatNats(weight * token.loss)} nats.`;
}

interface FigureProps {
  term: TermId;
  label: string;
  value: number | null;
  /** The divergence that this token's loss is made of. */
  used: boolean;
  clipped?: boolean;
  here?: string | undefined;
}

function Figure({ term, label, value, used, clipped = false, here }: FigureProps) {
  return (
    <div
      className={styles.figure}
      data-used={used || undefined}
      data-clipped={clipped || undefined}
    >
      <dt>
        <Term id={term} here={here ?? (value === null ? undefined : `${nats(value)} nats.`)}>
          {label}
        </Term>
      </dt>
      <dd>
        <span className={styles.value}>{nats(value)}</span>
        {value !== null && ' nats'}
      </dd>
    </div>
  );
}
