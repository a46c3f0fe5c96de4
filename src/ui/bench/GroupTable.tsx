/** One operation at one shape: a table whose times are also drawn as bars. */

import { formatMs, formatShare } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { TableHead } from '../shared/TableHead.tsx';
import styles from './GroupTable.module.css';
import { CONTENDER_NAMES, OP_NAMES, shapeName } from './names.ts';
import {
  formatTimes,
  type Group,
  positionOf,
  type Row,
  type Scale,
  type ScaleKind,
  scaleOf,
} from './view.ts';

interface GroupTableProps {
  group: Group;
  scaleKind: ScaleKind;
  /** What the device copies, GB/s read and written. */
  copyGBps: number | null;
}

export function GroupTable({ group, scaleKind, copyGBps }: GroupTableProps) {
  const { op, shape, rows, queuedGBps } = group;
  const scale = scaleOf(rows, scaleKind);
  return (
    <Table figures className={styles.table}>
      <caption className={styles.caption}>
        {OP_NAMES[op]} <span className={styles.shape}>{shapeName(shape)}</span>
        {queuedGBps !== null && copyGBps !== null && (
          <span className={styles.rate}>
            Ours, many calls in a row: {queuedGBps.toFixed(1)} GB/s of logits read,{' '}
            {formatShare(queuedGBps / copyGBps)} of the rate of copies.
          </span>
        )}
      </caption>
      <TableHead
        columns={[
          'Contender',
          'Median time, fastest to slowest run',
          'Times ours',
          'Largest error',
        ]}
      />
      <tbody>
        {rows.map((row) => (
          <tr key={row.contender} data-contender={row.contender} data-kind={row.kind}>
            <th scope="row">
              {CONTENDER_NAMES[row.contender].name}
              <span className={styles.how}>{CONTENDER_NAMES[row.contender].how}</span>
            </th>
            <Cells row={row} scale={scale} />
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Cells({ row, scale }: { row: Row; scale: Scale }) {
  if (row.kind === 'waiting') {
    return (
      <td colSpan={3} className={styles.waiting}>
        {row.what}
      </td>
    );
  }
  if (row.kind === 'failure') {
    return (
      <td colSpan={3} className={styles.failure}>
        {row.reason}
      </td>
    );
  }
  const { ms, minMs, maxMs, timesOurs, maxError, tolerances, correct } = row.result;
  return (
    <>
      <td>
        <Bar ms={ms} minMs={minMs} maxMs={maxMs} scale={scale} />
        <span className={styles.value}>{formatMs(ms)}</span>{' '}
        <span className={styles.range}>
          {formatMs(minMs)} to {formatMs(maxMs)}
        </span>
      </td>
      <td className={styles.number}>{timesOurs === null ? '–' : formatTimes(timesOurs)}</td>
      <td className={styles.number} data-correct={correct}>
        {Number.isNaN(maxError) ? 'not a number' : maxError.toExponential(1)}
        <span className={styles.verdict}>
          {correct ? 'within tolerance' : `${formatTimes(tolerances)} the tolerance`}
        </span>
      </td>
    </>
  );
}

interface BarProps {
  ms: number;
  minMs: number;
  maxMs: number;
  scale: Scale;
}

/** Drawn over the figures that stand beside it, so it is nothing to a screen reader. */
function Bar({ ms, minMs, maxMs, scale }: BarProps) {
  const at = (time: number) => 1000 * positionOf(time, scale);
  return (
    <svg
      className={styles.bar}
      viewBox="0 0 1000 16"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect className={styles.fill} x="0" y="2" width={Math.max(2, at(ms))} height="12" />
      <path className={styles.whisker} d={`M${at(minMs)} 8H${at(maxMs)}`} />
    </svg>
  );
}
