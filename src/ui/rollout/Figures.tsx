/** The current token's figures: both sides' view of it, and the divergences between them. */

import type { TokenTrace, Trace } from '../../contract/trace/trace.ts';
import { usedDivergence } from '../../contract/trace/used-divergence.ts';
import type { MethodConfig } from '../../method/types.ts';
import { formatNats, formatPercent } from '../shared/format.ts';
import type { TermId } from '../shared/glossary.ts';
import { Term } from '../shared/Term.tsx';
import styles from './Figures.module.css';
import { boundOf, hasNoGradient, type LossBound, temperatureOf } from './view.ts';

interface FiguresProps {
  trace: Trace;
  index: number;
  token: TokenTrace;
}

/** What the page’s digits show, nats. */
const LEAST_SHOWN = 5e-6;

const nats = (value: number | null) => (value === null ? '–' : formatNats(value));

export function Figures({ trace, index, token }: FiguresProps) {
  const { method } = trace;
  const bound = boundOf(trace, index);
  const kind = token.teacher === null ? null : method.divergence[token.teacher].kind;
  const noGradient = hasNoGradient(token, method);
  const temperature = temperatureOf(method);
  return (
    <div className={styles.figures}>
      {temperature !== null && (
        <p className={styles.note}>
          All of these are <Term id="tau">{temperature}</Term>, the method’s temperature, not at 1.
        </p>
      )}
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
        {kind === 'jsd' && <Figure term="jsd" label="JSD" value={token.jsd ?? null} used />}
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
              <Term id="clip" here={clipInNumbers(token, method, bound)}>
                Clipped: no gradient.
              </Term>{' '}
              The divergence is above the cap of {bound?.cap} nats.{' '}
            </>
          )}
          {bound !== null && bound.boundary !== null && (
            <>
              This token is the {bound.boundary}: a{' '}
              <Term id="boundaryClip" here={clipInNumbers(token, method, bound)}>
                boundary clip
              </Term>{' '}
              of {bound.cap} nats bounds its loss.{' '}
            </>
          )}
          {token.loss !== null &&
            token.loss < -LEAST_SHOWN &&
            'The loss is below 0: the clip cuts the positive terms of vocabulary entries, the negative ones stay whole, and the sum is taken after it. '}
          {method.clip.kind === 'entry' &&
            `Each vocabulary entry counts with at most ${method.clip.value} nats, before the sum. `}
          {kind === 'jsd' &&
            (token.jsd === undefined
              ? 'The file does not hold the Jensen-Shannon divergence before the clip. '
              : 'The loss is made of the Jensen-Shannon divergence. ')}
          This teacher’s tokens count with{' '}
          <Term id="lambda" here={lossInNumbers(token, method)}>
            weight λ
          </Term>{' '}
          = {method.lambdas[token.teacher]}.
        </p>
      )}
    </div>
  );
}

/** Undefined where nothing bounds the whole token, or its sum before the bound is not known. */
function clipInNumbers(
  token: TokenTrace,
  method: MethodConfig,
  bound: LossBound | null,
): string | undefined {
  const used = usedDivergence(token, method);
  if (used === null || bound === null || method.clip.kind === 'entry') return undefined;
  return `min(${formatNats(used)}, ${bound.cap}) = ${nats(token.loss)} nats.`;
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
