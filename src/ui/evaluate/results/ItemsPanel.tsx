/** The items behind a figure: what was shown and asked, what was answered, and a way to the Lab for each. */

import { memo, useMemo, useState } from 'react';
import { type Counted, linesBehind } from '../../../contract/evaluation-figures.ts';
import type {
  AnswerLine,
  EvaluationFigure,
  EvaluationLine,
  EvaluationRecord,
} from '../../../contract/evaluation-records.ts';
import { figureRows } from '../../../contract/evaluation-rows.ts';
import { OPSD, VIGOS_PAPER } from '../../../method/presets.ts';
import { WORLD_EDGE } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { SPLITS, type Split, worldItem } from '../../../world/split.ts';
import { Choice } from '../../fields/Choice.tsx';
import { formatPercent } from '../../shared/format.ts';
import type { RolloutOffer } from '../../shared/offers.ts';
import { Panel } from '../../shared/Panel.tsx';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { useEvaluation, useEvaluationState } from '../context.ts';
import { type Candidate, candidateOf } from '../state/state.ts';
import styles from './ItemsPanel.module.css';

const PAGE = 8;

type Filter = 'all' | 'yes' | 'no';

export function ItemsPanel() {
  const { lookAt } = useEvaluation();
  const cell = useEvaluationState((s) => s.cell);
  const opened = useEvaluationState((s) => s.opened);
  const [filter, setFilter] = useState<Filter>('all');
  const [page, setPage] = useState(0);
  const found = useMemo(() => {
    if (cell === null || opened?.record.id !== cell.evaluationId) return null;
    const { record, lines } = opened;
    const row = figureRows(record.settings, lines).find(({ id }) => id === cell.figureId);
    if (row === undefined) return null;
    return { record, row, counted: linesBehind(row, lines), answers: answersByKey(lines) };
  }, [cell, opened]);
  if (found === null) return null;
  const { record, row, counted, answers } = found;
  const share = row.unit === 'share' && row.kind !== 'leakage';
  const kept = counted.filter(
    ({ value }) => !share || filter === 'all' || (filter === 'yes') === value > 0.5,
  );
  const pages = Math.max(1, Math.ceil(kept.length / PAGE));
  const shown = Math.min(page, pages - 1);
  return (
    <Panel
      heading={`Behind ${row.label}`}
      headingId="items-heading"
      note={`${record.name}: ${counted.length.toLocaleString('en')} responses count in it.`}
      long
      action={
        <button type="button" className="button" onClick={() => void lookAt(null)}>
          Close
        </button>
      }
    >
      {share && (
        <Choice
          label="Which of them"
          value={filter}
          options={[
            { value: 'all', label: `All ${counted.length}` },
            { value: 'yes', label: `Counted ${counted.filter(({ value }) => value > 0.5).length}` },
            { value: 'no', label: `Not ${counted.filter(({ value }) => value <= 0.5).length}` },
          ]}
          onChange={(next) => {
            setFilter(next);
            setPage(0);
          }}
        />
      )}
      <ol className={styles.items}>
        {kept.slice(shown * PAGE, (shown + 1) * PAGE).map((one) => (
          <Item
            key={keyOf(one.line) + one.line.type}
            counted={one}
            answer={answers.get(keyOf(one.line)) ?? null}
            unit={row.unit}
            leakage={row.kind === 'leakage'}
            record={record}
          />
        ))}
      </ol>
      {pages > 1 && (
        <p className={styles.pager}>
          <button
            type="button"
            className="button"
            disabled={shown === 0}
            onClick={() => setPage(shown - 1)}
          >
            Before
          </button>
          <span>
            {shown + 1} of {pages}
          </span>
          <button
            type="button"
            className="button"
            disabled={shown >= pages - 1}
            onClick={() => setPage(shown + 1)}
          >
            Next
          </button>
        </p>
      )}
    </Panel>
  );
}

const keyOf = ({ item, fact, seed, response }: EvaluationLine): string =>
  `${fact} ${seed} ${item} ${response}`;

const answersByKey = (lines: readonly EvaluationLine[]): ReadonlyMap<string, AnswerLine> =>
  new Map(lines.flatMap((line) => (line.type === 'answer' ? [[keyOf(line), line]] : [])));

interface ItemProps {
  counted: Counted;
  answer: AnswerLine | null;
  unit: EvaluationFigure['unit'];
  leakage: boolean;
  record: EvaluationRecord;
}

const Item = memo(function Item({ counted, answer, unit, leakage, record }: ItemProps) {
  const { openRollout } = usePageLinks();
  const fromFiles = useEvaluationState((s) => s.fromFiles);
  const { line, value } = counted;
  const picture = useMemo(() => pictureOf(record, line.item), [record, line.item]);
  if (answer === null) return null;
  const offer = offerOf(record, line, answer, fromFiles);
  const { question, reference, correct, strict, reason, seed, fact, response, text } = answer;
  return (
    <li className={styles.item}>
      {picture !== null && <PixelCanvas picture={picture} className={styles.picture} label="" />}
      <div className={styles.told}>
        <p>{question}</p>
        <p className={styles.text}>{text}</p>
        <p className={styles.marks}>
          <Mark good={correct} text={verdict(answer)} />
          <Mark good={strict} text={strict ? 'valid' : `invalid: ${reason ?? ''}`} />
          {answer.truth !== null && <Truth answer={answer} />}
          {leakage && <span>PALR {formatPercent(value)}</span>}
          {unit === 'tokens' && <span>{value} tokens</span>}
          <span className={styles.soft}>
            {line.id}, {fact}, seed {seed}
            {response > 0 ? `, response ${response + 1}` : ''}
            {reference === '' ? '' : `, the answer is “${reference}”`}
          </span>
        </p>
      </div>
      <button
        type="button"
        className="button"
        aria-label={`Open ${line.id} in the Lab`}
        disabled={offer === null}
        title={
          offer === null
            ? record.settings.set.name === 'file'
              ? 'It is a picture of a file: open that picture in the Lab by itself.'
              : 'Its student came from a file, which this page no longer has; add it again.'
            : undefined
        }
        onClick={() => offer !== null && openRollout(offer)}
      >
        Open in the Lab
      </button>
    </li>
  );
});

const verdict = ({ correct, answer }: AnswerLine): string => {
  const said = answer === null ? 'no box' : `“${answer}”`;
  if (correct === null) return said;
  return `${correct ? 'right' : 'wrong'}: ${said}`;
};

function Truth({ answer: { truth } }: { answer: AnswerLine }) {
  const wrong = Object.entries(ASPECTS).flatMap(([aspect, label]) =>
    truth !== null && truth[aspect as keyof typeof ASPECTS] === false ? [label] : [],
  );
  return (
    <Mark
      good={wrong.length === 0}
      text={wrong.length === 0 ? 'description true' : `description wrong in ${wrong.join(', ')}`}
    />
  );
}

const ASPECTS = {
  names: 'names',
  colors: 'colours',
  places: 'places',
  counts: 'numbers',
  decisive: 'the decisive property',
} as const;

function Mark({ good, text }: { good: boolean | null; text: string }) {
  return (
    <span data-good={good ?? undefined} className={styles.mark}>
      {good === null ? '' : good ? '✓ ' : '✗ '}
      {text}
    </span>
  );
}

/** The split that a set’s pictures are drawn from. */
const splitOf = ({ settings }: EvaluationRecord): Split | null =>
  settings.set.name === 'file' ? null : settings.set.name;

function pictureOf(record: EvaluationRecord, item: number) {
  const split = splitOf(record);
  return split === null ? null : renderItem(worldItem(split, item, record.settings), WORLD_EDGE);
}

/** What the Lab needs to show a response; null where its student cannot be had. */
function offerOf(
  record: EvaluationRecord,
  line: EvaluationLine,
  { item: index, fact, question, reference: answer, ids, seed }: AnswerLine,
  fromFiles: readonly Candidate[],
): RolloutOffer | null {
  const candidate = candidateOf(record, fromFiles);
  const split = splitOf(record);
  if (candidate === undefined || split === null) return null;
  const { label, choice } = candidate;
  const { usualShare } = SPLITS[split];
  const { seeing } = record.settings;
  const seen = seeing === undefined ? {} : { seeing };
  return {
    rollout: {
      item: { split, index, usualShare, ...seen, fact: fact === 'F' },
      question,
      answer,
      ids,
    },
    sampling: { ...record.settings.sampling, seed },
    method: line.type === 'leakage' && line.method === 'opsd' ? OPSD : VIGOS_PAPER,
    student: choice === null ? null : { label, choice },
  };
}
