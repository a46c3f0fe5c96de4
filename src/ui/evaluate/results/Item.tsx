/** One response of an evaluation: its picture, what was asked and answered, how it counts, and the way to the Lab. */

import { memo, useEffect, useMemo, useState } from 'react';
import type { ResponseBehind } from '../../../contract/evaluation/evaluation-behind.ts';
import type {
  EvaluationFigure,
  EvaluationRecord,
  ResponseLine,
  TeacherLine,
} from '../../../contract/evaluation/evaluation-records.ts';
import { hasGroups } from '../../../contract/evaluation/evaluation-settings.ts';
import { WORLD_EDGE } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { type Split, worldItem } from '../../../world/split.ts';
import { formatPercent } from '../../shared/format.ts';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { candidateOf } from '../../shared/students.ts';
import { useEvaluation, useEvaluationState } from '../context.ts';
import styles from './ItemsPanel.module.css';

interface ItemProps {
  counted: ResponseBehind;
  answer: ResponseLine | null;
  figure: EvaluationFigure;
  record: EvaluationRecord;
}

export const Item = memo(function Item({ counted, answer, figure, record }: ItemProps) {
  const { line, value } = counted;
  if (answer === null) return null;
  const { question, reference, correct, strict, reason, seed, fact, response, text } = answer;
  return (
    <li className={styles.item}>
      <Picture record={record} item={line.item} />
      <div className={styles.told}>
        <p>{question}</p>
        <p className={styles.text}>{line.type === 'teacher' ? line.text : text}</p>
        <p className={styles.marks}>
          {line.type === 'teacher' ? (
            <Mark good={line.holds} text={written(line)} />
          ) : (
            <>
              <Mark good={correct} text={verdict(answer)} />
              <Mark good={strict} text={strict ? 'valid' : `invalid: ${reason ?? ''}`} />
              {answer.truth !== null && <Truth answer={answer} />}
            </>
          )}
          {figure.measure === 'palr' && <span>PALR {formatPercent(value)}</span>}
          {figure.unit === 'tokens' && <span>{value} tokens</span>}
          <span className={styles.soft}>
            {line.id}, {hasGroups(record.settings.set) ? `${fact}, ` : ''}seed {seed}
            {response > 0 ? `, response ${response + 1}` : ''}
            {reference === '' ? '' : `, the answer is “${reference}”`}
          </span>
        </p>
      </div>
      <Open record={record} line={line} answer={answer} />
    </li>
  );
});

/** Opens the very rollout, at the leakage level where the figure is of that. */
function Open({
  record,
  line,
  answer,
}: {
  record: EvaluationRecord;
  line: ResponseBehind['line'];
  answer: ResponseLine;
}) {
  const { offer } = useEvaluation();
  const { openRollout } = usePageLinks();
  const gone = useEvaluationState(({ fromFiles }) => candidateOf(record, fromFiles) === undefined);
  const why =
    record.settings.prompt === 'plain'
      ? 'It was asked plainly, and the Lab asks in the student’s form.'
      : gone
        ? 'Its student came from a file, which this page no longer has; add it again.'
        : null;
  return (
    <button
      type="button"
      className="button"
      aria-label={`Open ${line.id} in the Lab`}
      disabled={why !== null}
      title={why ?? undefined}
      onClick={async () => {
        const found = await offer(record, { line, answer });
        if (found !== null) openRollout(found);
      }}
    >
      Open in the Lab
    </button>
  );
}

function Picture({ record: { id, settings }, item }: { record: EvaluationRecord; item: number }) {
  const { set } = settings;
  const file = useEvaluationState(({ fileItems }) =>
    fileItems?.evaluationId === id ? (fileItems.items.get(item)?.picture ?? null) : null,
  );
  if (set.name !== 'file')
    return <WorldPicture split={set.name} index={item} settings={settings} />;
  return file === null ? <span className={styles.picture} /> : <FilePicture file={file} />;
}

function WorldPicture({ split, index, settings: { seeing } }: WorldPictureProps) {
  const picture = useMemo(
    () => renderItem(worldItem(split, index, seeing === undefined ? {} : { seeing }), WORLD_EDGE),
    [split, index, seeing],
  );
  return <PixelCanvas picture={picture} className={styles.picture} label="" />;
}

interface WorldPictureProps {
  split: Split;
  index: number;
  settings: EvaluationRecord['settings'];
}

/** As the browser draws the file; its text beside it says what it is. */
function FilePicture({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (url === null) return <span className={styles.picture} />;
  return <img src={url} alt="" className={styles.picture} />;
}

const verdict = ({ correct, answer }: ResponseLine): string => {
  const said = answer === null ? 'no box' : `“${answer}”`;
  if (correct === null) return said;
  return `${correct ? 'right' : 'wrong'}: ${said}`;
};

/** "given “yellow”, boxes “pink”". */
function written({ given, reference, boxed, holds }: TeacherLine): string {
  if (given === 'none')
    return holds ? 'names the deciding property' : 'does not name the deciding property';
  return `given “${reference}”, ${boxed === null ? 'boxes nothing' : `boxes “${boxed}”`}`;
}

function Truth({ answer: { truth } }: { answer: ResponseLine }) {
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
