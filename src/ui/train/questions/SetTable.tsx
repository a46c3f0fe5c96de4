/** The questions of a set, kept or not, each with its picture and both rates. */

import { useMemo, useState } from 'react';
import type { FilteredItems, LookedAt } from '../../../contract/train/filter.ts';
import { dimmed, renderItem } from '../../../world/seeing.ts';
import { worldItem } from '../../../world/split.ts';
import { textProblem } from '../../../world/text-problems.ts';
import { Switch } from '../../fields/Switch.tsx';
import { formatPercent } from '../../shared/format.ts';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { Table } from '../../shared/Table.tsx';
import { TableHead } from '../../shared/TableHead.tsx';
import styles from './QuestionsPanel.module.css';

const SHOWN = 12;
const EDGE = 112;

const WITH_PICTURES = [
  'Picture',
  'Question',
  'Answer',
  'Right from the picture',
  'Right from the caption',
];
const IN_WORDS = ['Question', 'Answer', 'Right', 'Right from the caption'];

export function SetTable({ set }: { set: FilteredItems }) {
  const { lookedAt, source } = set;
  const [all, setAll] = useState(false);
  const [most, setMost] = useState(SHOWN);
  const rows = all ? lookedAt : lookedAt.filter(({ kept }) => kept);
  return (
    <>
      {lookedAt.some(({ kept }) => !kept) && (
        <p className={styles.all}>
          <span id={`${set.id}-all`}>Those that were not kept, too</span>
          <Switch labelledBy={`${set.id}-all`} checked={all} onChange={setAll} />
        </p>
      )}
      <Table className={styles.table}>
        <TableHead columns={source === 'pictures' ? WITH_PICTURES : IN_WORDS} />
        <tbody>
          {rows.slice(0, most).map((one) => (
            <Row key={one.index} set={set} one={one} />
          ))}
        </tbody>
      </Table>
      {rows.length > most && (
        <button type="button" className="button" onClick={() => setMost(most + 4 * SHOWN)}>
          Show more of {rows.length}
        </button>
      )}
    </>
  );
}

function Row({ set, one }: { set: FilteredItems; one: LookedAt }) {
  const { source, drawn } = set;
  const { index, passRate, captionRate, kept } = one;
  const item = useMemo(() => itemOf(source, drawn, index), [source, drawn, index]);
  return (
    <tr data-kept={kept}>
      {source === 'pictures' && (
        <td>
          {item.picture !== null && (
            <PixelCanvas
              className={styles.picture}
              picture={item.picture}
              label={item.description}
            />
          )}
        </td>
      )}
      <td>{item.question}</td>
      <td>{item.answer}</td>
      <td className="numeric">{formatPercent(passRate)}</td>
      <td className="numeric">{captionRate === null ? '–' : formatPercent(captionRate)}</td>
    </tr>
  );
}

function itemOf(source: FilteredItems['source'], drawn: FilteredItems['drawn'], index: number) {
  if (source === 'problems')
    return { ...textProblem('train', index), picture: null, description: '' };
  const { usualShare, difficulty } = drawn;
  const seeing = dimmed(drawn);
  const item = worldItem('train', index, {
    usualShare,
    ...(difficulty === 'mixed' ? {} : { difficulty }),
    ...(seeing === null ? {} : { seeing }),
  });
  const { question, answer, description } = item;
  if (source === 'captions')
    return { question: `${description} ${question}`, answer, picture: null, description };
  return { question, answer, picture: renderItem(item, EDGE), description };
}
