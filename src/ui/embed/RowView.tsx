/** One rollout of a file: its tokens, as heavy as they were scored, with the figures of the marked one. */

import { useMemo, useState } from 'react';
import type { ScoredToken } from '../../contract/rollouts/rollout-scores.ts';
import type { RolloutSpans } from '../../method/types.ts';
import { LOG_SCALE } from '../rollout/heat-scale.ts';
import { PlannedTokens } from '../rollout/PlannedTokens.tsx';
import { TokenStrip } from '../rollout/TokenStrip.tsx';
import { lanesOf, scoredTokens } from '../rollout/view.ts';
import { formatNats } from '../shared/format.ts';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { teacherMark } from '../shared/teachers.ts';
import { cut, visibleText } from '../shared/visible-text.ts';
import type { EmbeddedRow } from './document.ts';
import styles from './RolloutView.module.css';

export interface RowViewProps {
  row: EmbeddedRow;
  /** The token that the address asks for. */
  token: number | null;
}

/** Of a question; only a broken file has a longer one. */
const MOST_ASKED = 2000;

export function RowView({ row, token: asked }: RowViewProps) {
  const { question, picture, pictureLabel, sentences, text, read, scored } = row;
  return (
    <div className={styles.view}>
      <div className={styles.asked}>
        {picture !== null && <img className={styles.picture} src={picture} alt={pictureLabel} />}
        <div className={styles.words}>
          {question !== null && (
            <p>
              Asked: <q>{cut(question, MOST_ASKED)}</q>
            </p>
          )}
          {sentences.map((sentence) => (
            <p key={sentence} className={styles.origin}>
              {sentence}
            </p>
          ))}
        </div>
      </div>
      {read === null ? (
        <pre className={styles.text}>{text}</pre>
      ) : scored === null ? (
        <div className={styles.rollout}>
          <PlannedTokens {...read} />
        </div>
      ) : (
        <Scored spans={read.parsed.spans} scored={scored} asked={asked} />
      )}
    </div>
  );
}

interface ScoredProps {
  spans: RolloutSpans;
  scored: readonly ScoredToken[];
  asked: number | null;
}

function Scored({ spans, scored, asked }: ScoredProps) {
  const [selected, select] = useState(() =>
    asked !== null && asked < scored.length ? asked : heaviest(scored),
  );
  const lanes = useMemo(() => lanesOf(scoredTokens(scored), spans), [scored, spans]);
  return (
    <>
      <div className={styles.rollout}>
        <TokenStrip lanes={lanes} scale={LOG_SCALE} selected={selected} onSelect={select} />
      </div>
      <section className={styles.panel} aria-label="Token">
        <Panel token={scored[selected]} index={selected} count={scored.length} />
      </section>
    </>
  );
}

const heaviest = (tokens: readonly ScoredToken[]): number =>
  tokens.reduce(
    (best, { divergence }, i) => ((divergence ?? -1) > (tokens[best]?.divergence ?? -1) ? i : best),
    0,
  );

const nats = (value: number | null) => (value === null ? '–' : `${formatNats(value)} nats`);

function Panel({ token, index, count }: { token: ScoredToken; index: number; count: number }) {
  const rows = [
    ['Segment', token.segment],
    ['Rule', token.rule],
    ['Log-probability, student', nats(token.studentLogProb)],
    ['Log-probability, teacher', nats(token.teacherLogProb)],
    ['Forward KL', nats(token.forwardKl)],
    ['Reverse KL', nats(token.reverseKl)],
    ['Divergence of the loss, before the clip', nats(token.divergence)],
    [
      'Loss, after the clip',
      `${nats(token.loss)}${token.clipped ? ' (clipped: no gradient)' : ''}`,
    ],
  ];
  return (
    <>
      <h3>
        Token {index + 1} of {count}: “{visibleText(token.text)}”
      </h3>
      <TeacherBadge teacher={teacherMark(token.teacher)} />
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="numeric">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
