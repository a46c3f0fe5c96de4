/** The current token under PALR's counterfactuals: its probability in each, and what follows for s, cA and cI. */

import type { TraceLeakage } from '../../contract/trace/trace.ts';
import { meanLogProb } from '../../method/palr.ts';
import { SIGHT } from '../../method/sight.ts';
import type { MethodName } from '../../method/types.ts';
import { formatNats, formatPercent, formatPlain } from '../shared/format.ts';
import { TableHead } from '../shared/TableHead.tsx';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { Term } from '../shared/Term.tsx';
import { DriverSwatch } from './DriverSwatch.tsx';
import styles from './LeakageFigures.module.css';
import { type LeakagePart, leakageUnder, METHOD_LABELS } from './leakage-view.ts';
import figures from './TokenFigures.module.css';

export interface LeakageFiguresProps {
  leakage: TraceLeakage;
  /** The reference answer. */
  answer: string;
  /** The method on the page, which stands first. */
  first: MethodName;
  index: number;
  /** Tokens of the completion. */
  count: number;
}

export function LeakageFigures({ leakage, answer, first, index, count }: LeakageFiguresProps) {
  const names: readonly MethodName[] = first === 'opsd' ? ['opsd', 'vigos'] : ['vigos', 'opsd'];
  return (
    <div className={figures.figures}>
      {names.map((name) => {
        const { parts } = leakageUnder(leakage, name, leakage.epsilon, count);
        const part = parts[index] ?? null;
        return (
          <section key={name} className={styles.method} aria-label={`${METHOD_LABELS[name]} here`}>
            <h3 className={styles.heading}>
              {METHOD_LABELS[name]}{' '}
              {part !== null && <TeacherBadge teacher={part.read.teacher} named={false} />}
            </h3>
            {part === null ? (
              <p className={styles.note}>Nobody supervises this token, so nothing can leak.</p>
            ) : (
              <Figures part={part} leakage={leakage} answer={answer} />
            )}
          </section>
        );
      })}
    </div>
  );
}

const PICTURES = {
  next: 'with the next scene’s picture',
  blank: 'with a blank picture',
  own: 'with another picture',
} as const;

interface FiguresProps {
  part: LeakagePart;
  leakage: TraceLeakage;
  answer: string;
}

function Figures({ part, leakage, answer }: FiguresProps) {
  const { read, shift } = part;
  const { student, matched, wrongAnswers, wrongImage, teacher } = read;
  const sees = SIGHT[teacher].answer;
  const wrong = leakage.wrongAnswers.flatMap((text, k) =>
    sees ? [{ text, logProb: wrongAnswers[k] }] : [],
  );
  const mean = sees ? meanLogProb(wrongAnswers) : null;
  return (
    <>
      <table className={figures.table}>
        <TableHead columns={['Who gives the token', 'p', 'log p']} />
        <tbody>
          <Row label="Student" logProb={student} />
          <Row label={sees ? `Teacher, told “${answer}”` : 'Teacher'} logProb={matched} />
          {wrong.map(({ text, logProb }) => (
            <Row key={text} kind="answer" label={`told “${text}”`} logProb={logProb} />
          ))}
          {mean !== null && wrong.length > 1 && (
            <Row kind="answer" label={`mean of these ${wrong.length}`} logProb={mean} />
          )}
          <Row kind="image" label={PICTURES[leakage.picture]} logProb={wrongImage} />
        </tbody>
      </table>
      <dl className={figures.terms}>
        <dt>
          <Term id="push">s</Term>
        </dt>
        <dd>
          |{formatNats(matched)} − ({formatNats(student)})| = {formatNats(shift)} nats
        </dd>
        <dt>
          <Term id="answerDriven">cA</Term>
        </dt>
        <dd>
          {mean === null
            ? '0: this teacher never sees an answer'
            : `max(0, ${formatNats(matched)} − (${formatNats(mean)})) = ${formatNats(part.answer)} nats`}
        </dd>
        <dt>
          <Term id="imageDriven">cI</Term>
        </dt>
        <dd>
          max(0, {formatNats(matched)} − ({formatNats(wrongImage)})) = {formatNats(part.image)} nats
        </dd>
        <dt>weighted</dt>
        <dd>
          <DriverSwatch driver="answer" /> s·cA = {formatPlain(part.answerPush)},{' '}
          <DriverSwatch driver="image" /> s·cI = {formatPlain(part.imagePush)} nats²
        </dd>
      </dl>
    </>
  );
}

interface RowProps {
  label: string;
  logProb: number;
  kind?: 'answer' | 'image';
}

function Row({ label, logProb, kind }: RowProps) {
  const p = Math.exp(logProb);
  return (
    <tr data-driver={kind}>
      <th scope="row">
        {label}
        <span className={styles.track} aria-hidden="true">
          <span className={styles.bar} style={{ width: `${(100 * Math.min(1, p)).toFixed(2)}%` }} />
        </span>
      </th>
      <td>{formatPercent(p)}</td>
      <td>{formatNats(logProb)}</td>
    </tr>
  );
}
